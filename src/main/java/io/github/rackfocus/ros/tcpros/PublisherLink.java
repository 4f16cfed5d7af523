package io.github.rackfocus.ros.tcpros;

import io.github.rackfocus.common.DaemonThreads;
import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.ros.NodeConfiguration;
import io.github.rackfocus.ros.message.MalformedMessageException;
import io.github.rackfocus.ros.message.Message;
import io.github.rackfocus.ros.message.MessageType;
import io.github.rackfocus.ros.names.GraphName;
import io.github.rackfocus.ros.net.BufferPool;
import io.github.rackfocus.ros.net.Deadlines;
import io.github.rackfocus.ros.net.RosException;
import io.github.rackfocus.ros.net.Sockets;
import io.github.rackfocus.ros.xmlrpc.XmlRpcClient;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One publisher that we listen to: asks it for a connection, reads its messages, and comes back
 * with growing pauses when the connection breaks, until the master no longer lists it.
 */
public final class PublisherLink<T extends Message> {
  private static final Logger LOG = LoggerFactory.getLogger(PublisherLink.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final int FIRST_GROWTH = 1 << 20;

  /** What all links of a subscriber have in common. */
  public record Context<T extends Message>(
      GraphName topic,
      MessageType<T> type,
      NodeConfiguration configuration,
      XmlRpcClient rpc,
      Deadlines deadlines,
      BufferPool pool,
      RateLimitedLogger failures,
      RateLimitedLogger malformed,
      MessageListener<T> listener) {}

  private final int id;
  private final URI publisher;
  private final Context<T> context;
  private final T message;
  private volatile @Nullable SocketChannel channel;
  private volatile boolean closed;
  private volatile boolean listed = true;
  private volatile boolean connected;
  private volatile long receivedBytes;
  private volatile long receivedMessages;

  public PublisherLink(int id, URI publisher, Context<T> context) {
    this.id = id;
    this.publisher = publisher;
    this.context = context;
    this.message = context.type.factory().get();
  }

  public void start() {
    DaemonThreads.start("ros-subscribe" + context.topic + "-" + id, this::run);
  }

  public int id() {
    return id;
  }

  public URI publisher() {
    return publisher;
  }

  public boolean connected() {
    return connected;
  }

  public long receivedBytes() {
    return receivedBytes;
  }

  long receivedMessages() {
    return receivedMessages;
  }

  boolean ended() {
    return closed;
  }

  /**
   * Says whether the master lists the publisher: if not, a broken connection is not built again.
   *
   * @return whether the link lives; one that has ended takes no more orders
   */
  public synchronized boolean setListed(boolean listed) {
    this.listed = listed;
    return !closed;
  }

  private void run() {
    Duration pause = FIRST_PAUSE;
    while (!closed) {
      long before = receivedMessages;
      try {
        connectAndRead();
      } catch (EOFException e) {
        LOG.debug("topic {} from {}: {}", context.topic, publisher, e.getMessage());
      } catch (IOException | RosException | RuntimeException e) {
        if (!closed) {
          String why = e.getMessage() == null ? e.toString() : e.getMessage();
          context.failures.warn("topic " + context.topic + " from " + publisher + ": " + why);
        }
      } finally {
        connected = false;
      }
      pause = receivedMessages > before ? FIRST_PAUSE : pause;
      if (!staysFor(pause)) {
        return;
      }
      pause =
          pause.compareTo(LONGEST_PAUSE.dividedBy(2)) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
    }
  }

  /** Waits before the next attempt; false if there is none because nobody wants it any more. */
  private synchronized boolean staysFor(Duration pause) {
    if (!listed) {
      closed = true;
    }
    try {
      long end = System.nanoTime() + pause.toNanos();
      for (long left = pause.toNanos(); !closed && left > 0; left = end - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      closed = true;
    }
    return !closed;
  }

  private void connectAndRead() throws IOException, RosException {
    InetSocketAddress address = requestTopic();
    try (SocketChannel opened = SocketChannel.open()) {
      channel = opened;
      if (closed) {
        return;
      }
      try (Deadlines.Guard guard =
          context.deadlines.close(
              opened, context.configuration.handshakeTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          handshake(opened, address);
        } catch (IOException e) {
          throw guard.expired()
              ? new IOException(
                  "no connection header within "
                      + context.configuration.handshakeTimeout().toMillis()
                      + " ms",
                  e)
              : e;
        }
      }
      connected = true;
      readMessages(opened);
    }
  }

  /** Asks the publisher's slave API where to connect to. */
  private InetSocketAddress requestTopic() throws RosException {
    Object answer =
        context.rpc.call(
            publisher,
            "requestTopic",
            context.configuration.nodeName().value(),
            context.topic.value(),
            List.of(List.of("TCPROS")));
    if (answer instanceof List<?> triple
        && triple.size() == 3
        && Integer.valueOf(1).equals(triple.get(0))
        && triple.get(2) instanceof List<?> protocol
        && protocol.size() >= 3
        && "TCPROS".equals(protocol.get(0))
        && protocol.get(1) instanceof String host
        && protocol.get(2) instanceof Integer port
        && port > 0
        && port < 65536) {
      return new InetSocketAddress(host, port);
    }
    throw new RosException("requestTopic answered " + answer);
  }

  private void handshake(SocketChannel opened, InetSocketAddress address)
      throws IOException, RosException {
    if (address.isUnresolved()) {
      throw new RosException("no address known of host " + address.getHostString());
    }
    Sockets.configure(opened);
    opened.connect(address);
    new ConnectionHeader()
        .with("callerid", context.configuration.nodeName().value())
        .with("topic", context.topic.value())
        .with("type", context.type.name())
        .with("md5sum", context.type.md5sum())
        .with("message_definition", context.type.definition())
        .with("tcp_nodelay", "1")
        .write(opened);
    ConnectionHeader answer = ConnectionHeader.read(opened);
    String error = answer.get("error");
    if (error != null) {
      throw new RosException("refused by the publisher: " + error);
    }
    String md5sum = answer.getOr("md5sum", "");
    if (!md5sum.equals("*") && !md5sum.equals(context.type.md5sum())) {
      throw new RosException(
          "the publisher has datatype/md5sum ["
              + answer.getOr("type", "")
              + "/"
              + md5sum
              + "], but our version has ["
              + context.type.name()
              + "/"
              + context.type.md5sum()
              + "]. Dropping connection.");
    }
  }

  /**
   * Reads a message and, in the same call where it is there already, the length of the next one, so
   * that a message costs no call for its length and is never moved.
   */
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // written by the link's thread only
  private void readMessages(SocketChannel opened) throws IOException {
    BufferPool.Lease lease = context.pool.take(4096);
    try {
      ByteBuffer in = lease.buffer().limit(4);
      Sockets.readFully(opened, in);
      int length = checkLength(in.getInt(0));
      in.clear();
      while (true) {
        in.limit(Math.min(in.capacity(), length + 4));
        while (in.position() < length) {
          if (!in.hasRemaining()) {
            lease = grown(lease, length + 4);
            in = lease.buffer();
            in.limit(Math.min(in.capacity(), length + 4));
          }
          if (opened.read(in) < 0) {
            throw new EOFException("closed by the publisher");
          }
        }
        if (in.capacity() < length + 4) {
          lease = grown(lease, length + 4);
          in = lease.buffer();
        }
        int end = in.position();
        receivedBytes += length + 4L;
        receivedMessages++;
        deliver(in.position(0).limit(length));
        in.limit(length + 4).position(end);
        Sockets.readFully(opened, in);
        length = checkLength(in.getInt(length));
        in.clear();
      }
    } finally {
      lease.release();
    }
  }

  /**
   * Goes over to a larger buffer with what was read. A length is no more than a claim, so memory is
   * taken as the bytes come; the buffer stays, so that only the first messages are moved.
   */
  private BufferPool.Lease grown(BufferPool.Lease full, int needed) {
    int size = (int) Math.min(needed, Math.max(FIRST_GROWTH, 4L * full.buffer().capacity()));
    BufferPool.Lease larger = context.pool.take(size);
    larger.buffer().put(full.buffer().flip());
    full.release();
    return larger;
  }

  private int checkLength(int found) {
    long length = Integer.toUnsignedLong(found);
    if (length > context.configuration.maxMessageBytes()) {
      throw new MalformedMessageException(
          "a message of "
              + length
              + " bytes, more than the "
              + context.configuration.maxMessageBytes()
              + " taken");
    }
    return (int) length;
  }

  private void deliver(ByteBuffer in) {
    try {
      context.type.read(in, message);
    } catch (MalformedMessageException e) {
      context.malformed.warn(
          "topic " + context.topic + " from " + publisher + ": " + e.getMessage());
      return;
    }
    context.listener.onNewMessage(message);
  }

  /** Ends the connection; a listener that runs is not waited for. */
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    SocketChannel open = channel;
    if (open != null) {
      Sockets.closeQuietly(open);
    }
  }
}
