package io.github.rackfocus.ros;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
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
final class PublisherLink<T extends Message> {
  private static final Logger LOG = LoggerFactory.getLogger(PublisherLink.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  /** What all links of a subscriber have in common. */
  record Context<T extends Message>(
      GraphName topic,
      MessageType<T> type,
      NodeConfiguration configuration,
      XmlRpcClient rpc,
      Deadlines deadlines,
      BufferPool pool,
      Throttle troubles,
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

  PublisherLink(int id, URI publisher, Context<T> context) {
    this.id = id;
    this.publisher = publisher;
    this.context = context;
    this.message = context.type.factory().get();
  }

  void start() {
    Threads.start("ros-subscribe" + context.topic + "-" + id, this::run);
  }

  int id() {
    return id;
  }

  URI publisher() {
    return publisher;
  }

  boolean connected() {
    return connected;
  }

  long receivedBytes() {
    return receivedBytes;
  }

  long receivedMessages() {
    return receivedMessages;
  }

  boolean ended() {
    return closed;
  }

  /** Whether the master lists the publisher: if not, a broken connection is not built again. */
  void setListed(boolean listed) {
    this.listed = listed;
  }

  private void run() {
    Duration pause = FIRST_PAUSE;
    while (!closed) {
      long before = receivedMessages;
      try {
        connectAndRead();
      } catch (EOFException e) {
        LOG.debug("topic {} from {}: {}", context.topic, publisher, e.getMessage());
      } catch (IOException | RosException | MalformedMessageException e) {
        if (closed) {
          return;
        }
        context.troubles.warn(
            "topic " + context.topic + " from " + publisher + ": " + e.getMessage());
      } finally {
        connected = false;
      }
      if (!listed) {
        close();
        return;
      }
      pause = receivedMessages > before ? FIRST_PAUSE : pause;
      synchronized (this) {
        try {
          if (!closed) {
            wait(pause.toMillis());
          }
        } catch (InterruptedException e) {
          return;
        }
      }
      pause =
          pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0
              ? pause.multipliedBy(2)
              : LONGEST_PAUSE;
    }
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
    opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
    opened.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
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
      ByteBuffer in = lease.buffer();
      in.limit(4);
      ConnectionHeader.readFully(opened, in);
      int length = checkLength(in.getInt(0));
      while (true) {
        if (in.capacity() < length + 4) {
          lease.release();
          lease = context.pool.take(length + 4);
          in = lease.buffer();
        }
        in.clear().limit(length + 4);
        while (in.position() < length) {
          if (opened.read(in) < 0) {
            throw new EOFException("closed by the publisher");
          }
        }
        int end = in.position();
        receivedBytes += length + 4L;
        receivedMessages++;
        deliver(in.position(0).limit(length));
        in.limit(length + 4).position(end);
        ConnectionHeader.readFully(opened, in);
        length = checkLength(in.getInt(length));
      }
    } finally {
      lease.release();
    }
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
      context.troubles.warn(
          "topic " + context.topic + " from " + publisher + ": " + e.getMessage());
      return;
    }
    context.listener.onNewMessage(message);
  }

  /** Ends the connection; a listener that runs is not waited for. */
  void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    SocketChannel open = channel;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        // It is given up in any case.
      }
    }
  }
}
