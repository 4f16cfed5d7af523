package io.github.rackfocus.ros.tcpros;

import io.github.rackfocus.common.DaemonThreads;
import io.github.rackfocus.common.PrintableText;
import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.ros.message.MalformedMessageException;
import io.github.rackfocus.ros.net.Deadlines;
import io.github.rackfocus.ros.net.FaultCounts;
import io.github.rackfocus.ros.net.RosException;
import io.github.rackfocus.ros.net.Sockets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts TCPROS connections and reads their headers, each in its own thread and within a deadline.
 * If too many connections have not sent a header, the oldest of them is closed.
 */
public final class TcpRosServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TcpRosServer.class);
  private static final int MAX_SILENT = 256;

  private final ServerSocketChannel server;
  private final Deadlines deadlines;
  private final Duration timeout;
  private final Handler handler;
  private final ArrayDeque<SocketChannel> silent = new ArrayDeque<>();
  private final RateLimitedLogger rejections;
  private final RateLimitedLogger silence;

  /** Serves a connection whose header was read, in the connection's thread. */
  @FunctionalInterface
  public interface Handler {
    /**
     * Serves a connection and returns when it has ended; the caller closes the channel.
     *
     * @throws RosException to reject the connection before replying; the peer receives the message
     */
    void serve(SocketChannel channel, ConnectionHeader header) throws IOException, RosException;
  }

  public TcpRosServer(
      InetSocketAddress address,
      Deadlines deadlines,
      Duration timeout,
      FaultCounts counts,
      Handler handler)
      throws IOException {
    this.deadlines = deadlines;
    this.timeout = timeout;
    this.handler = handler;
    rejections = new RateLimitedLogger(LOG, counts.connections);
    silence = new RateLimitedLogger(LOG, counts.silence);
    server = ServerSocketChannel.open().bind(address, 128);
    DaemonThreads.start("ros-accept", this::accept);
  }

  public int port() {
    return server.socket().getLocalPort();
  }

  private void accept() {
    while (server.isOpen()) {
      try {
        SocketChannel channel = server.accept();
        synchronized (silent) {
          silent.addLast(channel);
          if (silent.size() > MAX_SILENT) {
            silence.warn(
                "more than " + MAX_SILENT + " connections without a header; closing the oldest");
            silent.removeFirst().close();
          }
        }
        startServing(channel);
      } catch (IOException e) {
        // Running out of file descriptors is temporary; keep accepting.
        if (server.isOpen()) {
          rejections.warn("accepting a connection failed: " + e.getMessage());
          DaemonThreads.sleep(Duration.ofMillis(100));
        }
      }
    }
  }

  private void startServing(SocketChannel channel) throws IOException {
    try {
      DaemonThreads.start("ros-connection-" + channel.socket().getPort(), () -> serve(channel));
    } catch (OutOfMemoryError e) {
      synchronized (silent) {
        silent.remove(channel);
      }
      channel.close();
      throw new IOException("cannot start a thread: " + e.getMessage(), e);
    }
  }

  private void serve(SocketChannel channel) {
    SocketAddress from = channel.socket().getRemoteSocketAddress();
    try (channel) {
      Sockets.configure(channel);
      ConnectionHeader header = readHeader(channel);
      if (header == null) {
        silence.warn("no connection header from " + from + " within " + timeout.toMillis() + " ms");
        return;
      }
      try {
        handler.serve(channel, header);
      } catch (RosException e) {
        String error = String.valueOf(e.getMessage());
        rejections.warn(error);
        new ConnectionHeader().with("error", PrintableText.of(error, 1000)).write(channel);
      }
    } catch (MalformedMessageException e) {
      rejections.warn("connection from " + from + ": " + e.getMessage());
    } catch (IOException e) {
      LOG.debug("connection from {} ended: {}", from, e.toString());
    } catch (RuntimeException e) {
      LOG.error("connection from {} failed", from, e);
    }
  }

  /** Reads the header; returns null if it does not arrive in time. */
  private @Nullable ConnectionHeader readHeader(SocketChannel channel) throws IOException {
    try (Deadlines.Guard guard =
        deadlines.close(channel, timeout.toMillis(), TimeUnit.MILLISECONDS)) {
      try {
        return ConnectionHeader.read(channel);
      } catch (IOException e) {
        if (guard.expired()) {
          return null;
        }
        throw e;
      }
    } finally {
      synchronized (silent) {
        silent.remove(channel);
      }
    }
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
