package io.github.rackfocus.ros;

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

/** Serves a service to one-time and persistent callers. Thread-safe. */
public final class ServiceServer<Q extends Message, R extends Message> implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServiceServer.class);
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

  private final GraphName name;
  private final ServiceType<Q, R> type;
  private final ServiceResponseBuilder<Q, R> builder;
  private final NodeConfiguration configuration;
  private final Runnable onClose;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
  private final AtomicLong requests = new AtomicLong();
  private final AtomicLong receivedBytes = new AtomicLong();
  private final AtomicLong sentBytes = new AtomicLong();
  private final Deadlines deadlines;
  private final Trouble troubles;
  private volatile boolean closed;

  ServiceServer(
      GraphName name,
      ServiceType<Q, R> type,
      ServiceResponseBuilder<Q, R> builder,
      NodeConfiguration configuration,
      Deadlines deadlines,
      NodeCounts counts,
      Runnable onClose) {
    this.name = name;
    this.type = type;
    this.builder = builder;
    this.configuration = configuration;
    this.deadlines = deadlines;
    this.onClose = onClose;
    troubles = new Trouble(LOG, counts.services);
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
   * Answers a caller's header and its calls, in the connection's thread.
   *
   * @throws RosException if the header asks for what this service is not
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
        .with("callerid", configuration.nodeName().value())
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

  /** Only a persistent caller may be silent before it calls; nobody may stop in between. */
  private void answer(SocketChannel channel, boolean persistent) throws IOException {
    ByteBuffer in = null;
    if (persistent) {
      in = Sockets.readBytes(channel, 4);
    }
    try (Deadlines.Guard guard =
        deadlines.close(channel, CALL_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
      try {
        long length =
            Integer.toUnsignedLong((in == null ? Sockets.readBytes(channel, 4) : in).getInt(0));
        if (length > configuration.maxMessageBytes()) {
          throw new MalformedMessageException(
              "a call of "
                  + name
                  + " with "
                  + length
                  + " bytes, more than the "
                  + configuration.maxMessageBytes()
                  + " taken");
        }
        in = Sockets.readBytes(channel, (int) length);
      } catch (IOException e) {
        if (guard.expired()) {
          troubles.warn("service " + name + ": a caller stopped in the middle of its call");
        }
        throw e;
      }
    }
    requests.incrementAndGet();
    receivedBytes.addAndGet(4L + in.remaining());
    ByteBuffer out = respond(in);
    sentBytes.addAndGet(out.remaining());
    Sockets.writeFully(channel, out);
  }

  private ByteBuffer respond(ByteBuffer in) {
    try {
      Q request = type.request().factory().get();
      R response = type.response().factory().get();
      type.request().read(in, request);
      builder.build(request, response);
      return framed((byte) 1, type.response().write(response));
    } catch (RosException | MalformedMessageException e) {
      troubles.warn("service " + name + ": " + e.getMessage());
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

  /** Takes the service back from the master and ends its connections. */
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
