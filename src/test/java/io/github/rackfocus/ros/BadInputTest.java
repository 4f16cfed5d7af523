package io.github.rackfocus.ros;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import io.github.rackfocus.ros.msg.std_msgs.Int32;
import io.github.rackfocus.ros.msg.std_srvs.SetBool;
import io.github.rackfocus.ros.net.Deadlines;
import io.github.rackfocus.ros.tcpros.ConnectionHeader;
import io.github.rackfocus.ros.tcpros.RawTcpRos;
import io.github.rackfocus.ros.xmlrpc.XmlRpcClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Invalid input is counted and logged and costs no memory; valid peers are still served. */
@Timeout(120)
class BadInputTest {
  private InJvmMaster master;
  private TestNodes nodes;
  private ConnectedNode node;
  private Publisher<Int32> publisher;
  private InetSocketAddress tcpRos;

  @BeforeEach
  void start() throws Exception {
    master = new InJvmMaster();
    nodes = new TestNodes(master.uri());
    node = nodes.connect("node");
    publisher = node.newPublisher("n", Int32.TYPE, 10, true);
    publisher.publish(number(5));
    tcpRos = RawTcpRos.address(node, "/n");
  }

  @AfterEach
  void stop() throws Exception {
    assertStillServes();
    nodes.close();
    master.close();
  }

  private void assertStillServes() throws Exception {
    Queue<Integer> received = new ConcurrentLinkedQueue<>();
    nodes
        .connect("well")
        .newSubscriber("n", Int32.TYPE)
        .addMessageListener(message -> received.add(message.data));
    soon().until(() -> received.contains(5));
  }

  @Test
  void shouldCountConnectionsWithMalformedHeaders() throws Exception {
    byte[][] headers = {
      bytes(4, -1), // a field of four gigabytes
      bytes(-1), // a header of four gigabytes
      bytes(300 << 10), // longer than any
      bytes(3, 0x20202020), // three bytes, where a field's length takes four
      bytes(8, 4, 0x41414141), // a field without name=
      bytes(0), // no fields at all
    };
    for (int round = 0; round < 10; round++) {
      for (byte[] header : headers) {
        try (SocketChannel channel = SocketChannel.open(tcpRos)) {
          channel.write(ByteBuffer.wrap(header));
          assertEnds(channel);
        }
      }
    }
    soon().until(() -> node.getCounts().rejectedConnections() == 60);
    assertThat(node.getCounts().silentConnections()).isZero();
  }

  @Test
  void shouldCountAndEndAHundredSilentConnections() throws Exception {
    List<SocketChannel> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        SocketChannel channel = SocketChannel.open(tcpRos);
        if (i % 2 == 0) {
          channel.write(ByteBuffer.wrap(bytes(100)));
        }
        silent.add(channel);
      }
      assertStillServes();
      for (SocketChannel channel : silent) {
        assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      }
    } finally {
      for (SocketChannel channel : silent) {
        channel.close();
      }
    }
    soon().until(() -> node.getCounts().silentConnections() == 100);
    soon().until(() -> threadsOf("ros-connection-").size() < 20);
  }

  @Test
  void shouldAnswerTheSlaveApiBesideSilentAndHalfSpokenCalls() throws Exception {
    List<Socket> others = new ArrayList<>();
    try {
      for (int i = 0; i < 200; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.getUri().getPort());
        if (i % 2 == 0) {
          socket.getOutputStream().write("PO".getBytes(UTF_8));
        }
        others.add(socket);
      }
      assertStillServes();
    } finally {
      for (Socket socket : others) {
        socket.close();
      }
    }
  }

  @Test
  void shouldRefuseBombsAndEntitiesSentToTheSlaveApi() throws Exception {
    String bomb =
        "<!DOCTYPE a [<!ENTITY b \"cccccccccc\"><!ENTITY d \"&b;&b;&b;&b;&b;&b;&b;&b;\">]>"
            + "<methodCall><methodName>&d;</methodName></methodCall>";
    String external =
        "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>"
            + "<methodCall><methodName>getPid</methodName><params><param><value>&b;</value>"
            + "</param></params></methodCall>";
    for (String text : List.of(bomb, external, "<methodCall>", "\u0000", "<a/>".repeat(1000))) {
      for (int i = 0; i < 20; i++) {
        assertThat(post(text)).contains("<fault>").doesNotContain("cccc", "root:");
      }
    }
    assertThat(node.getCounts().rejectedCalls()).isEqualTo(100);
  }

  @Test
  void shouldTellListsOfPublishersThatAreNone() throws Exception {
    Subscriber<Int32> subscriber = node.newSubscriber("m", Int32.TYPE);
    soon().until(() -> master.subscribersOf("/m").contains("/node"));
    subscriber.updatePublishers(List.of("", "no uri", 7, "http://[::", "ftp://h:1/"));
    assertThat(node.getCounts().publisherFailures()).isEqualTo(5);
    List<String> many = new ArrayList<>();
    for (int port = 1; port <= 1000; port++) {
      many.add("http://127.0.0.1:" + port + "/");
    }
    subscriber.updatePublishers(many);
    assertThat(subscriber.links()).hasSize(256);
    subscriber.updatePublishers(List.of());
    assertThat(subscriber.links()).isEmpty();
    soon().until(() -> threadsOf("ros-subscribe/m").isEmpty());
  }

  @Test
  void shouldGoOnBesideAPublisherOfAnotherMd5sum() throws Exception {
    Queue<Integer> received = new ConcurrentLinkedQueue<>();
    node.newSubscriber("m", Int32.TYPE).addMessageListener(message -> received.add(message.data));
    try (RawTcpRos wrong = new RawTcpRos(Image.TYPE)) {
      wrong.register(master.uri(), "/m");
      wrong.accept();
      wrong.accept();
      soon().until(() -> node.getCounts().publisherFailures() >= 2);
      ConnectedNode right = nodes.connect("right");
      right.newPublisher("m", Int32.TYPE, 1, true).publish(number(9));
      soon().until(() -> received.contains(9));
    }
    assertThat(received).containsExactly(9);
  }

  @Test
  void shouldTakeNoMemoryForLengthsThatAreOnlyClaimed() throws Exception {
    Subscriber<Image> subscriber = node.newSubscriber("m", Image.TYPE);
    try (RawTcpRos liar = new RawTcpRos(Image.TYPE)) {
      liar.register(master.uri(), "/m");
      // Four gigabytes; one byte above the limit; the limit, without the announced bytes.
      for (int length : new int[] {-1, (64 << 20) + 1, Integer.MIN_VALUE}) {
        liar.accept().send(length, new byte[0]);
      }
      soon().until(() -> node.getCounts().publisherFailures() >= 3);
      RawTcpRos.Connection claims = liar.accept().send(64 << 20, new byte[100]);
      soon().until(() -> subscriber.numberOfPublishers() == 1);
      assertThat(pooledBytes()).isLessThan(2 << 20);
      claims.channel().close();
    }
  }

  @Test
  void shouldDropMessagesThatEndTooEarlyAndConnectionsThatBreakOff() throws Exception {
    Queue<Integer> received = new ConcurrentLinkedQueue<>();
    node.newSubscriber("m", Int32.TYPE).addMessageListener(message -> received.add(message.data));
    try (RawTcpRos raw = new RawTcpRos(Int32.TYPE)) {
      raw.register(master.uri(), "/m");
      RawTcpRos.Connection connection = raw.accept();
      for (int i = 0; i < 50; i++) {
        connection.send(3, new byte[3]).send(5, new byte[5]).send(0, new byte[0]);
      }
      soon().until(() -> node.getCounts().malformedMessages() == 150);
      int before = node.buffers().held();
      for (int i = 0; i < 5; i++) {
        connection.send(1000, new byte[10]).channel().close();
        connection = raw.accept();
      }
      connection.send(4, new byte[] {9, 0, 0, 0});
      soon().until(() -> received.contains(9));
      assertThat(node.buffers().held()).isEqualTo(before);
    }
    assertThat(received).containsExactly(9);
  }

  @Test
  void shouldEndServiceCallsThatStopOrLie() throws Exception {
    node.newServiceServer(
        "~flip", SetBool.TYPE, (request, response) -> response.success = request.data);
    ConnectionHeader header =
        new ConnectionHeader()
            .with("callerid", "/raw\u0007")
            .with("service", "/node/flip")
            .with("md5sum", SetBool.TYPE.md5sum());
    for (byte[] call : new byte[][] {{}, bytes(-1), {1, 0}, bytes(1 << 30)}) {
      try (SocketChannel channel = SocketChannel.open(tcpRos)) {
        header.write(channel);
        ConnectionHeader.read(channel);
        channel.write(ByteBuffer.wrap(call));
        assertEnds(channel);
      }
    }
    soon().until(() -> node.getCounts().failedServiceCalls() == 4);
    SetBool.Request request = new SetBool.Request();
    request.data = true;
    soon().until(() -> master.serves("/node/flip"));
    assertThat(
            nodes
                .connect("caller")
                .newServiceClient("/node/flip", SetBool.TYPE, false)
                .call(request)
                .success)
        .isTrue();
  }

  @Test
  void shouldShowASubscriberWhoseNameNoXmlHolds() throws Exception {
    try (SocketChannel channel = SocketChannel.open(tcpRos);
        Deadlines deadlines = new Deadlines()) {
      new ConnectionHeader()
          .with("callerid", "/a\u0001\n" + "b".repeat(1000))
          .with("topic", "/n")
          .with("md5sum", "*")
          .write(channel);
      ConnectionHeader.read(channel);
      soon().until(() -> publisher.numberOfSubscribers() == 1);
      Object info =
          new XmlRpcClient(deadlines, Duration.ofSeconds(20))
              .call(node.getUri(), "getBusInfo", "/t");
      assertThat(info).asString().contains("/a??bbb").hasSizeLessThan(1000);
    }
  }

  @Test
  void shouldCountAMasterThatIsAwayAndComeBack() throws Exception {
    int port = master.port();
    int pid = master.pid();
    master.close();
    soon().until(() -> node.getCounts().masterFailures() >= 2);
    master = new InJvmMaster(port, pid + 1);
    soon().until(() -> master.publishersOf("/n").contains("/node"));
  }

  @Test
  void shouldLeaveNeitherBuffersNorThreadsBehind() throws Exception {
    ConnectedNode brief = nodes.connect("brief");
    Publisher<Int32> out = brief.newPublisher("brief", Int32.TYPE, 10, true);
    brief.newSubscriber("n", Int32.TYPE);
    node.newSubscriber("brief", Int32.TYPE);
    soon().until(out::hasSubscribers);
    out.publish(number(1));
    brief.close();
    soon().until(() -> brief.buffers().held() == 0);
    node.close();
    soon().until(() -> node.buffers().held() == 0);
    soon().until(() -> threadsOf("ros-subscribe").isEmpty() && threadsOf("ros-accept").isEmpty());
    node = nodes.connect("node");
    publisher = node.newPublisher("n", Int32.TYPE, 10, true);
    publisher.publish(number(5));
  }

  private long pooledBytes() {
    return node.buffers().totalBytes();
  }

  private static List<String> threadsOf(String prefix) {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith(prefix))
        .toList();
  }

  private String post(String text) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.getUri().getPort())) {
      byte[] body = text.getBytes(UTF_8);
      String head = "POST / HTTP/1.0\r\nContent-Length: " + body.length + "\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(UTF_8));
      socket.getOutputStream().write(body);
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }

  /** Reads until the peer closes the connection, possibly by a reset. */
  private static void assertEnds(SocketChannel channel) {
    try {
      ByteBuffer any = ByteBuffer.allocate(1 << 12);
      while (channel.read(any.clear()) >= 0) {
        assertThat(channel.isOpen()).isTrue();
      }
    } catch (IOException reset) {
      assertThat(reset).hasMessageContaining("reset");
    }
  }

  /** Returns the numbers, little endian. */
  private static byte[] bytes(int... numbers) {
    ByteBuffer out = ByteBuffer.allocate(4 * numbers.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int number : numbers) {
      out.putInt(number);
    }
    return out.array();
  }

  private static Int32 number(int value) {
    Int32 message = new Int32();
    message.data = value;
    return message;
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(40)).pollInterval(Duration.ofMillis(20));
  }
}
