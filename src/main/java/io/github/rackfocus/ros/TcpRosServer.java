package io.github.rackfocus.ros;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts TCPROS connections and reads their headers, each in a thread of its own and within a
 * deadline. Of connections that have not said a word the oldest gives way when there are too many.
 */
final class TcpRosServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TcpRosServer.class);
  private static final Throttle REFUSALS = new Throttle(LOG);
  private static final int MOST_SILENT = 256;

  private final ServerSocketChannel server;
  private final Deadlines deadlines;
  private final Duration timeout;
  private final Handler handler;
  private final ArrayDeque<SocketChannel> silent = new ArrayDeque<>();
  private final Throttle troubles = new Throttle(LOG);

  /** Takes over a connection whose header was read, in the connection's own thread. */
  @FunctionalInterface
  interface Handler {
    /** Returns when the connection has ended; it is closed then. */
    void serve(SocketChannel channel, ConnectionHeader header) throws IOException;
  }

  TcpRosServer(InetSocketAddress address, Deadlines deadlines, Duration timeout, Handler handler)
      throws IOException {
    this.deadlines = deadlines;
    this.timeout = timeout;
    this.handler = handler;
    server = ServerSocketChannel.open().bind(address, 128);
    Threads.start("ros-accept", this::accept);
  }

  int port() {
    return server.socket().getLocalPort();
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel channel = server.accept();
        synchronized (silent) {
          silent.addLast(channel);
          if (silent.size() > MOST_SILENT) {
            troubles.warn("more than " + MOST_SILENT + " silent connections; the oldest is closed");
            silent.removeFirst().close();
          }
        }
        Threads.start("ros-connection-" + channel.socket().getPort(), () -> serve(channel));
      } catch (IOException e) {
        if (server.isOpen()) {
          troubles.warn("accepting a connection failed: " + e.getMessage());
          Threads.sleep(Duration.ofMillis(100));
        }
      }
    }
  }

  private void serve(SocketChannel channel) {
    try (channel) {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
      ConnectionHeader header;
      try (Deadlines.Guard guard =
          deadlines.close(channel, timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        header = ConnectionHeader.read(channel);
      } finally {
        synchronized (silent) {
          silent.remove(channel);
        }
      }
      handler.serve(channel, header);
    } catch (MalformedMessageException e) {
      troubles.warn(
          "connection from " + channel.socket().getRemoteSocketAddress() + ": " + e.getMessage());
    } catch (IOException e) {
      LOG.debug("connection ended: {}", e.toString());
    }
  }

  /** Refuses with a text that the other end logs. */
  static void refuse(SocketChannel channel, String error) throws IOException {
    String shown = error.length() > 500 ? error.substring(0, 500) + "…" : error;
    REFUSALS.warn(shown.replaceAll("\\p{Cntrl}", "?"));
    new ConnectionHeader().with("error", error).write(channel);
  }

  @Override
  public void close() throws IOException {
    server.close();
    synchronized (silent) {
      for (SocketChannel channel : silent) {
        channel.close();
      }
    }
  }
}
