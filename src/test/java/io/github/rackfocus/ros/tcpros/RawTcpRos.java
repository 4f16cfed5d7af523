package io.github.rackfocus.ros.tcpros;

import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.message.MessageType;
import io.github.rackfocus.ros.net.Deadlines;
import io.github.rackfocus.ros.xmlrpc.XmlRpcClient;
import io.github.rackfocus.ros.xmlrpc.XmlRpcServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * TCPROS by hand: a publisher that sends what it should not, and a subscriber that asks wrongly.
 */
public final class RawTcpRos implements AutoCloseable {
  private final MessageType<?> type;
  private final ServerSocketChannel server;
  private final XmlRpcServer slave;

  public RawTcpRos(MessageType<?> type) throws Exception {
    this.type = type;
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    server = ServerSocketChannel.open().bind(any);
    int port = server.socket().getLocalPort();
    slave =
        new XmlRpcServer(
            any,
            Map.of("requestTopic", call -> List.of(1, "", List.of("TCPROS", "127.0.0.1", port))),
            new LongAdder());
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + slave.port() + "/");
  }

  /** Has the master list it as a publisher. */
  public void register(URI master, String topic) throws Exception {
    try (Deadlines deadlines = new Deadlines()) {
      new XmlRpcClient(deadlines, Duration.ofSeconds(5))
          .call(master, "registerPublisher", "/raw", topic, type.name(), uri().toString());
    }
  }

  /** A connection after its handshake. */
  public record Connection(SocketChannel channel) {
    public Connection send(int length, byte[] body) throws Exception {
      ByteBuffer out = ByteBuffer.allocate(4 + body.length).order(ByteOrder.LITTLE_ENDIAN);
      out.putInt(length).put(body).flip();
      while (out.hasRemaining()) {
        channel.write(out);
      }
      return this;
    }
  }

  public Connection accept() throws Exception {
    SocketChannel channel = server.accept();
    ConnectionHeader.read(channel);
    new ConnectionHeader().with("type", type.name()).with("md5sum", type.md5sum()).write(channel);
    return new Connection(channel);
  }

  /** Where a node says its topic is to be had. */
  public static InetSocketAddress address(ConnectedNode node, String topic) throws Exception {
    try (Deadlines deadlines = new Deadlines()) {
      Object answer =
          new XmlRpcClient(deadlines, Duration.ofSeconds(5))
              .call(node.getUri(), "requestTopic", "/raw", topic, List.of(List.of("TCPROS")));
      List<?> protocol = (List<?>) ((List<?>) answer).get(2);
      return new InetSocketAddress((String) protocol.get(1), (Integer) protocol.get(2));
    }
  }

  /** The error that a node answers a subscriber's header with. */
  public static String refusal(ConnectedNode node, String topic, ConnectionHeader header)
      throws Exception {
    try (SocketChannel channel = SocketChannel.open(address(node, topic))) {
      header.write(channel);
      return ConnectionHeader.read(channel).getOr("error", "no error");
    }
  }

  @Override
  public void close() throws Exception {
    slave.close();
    server.close();
  }
}
