package io.github.rackfocus.ros;

import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.ros.message.MalformedMessageException;
import io.github.rackfocus.ros.message.Message;
import io.github.rackfocus.ros.message.ServiceType;
import io.github.rackfocus.ros.names.GraphName;
import io.github.rackfocus.ros.net.Deadlines;
import io.github.rackfocus.ros.net.RosException;
import io.github.rackfocus.ros.net.Sockets;
import io.github.rackfocus.ros.tcpros.ConnectionConfig;
import io.github.rackfocus.ros.tcpros.ConnectionHeader;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Provides a service to callers with one-time or persistent connections. Thread-safe. */
public final class ServiceServer<Q extends Message, R extends Message> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceServer.class);
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

  private final GraphName name;
  private final ServiceType<Q, R> type;
  private final ServiceResponseBuilder<Q, R> builder;
  private final ConnectionConfig connection;
  private final Runnable onClose;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong receivedBytes = new AtomicLong();
  private final AtomicLong sentBytes = new AtomicLong();
  private final Deadlines deadlines;
  private final RateLimitedLogger failures;
  private volatile boolean closed;

  ServiceServer(
      GraphName name,
      ServiceType<Q, R> type,
      ServiceResponseBuilder<Q, R> builder,
      NodeContext context,
      Runnable onClose) {
    this.name = name;
    this.type = type;
    this.builder = builder;
    this.connection = context.connection();
    this.deadlines = context.deadlines();
    this.onClose = onClose;
    failures = new RateLimitedLogger(LOG, context.counts().services);
  }

  public GraphName name() {
    return name;
  }

  long requests() {
    return requests.get();
  }

  long receivedBytes() {
    return receivedBytes.get();
  }

  long sentBytes() {
    return sentBytes.get();
  }

  /**
   * Replies to a caller's header and to its calls. Runs in the connection's thread.
   *
   * @throws RosException if the header lacks a field or has another md5sum
   */
  void serve(SocketChannel channel, ConnectionHeader header) throws IOException, RosException {
    String md5sum = header.get("md5sum");
    if (md5sum == null) {
      throw new RosException("bogus tcpros header. did not have the required elements: md5sum");
    }
    if (!md5sum.equals("*") && !md5sum.equals(type.md5sum())) {
      throw new RosException(
          "client wants service "
              + name
              + " to have md5sum "
              + md5sum
              + ", but it has "
              + type.md5sum()
              + ". Dropping connection.");
    }
    new ConnectionHeader()
        .with("callerid", connection.callerId())
        .with("type", type.name())
        .with("md5sum", type.md5sum())
        .with("request_type", type.request().name())
        .with("response_type", type.response().name())
        .write(channel);
    if (header.getOr("probe", "0").equals("1")) {
      return;
    }
    boolean persistent = header.getOr("persistent", "0").matches("1|true|True");
    open.add(channel);
    try {
      do {
        if (closed) {
          return;
        }
        answer(channel, persistent);
      } while (persistent);
    } finally {
      open.remove(channel);
    }
  }

  private void answer(SocketChannel channel, boolean persistent) throws IOException {
    int length = readLength(channel, persistent);
    ByteBuffer in = within(CALL_TIMEOUT, channel, length);
    requests.incrementAndGet();
    receivedBytes.addAndGet(4L + length);
    ByteBuffer out = respond(in);
    sentBytes.addAndGet(out.remaining());
    Sockets.writeFully(channel, out);
  }

  /** Reads the length of a request; only a persistent caller may be idle before it calls. */
  private int readLength(SocketChannel channel, boolean persistent) throws IOException {
    ByteBuffer in =
        persistent
            ? Sockets.readBytes(channel, 4)
            : within(connection.handshakeTimeout(), channel, 4);
    try {
      return connection.checkLength(in.getInt(0));
    } catch (MalformedMessageException e) {
      failures.warn("service " + name + ": " + e.getMessage());
      throw new EOFException(e.getMessage());
    }
  }

  private ByteBuffer within(Duration timeout, SocketChannel channel, int bytes) throws IOException {
    try (Deadlines.Guard guard =
        deadlines.close(channel, timeout.toMillis(), TimeUnit.MILLISECONDS)) {
      try {
        return Sockets.readBytes(channel, bytes);
      } catch (IOException e) {
        if (guard.expired()) {
          failures.warn("service " + name + ": a caller sent an incomplete request");
        }
        throw e;
      }
    }
  }

  private ByteBuffer respond(ByteBuffer in) {
    try {
      Q request = type.request().factory().get();
      R response = type.response().factory().get();
      type.request().read(in, request);
      builder.build(request, response);
      return framed((byte) 1, type.response().write(response));
    } catch (RosException | MalformedMessageException e) {
      failures.warn("service " + name + ": " + e.getMessage());
      return error(e);
    } catch (RuntimeException e) {
      LOG.error("service {} failed", name, e);
      return error(e);
    }
  }

  private static ByteBuffer error(Exception e) {
    byte[] text = String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8);
    return framed((byte) 0, ByteBuffer.wrap(text));
  }

  private static ByteBuffer framed(byte ok, ByteBuffer body) {
    ByteBuffer out = ByteBuffer.allocate(5 + body.remaining()).order(ByteOrder.LITTLE_ENDIAN);
    return out.put(ok).putInt(body.remaining()).put(body).flip();
  }

  /** Unregisters the service from the master and closes its connections. */
  @Override
  public void close() {
    synchronized (open) {
      if (closed) {
        return;
      }
      closed = true;
    }
    onClose.run();
    open.forEach(Sockets::closeQuietly);
  }
}
