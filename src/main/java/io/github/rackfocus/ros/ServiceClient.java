package io.github.rackfocus.ros;

import io.github.rackfocus.ros.message.MalformedMessageException;
import io.github.rackfocus.ros.message.Message;
import io.github.rackfocus.ros.message.ServiceType;
import io.github.rackfocus.ros.names.GraphName;
import io.github.rackfocus.ros.net.Deadlines;
import io.github.rackfocus.ros.net.Hosts;
import io.github.rackfocus.ros.net.RosException;
import io.github.rackfocus.ros.net.Sockets;
import io.github.rackfocus.ros.tcpros.ConnectionConfig;
import io.github.rackfocus.ros.tcpros.ConnectionHeader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Calls a service, over a new connection per call or over a persistent one. Thread-safe: calls of
 * several threads are made one after the other.
 */
public final class ServiceClient<Q extends Message, R extends Message> implements AutoCloseable {
  private final GraphName name;
  private final ServiceType<Q, R> type;
  private final ConnectionConfig connection;
  private final MasterClient master;
  private final Deadlines deadlines;
  private final boolean persistent;
  private final Duration timeout;
  private @Nullable SocketChannel kept;

  ServiceClient(
      GraphName name,
      ServiceType<Q, R> type,
      NodeContext context,
      MasterClient master,
      boolean persistent,
      Duration timeout) {
    this.name = name;
    this.type = type;
    this.connection = context.connection();
    this.master = master;
    this.deadlines = context.deadlines();
    this.persistent = persistent;
    this.timeout = timeout;
  }

  /**
   * Calls the service and waits for its response. If a persistent connection breaks, the call fails
   * and the next one connects again.
   *
   * @throws RosException if no node provides the service, it does not respond in time, has another
   *     md5sum, or responds with an error
   */
  public synchronized R call(Q request) throws RosException {
    SocketChannel channel = null;
    boolean done = false;
    try {
      channel = kept != null ? kept : SocketChannel.open();
      try (Deadlines.Guard guard =
          deadlines.close(channel, timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          if (kept == null) {
            connect(channel);
          }
          R response = exchange(channel, request);
          done = true;
          return response;
        } catch (IOException e) {
          throw new RosException(
              "service "
                  + name
                  + ": "
                  + (guard.expired()
                      ? "no response within " + timeout.toMillis() + " ms"
                      : e.getMessage()),
              e);
        }
      }
    } catch (IOException e) {
      throw new RosException("service " + name + ": " + e.getMessage(), e);
    } catch (MalformedMessageException e) {
      throw new RosException("service " + name + ": " + e.getMessage(), e);
    } finally {
      kept = done && persistent ? channel : null;
      if (kept == null && channel != null) {
        Sockets.closeQuietly(channel);
      }
    }
  }

  private void connect(SocketChannel channel) throws IOException, RosException {
    String text = String.valueOf(master.call("lookupService", name.value()));
    InetSocketAddress address = Hosts.address(text);
    if (address == null) {
      throw new RosException(
          "service " + name + ": the master returned an invalid address: " + text);
    }
    if (address.isUnresolved()) {
      throw new RosException(
          "service " + name + ": cannot resolve host " + address.getHostString());
    }
    Sockets.configure(channel);
    channel.connect(address);
    ConnectionHeader header =
        new ConnectionHeader()
            .with("callerid", connection.callerId())
            .with("service", name.value())
            .with("type", type.name())
            .with("md5sum", type.md5sum());
    if (persistent) {
      header.with("persistent", "1");
    }
    header.write(channel);
    String error = ConnectionHeader.read(channel).get("error");
    if (error != null) {
      throw new RosException("service " + name + ": " + error);
    }
  }

  private R exchange(SocketChannel channel, Q request) throws IOException, RosException {
    ByteBuffer body = type.request().write(request);
    ByteBuffer length = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
    length.putInt(body.remaining()).flip();
    ByteBuffer[] out = {length, body};
    while (body.hasRemaining() || length.hasRemaining()) {
      channel.write(out);
    }
    ByteBuffer prefix = ByteBuffer.allocate(5).order(ByteOrder.LITTLE_ENDIAN);
    Sockets.readFully(channel, prefix);
    ByteBuffer in = Sockets.readBytes(channel, connection.checkLength(prefix.getInt(1)));
    if (prefix.get(0) != 1) {
      throw new RosException(
          "service " + name + " responded with an error: " + StandardCharsets.UTF_8.decode(in));
    }
    R response = type.response().factory().get();
    type.response().read(in, response);
    return response;
  }

  @Override
  public synchronized void close() {
    if (kept != null) {
      Sockets.closeQuietly(kept);
      kept = null;
    }
  }
}
