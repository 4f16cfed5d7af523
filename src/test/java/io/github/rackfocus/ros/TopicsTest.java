package io.github.rackfocus.ros;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import io.github.rackfocus.ros.msg.std_msgs.Int32;
import io.github.rackfocus.ros.names.GraphName;
import io.github.rackfocus.ros.net.BufferPool;
import io.github.rackfocus.ros.net.FaultCounts;
import io.github.rackfocus.ros.tcpros.ConnectionConfig;
import io.github.rackfocus.ros.tcpros.ConnectionHeader;
import io.github.rackfocus.ros.tcpros.RawTcpRos;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TopicsTest {
  private InJvmMaster master;
  private TestNodes nodes;
  private ConnectedNode talker;
  private ConnectedNode listener;

  @BeforeEach
  void start() throws Exception {
    master = new InJvmMaster();
    nodes = new TestNodes(master.uri());
    talker = nodes.connect("talker");
    listener = nodes.connect("listener");
  }

  @AfterEach
  void stop() {
    nodes.close();
    master.close();
  }

  @Test
  void shouldDeliverAllMessagesInOrder() {
    Publisher<Int32> publisher = talker.newPublisher("n", Int32.TYPE, 2000);
    Queue<Integer> received = listen(listener, "n");
    await().until(publisher::hasSubscribers);
    for (int i = 0; i < 1000; i++) {
      publisher.publish(number(i));
    }
    await().until(() -> received.size() == 1000);
    assertThat(received).containsExactlyElementsOf(IntStream.range(0, 1000).boxed().toList());
    assertThat(publisher.dropped()).isZero();
  }

  @Test
  void shouldDeliverPayloadsUnchangedWhateverTheirSize() {
    Publisher<Image> publisher = talker.newPublisher("image", Image.TYPE, 10);
    Queue<ByteBuffer> received = new ConcurrentLinkedQueue<>();
    listener
        .newSubscriber("image", Image.TYPE)
        .addMessageListener(image ->
            received.add(ByteBuffer.allocate(image.data.remaining()).put(image.data).flip()));
    await().until(publisher::hasSubscribers);
    List<ByteBuffer> sent = new ArrayList<>();
    for (int size : new int[] {0, 1, 4095, 1_228_800, 3, 3_000_001}) {
      Image image = new Image();
      image.data = ByteBuffer.allocate(size);
      for (int i = 0; i < size; i++) {
        image.data.put(i, (byte) (i * 31 + size));
      }
      publisher.publish(image);
      sent.add(image.data);
    }
    await().until(() -> received.size() == sent.size());
    assertThat(new ArrayList<>(received)).isEqualTo(sent);
  }

  @Test
  void shouldGiveLateSubscribersTheLastMessageOfALatchedTopic() throws Exception {
    Publisher<Int32> publisher = talker.newPublisher("n", Int32.TYPE, 1, true);
    publisher.publish(number(1));
    publisher.publish(number(2));
    Queue<Integer> received = listen(listener, "n");
    Queue<Integer> later = listen(nodes.connect("later"), "n");
    await().until(() -> !received.isEmpty() && !later.isEmpty());
    assertThat(received).containsExactly(2);
    assertThat(later).containsExactly(2);
  }

  @Test
  void shouldDropTheOldestOfAStoppedSubscriberWhileAnotherLosesNothing() throws Exception {
    Publisher<Image> publisher = talker.newPublisher("image", Image.TYPE, 4);
    CountDownLatch go = new CountDownLatch(1);
    Queue<Long> slow = new ConcurrentLinkedQueue<>();
    nodes
        .connect("slow")
        .newSubscriber("image", Image.TYPE)
        .addMessageListener(image -> {
          awaitQuietly(go);
          slow.add(image.header.seq);
        });
    Queue<Long> fast = new ConcurrentLinkedQueue<>();
    listener
        .newSubscriber("image", Image.TYPE)
        .addMessageListener(image -> fast.add(image.header.seq));
    await().until(() -> publisher.numberOfSubscribers() == 2);
    Image image = new Image();
    image.data = ByteBuffer.allocateDirect(1 << 20);
    int count = 60;
    for (int i = 0; i < count; i++) {
      image.header.seq = i;
      publisher.publish(image);
      int so = i + 1;
      await().pollInterval(Duration.ofMillis(1)).until(() -> fast.size() == so);
    }
    assertThat(publisher.dropped()).isPositive();
    go.countDown();
    await().until(() -> slow.contains((long) count - 1));
    assertThat(slow.size() + publisher.dropped()).isEqualTo(count);
    assertThat(new ArrayList<>(slow)).isSorted();
  }

  @Test
  void shouldTakeFewBuffersForManyMessages() {
    BufferPool pool = new BufferPool(1 << 22);
    Publisher<Int32> publisher =
        new Publisher<>(
            GraphName.of("/n"),
            Int32.TYPE,
            3,
            true,
            new NodeContext(
                new ConnectionConfig("/x", Duration.ofSeconds(5), 1 << 20),
                null,
                null,
                pool,
                new FaultCounts(),
                new AtomicInteger()),
            () -> {});
    IntStream.range(0, 1000).forEach(i -> publisher.publish(number(i)));
    publisher.close();
    assertThat(pool.allocations()).isEqualTo(2);
  }

  @Test
  void shouldReceiveAgainWhenThePublisherRestarts() throws Exception {
    Queue<Integer> received = listen(listener, "n");
    for (int round = 1; round <= 2; round++) {
      ConnectedNode again = nodes.connect("again");
      Publisher<Int32> publisher = again.newPublisher("n", Int32.TYPE, 1, true);
      publisher.publish(number(round));
      int expected = round;
      await().until(() -> received.contains(expected));
      again.close();
    }
  }

  @Test
  void shouldForgetSubscribersThatHaveGone() throws Exception {
    Publisher<Int32> publisher = talker.newPublisher("n", Int32.TYPE, 1);
    ConnectedNode gone = nodes.connect("short");
    listen(gone, "n");
    await().until(publisher::hasSubscribers);
    gone.close();
    await().until(() -> !publisher.hasSubscribers());
  }

  @Test
  void shouldRegisterAgainWhenTheMasterRestarts() throws Exception {
    Publisher<Int32> publisher = talker.newPublisher("n", Int32.TYPE, 10);
    Queue<Integer> received = listen(listener, "n");
    await().until(publisher::hasSubscribers);
    // Once with another process id, once with the same, as in a container.
    for (int pid : new int[] {master.pid() + 1, master.pid() + 1}) {
      int port = master.port();
      master.close();
      master = new InJvmMaster(port, pid);
      await()
          .until(() ->
              master.publishersOf("/n").contains("/talker")
                  && master.subscribersOf("/n").contains("/listener")
                  && master.serves("/talker/get_loggers"));
      publisher.publish(number(pid));
      await().until(() -> received.contains(pid));
    }
    Queue<Integer> fresh = listen(nodes.connect("fresh"), "n");
    await()
        .until(() -> {
          publisher.publish(number(77));
          return fresh.contains(77);
        });
  }

  @Test
  void shouldServeOthersWhileAHundredConnectionsAreSilent() throws Exception {
    Publisher<Int32> publisher = talker.newPublisher("n", Int32.TYPE, 10, true);
    publisher.publish(number(5));
    InetSocketAddress address = RawTcpRos.address(talker, "/n");
    List<SocketChannel> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 100; i++) {
        silent.add(SocketChannel.open(address));
      }
      Queue<Integer> received = listen(listener, "n");
      await().until(() -> received.contains(5));
      // The handshake timeout closes them: a read returns the end of the stream.
      for (SocketChannel channel : silent) {
        assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
      }
    } finally {
      for (SocketChannel channel : silent) {
        channel.close();
      }
    }
  }

  @Test
  void shouldRefuseASubscriberOfAnotherType() throws Exception {
    talker.newPublisher("n", Int32.TYPE, 10);
    String error =
        RawTcpRos.refusal(
            talker,
            "/n",
            new ConnectionHeader()
                .with("callerid", "/raw")
                .with("topic", "/n")
                .with("type", "std_msgs/String")
                .with("md5sum", "992ce8a1687cec8c8bd883ec73ca41d1"));
    assertThat(error)
        .isEqualTo(
            "Client [/raw] wants topic /n to have datatype/md5sum "
                + "[std_msgs/String/992ce8a1687cec8c8bd883ec73ca41d1], but our version has "
                + "[std_msgs/Int32/da5909fbe378aeaf85e547e830cc1bb7]. Dropping connection.");
    assertThat(RawTcpRos.refusal(talker, "/n", new ConnectionHeader().with("topic", "/n")))
        .isEqualTo("Header from subscriber did not have the required elements: md5sum, topic");
    assertThat(RawTcpRos.refusal(talker, "/n", new ConnectionHeader().with("topic", "/m")))
        .contains("nonexistent topic [/m]");
    assertThat(RawTcpRos.refusal(talker, "/n", new ConnectionHeader().with("topic", "?")))
        .contains("is not a ROS name");
    assertThat(RawTcpRos.refusal(talker, "/n", new ConnectionHeader().with("a", "b")))
        .contains("topic or service");
  }

  @Test
  void shouldGoOnWhenAPublisherSendsLengthsThatItMayNot() throws Exception {
    try (RawTcpRos wrong = new RawTcpRos(Int32.TYPE)) {
      Queue<Integer> received = listen(listener, "n");
      wrong.register(master.uri(), "/n");
      // −1 is four gigabytes; 3 bytes are not an Int32; then a valid one.
      wrong.accept().send(-1, new byte[0]);
      wrong.accept().send(3, new byte[3]).send(4, new byte[] {9, 0, 0, 0});
      await().until(() -> received.contains(9));
      assertThat(received).containsExactly(9);
    }
  }

  @Test
  void shouldRefuseToPublishATopicTwice() {
    talker.newPublisher("n", Int32.TYPE, 1);
    assertThatIllegalStateException()
        .isThrownBy(() -> talker.newPublisher("/n", Int32.TYPE, 1))
        .withMessage("this node already publishes /n");
  }

  private static Queue<Integer> listen(ConnectedNode node, String topic) {
    Queue<Integer> received = new ConcurrentLinkedQueue<>();
    node.newSubscriber(topic, Int32.TYPE).addMessageListener(message -> received.add(message.data));
    return received;
  }

  private static Int32 number(int value) {
    Int32 message = new Int32();
    message.data = value;
    return message;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
