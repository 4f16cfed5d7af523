package io.github.rackfocus.ros.tcpros;

import io.github.rackfocus.common.DaemonThreads;
import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.ros.message.MalformedMessageException;
import io.github.rackfocus.ros.message.Message;
import io.github.rackfocus.ros.message.MessageListener;
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
 * The connection to one publisher of a subscribed topic: requests it, reads messages, and
 * reconnects with increasing delays when it breaks, until the master no longer lists the publisher.
 */
public final class PublisherLink<T extends Message> {
  private static final Logger LOG = LoggerFactory.getLogger(PublisherLink.class);
  private static final Duration MIN_RETRY_DELAY = Duration.ofMillis(100);
  private static final Duration MAX_RETRY_DELAY = Duration.ofSeconds(5);
  private static final int MIN_GROWN_BYTES = 1 << 20;

  /** What all links of a subscriber share. */
  public record Context<T extends Message>(
      GraphName topic,
      MessageType<T> type,
      ConnectionConfig connection,
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
  private long receivedMessages;

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

  /**
   * Sets whether the master lists the publisher. If it does not, a broken connection is not
   * restored.
   *
   * @return whether the link is still open
   */
  public synchronized boolean setListed(boolean listed) {
    this.listed = listed;
    return !closed;
  }

  private void run() {
    Duration delay = MIN_RETRY_DELAY;
    while (!closed) {
      long before = receivedMessages;
      try {
        connectAndRead();
      } catch (EOFException e) {
        LOG.debug("topic {} from {}: {}", context.topic, publisher, e.getMessage());
      } catch (IOException | RosException | RuntimeException e) {
        if (!closed) {
          String reason = e.getMessage() == null ? e.toString() : e.getMessage();
          context.failures.warn("topic " + context.topic + " from " + publisher + ": " + reason);
        }
      } finally {
        connected = false;
      }
      delay = receivedMessages > before ? MIN_RETRY_DELAY : delay;
      if (!awaitRetry(delay)) {
        return;
      }
      delay =
          delay.compareTo(MAX_RETRY_DELAY.dividedBy(2)) < 0
              ? delay.multipliedBy(2)
              : MAX_RETRY_DELAY;
    }
  }

  /** Waits before the next attempt; returns false if the link is closed or no longer listed. */
  private synchronized boolean awaitRetry(Duration delay) {
    if (!listed) {
      closed = true;
    }
    try {
      long end = System.nanoTime() + delay.toNanos();
      for (long left = delay.toNanos(); !closed && left > 0; left = end - System.nanoTime()) {
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
              opened, context.connection.handshakeTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          handshake(opened, address);
        } catch (IOException e) {
          throw guard.expired()
              ? new IOException(
                  "no connection header within "
                      + context.connection.handshakeTimeout().toMillis()
                      + " ms",
                  e)
              : e;
        }
      }
      connected = true;
      readMessages(opened);
    }
  }

  /** Asks the publisher's slave API for the address to connect to. */
  private InetSocketAddress requestTopic() throws RosException {
    Object answer =
        context.rpc.call(
            publisher,
            "requestTopic",
            context.connection.callerId(),
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
    throw new RosException(
        "requestTopic returned " + answer + "; expected [1, text, [TCPROS, host, port]]");
  }

  private void handshake(SocketChannel opened, InetSocketAddress address)
      throws IOException, RosException {
    if (address.isUnresolved()) {
      throw new RosException("cannot resolve host " + address.getHostString());
    }
    Sockets.configure(opened);
    opened.connect(address);
    new ConnectionHeader()
        .with("callerid", context.connection.callerId())
        .with("topic", context.topic.value())
        .with("type", context.type.name())
        .with("md5sum", context.type.md5sum())
        .with("message_definition", context.type.definition())
        .with("tcp_nodelay", "1")
        .write(opened);
    ConnectionHeader answer = ConnectionHeader.read(opened);
    String error = answer.get("error");
    if (error != null) {
      throw new RosException("rejected by the publisher: " + error);
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
   * Reads messages until the connection ends. Each read also takes in the length of the next
   * message if it has arrived, which saves a system call per message; messages are never moved.
   */
  @SuppressWarnings("NonAtomicOperationOnVolatileField") // written by the link's thread only
  private void readMessages(SocketChannel opened) throws IOException {
    BufferPool.Lease lease = context.pool.take(4096);
    try {
      ByteBuffer in = lease.buffer().limit(4);
      Sockets.readFully(opened, in);
      int length = context.connection.checkLength(in.getInt(0));
      in.clear();
      while (true) {
        in.limit(Math.min(in.capacity(), length + 4));
        while (in.position() < length) {
          if (!in.hasRemaining()) {
            lease = grow(lease, length + 4);
            in = lease.buffer();
            in.limit(Math.min(in.capacity(), length + 4));
          }
          if (opened.read(in) < 0) {
            throw new EOFException("closed by the publisher");
          }
        }
        if (in.capacity() < length + 4) {
          lease = grow(lease, length + 4);
          in = lease.buffer();
        }
        int end = in.position();
        receivedBytes += length + 4L;
        receivedMessages++;
        deliver(in.position(0).limit(length));
        in.limit(length + 4).position(end);
        Sockets.readFully(opened, in);
        length = context.connection.checkLength(in.getInt(length));
        in.clear();
      }
    } finally {
      lease.release();
    }
  }

  /**
   * Replaces a full buffer by a larger one with the same content. The buffer grows with the bytes
   * that arrive, since a length field cannot be trusted; it is kept for later messages, so that
   * only the first ones are moved.
   */
  private BufferPool.Lease grow(BufferPool.Lease full, int needed) {
    int size = (int) Math.min(needed, Math.max(MIN_GROWN_BYTES, 4L * full.buffer().capacity()));
    BufferPool.Lease larger = context.pool.take(size);
    larger.buffer().put(full.buffer().flip());
    full.release();
    return larger;
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

  /** Closes the connection without waiting for a running listener. */
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
