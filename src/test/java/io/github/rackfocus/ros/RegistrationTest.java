package io.github.rackfocus.ros;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.rackfocus.common.DaemonThreads;
import io.github.rackfocus.ros.msg.std_msgs.Int32;
import io.github.rackfocus.ros.net.Deadlines;
import io.github.rackfocus.ros.tcpros.RawTcpRos;
import io.github.rackfocus.ros.xmlrpc.XmlRpcClient;
import io.github.rackfocus.ros.xmlrpc.XmlRpcServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Registration with the master, whatever the master and the node do meanwhile. */
@Timeout(120)
class RegistrationTest {
  @Test
  void shouldRegisterTheOthersWhenTheMasterRefusesOne() throws Exception {
    Set<Object> published = ConcurrentHashMap.newKeySet();
    Map<String, XmlRpcServer.Method> methods = willing();
    methods.put(
        "registerPublisher",
        call -> {
          if (call.get(1).equals("/bad")) {
            return List.of(-1, "not this one", 0);
          }
          published.add(call.get(1));
          return List.of(1, "", List.of());
        });
    try (XmlRpcServer master = server(methods);
        TestNodes nodes = new TestNodes(uri(master))) {
      ConnectedNode node = nodes.connect("node");
      node.newPublisher("bad", Int32.TYPE, 1);
      node.newPublisher("good", Int32.TYPE, 1);
      soon().until(() -> published.contains("/good"));
      soon().until(() -> node.getCounts().masterFailures() >= 1);
    }
  }

  @Test
  void shouldTakeBackATopicThatIsClosedWhileItIsBeingRegistered() throws Exception {
    CountDownLatch registering = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    Queue<String> calls = new ConcurrentLinkedQueue<>();
    Map<String, XmlRpcServer.Method> methods = willing();
    methods.put(
        "registerPublisher",
        call -> {
          if (call.get(1).equals("/n")) {
            registering.countDown();
            awaitQuietly(go);
            calls.add("register");
          }
          return List.of(1, "", List.of());
        });
    methods.put(
        "unregisterPublisher",
        call -> {
          if (call.get(1).equals("/n")) {
            calls.add("unregister");
          }
          return List.of(1, "", 1);
        });
    try (XmlRpcServer master = server(methods);
        TestNodes nodes = new TestNodes(uri(master))) {
      Publisher<Int32> publisher = nodes.connect("node").newPublisher("n", Int32.TYPE, 1);
      registering.await();
      Thread closing = DaemonThreads.start("closing", publisher::close);
      // It waits for the registration in progress.
      soon().until(() -> closing.getState() == Thread.State.BLOCKED);
      go.countDown();
      closing.join();
      assertThat(calls).containsExactly("register", "unregister");
    }
  }

  /** The master's messages arrive in reverse order. */
  @Test
  void shouldKeepAPublisherThatCameWhileItsTopicWasBeingRegistered() throws Exception {
    Map<String, XmlRpcServer.Method> methods = willing();
    Queue<Integer> received = new ConcurrentLinkedQueue<>();
    try (RawTcpRos raw = new RawTcpRos(Int32.TYPE);
        Deadlines deadlines = new Deadlines()) {
      XmlRpcClient rpc = new XmlRpcClient(deadlines, Duration.ofSeconds(20));
      CountDownLatch once = new CountDownLatch(1);
      AtomicReference<Object> node = new AtomicReference<>("");
      methods.put("lookupNode", call -> List.of(1, "", node.get()));
      methods.put(
          "registerPublisher",
          call -> {
            node.set(call.get(3));
            return List.of(1, "", List.of());
          });
      methods.put(
          "registerSubscriber",
          call -> {
            if (once.getCount() > 0) {
              once.countDown();
              URI slave = URI.create((String) call.get(3));
              rpc.call(slave, "publisherUpdate", "/m", "/n", List.of(raw.uri().toString()));
            }
            return List.of(1, "", List.of());
          });
      try (XmlRpcServer master = server(methods);
          TestNodes nodes = new TestNodes(uri(master))) {
        nodes
            .connect("node")
            .newSubscriber("n", Int32.TYPE)
            .addMessageListener(message -> received.add(message.data));
        raw.accept().send(4, new byte[] {9, 0, 0, 0});
        soon().until(() -> received.contains(9));
      }
    }
  }

  @Test
  void shouldTellEachListenerTheValueThatIsThere() throws Exception {
    try (InJvmMaster master = new InJvmMaster();
        TestNodes nodes = new TestNodes(master.uri())) {
      ParameterTree parameters = nodes.connect("node").getParameterTree();
      parameters.set("/gain", 3);
      Queue<Object> first = new ConcurrentLinkedQueue<>();
      Queue<Object> second = new ConcurrentLinkedQueue<>();
      parameters.addParameterListener("/gain", first::add);
      soon().until(() -> first.contains(3));
      parameters.addParameterListener("/gain", second::add);
      soon().until(() -> second.contains(3));
      parameters.set("/gain", 4);
      soon().until(() -> first.contains(4) && second.contains(4));
    }
  }

  @Test
  void shouldTellListenersOfATreeWhenAPartOfItIsSet() throws Exception {
    Map<String, XmlRpcServer.Method> methods = willing();
    methods.put(
        "getParam",
        call ->
            call.get(1).equals("/lens")
                ? List.of(1, "", Map.of("gain", 7))
                : List.of(-1, "not set", 0));
    try (XmlRpcServer master = server(methods);
        TestNodes nodes = new TestNodes(uri(master))) {
      ParameterTree parameters = nodes.connect("node").getParameterTree();
      Queue<Object> seen = new ConcurrentLinkedQueue<>();
      parameters.addParameterListener("/lens", seen::add);
      assertThat(parameters.update("/lens/gain/", 7)).isTrue();
      assertThat(parameters.update("/lensgain/", 7)).isFalse();
      assertThat(seen).contains(Map.of("gain", 7));
    }
  }

  @Test
  void shouldRunAShutdownListenerThatComesTooLate() throws Exception {
    try (InJvmMaster master = new InJvmMaster();
        TestNodes nodes = new TestNodes(master.uri())) {
      ConnectedNode node = nodes.connect("node");
      node.close();
      Queue<String> said = new ConcurrentLinkedQueue<>();
      node.addShutdownListener(() -> said.add("ended"));
      assertThat(said).containsExactly("ended");
    }
  }

  private static XmlRpcServer server(Map<String, XmlRpcServer.Method> methods) throws Exception {
    return new XmlRpcServer(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), methods, new LongAdder());
  }

  private static URI uri(XmlRpcServer master) {
    return URI.create("http://127.0.0.1:" + master.port());
  }

  /** A master that accepts every call and stores nothing. */
  private static Map<String, XmlRpcServer.Method> willing() {
    Map<String, XmlRpcServer.Method> methods = new HashMap<>();
    methods.put("getPid", call -> List.of(1, "", 1));
    methods.put("lookupNode", call -> List.of(-1, "unknown", 0));
    methods.put("getParam", call -> List.of(-1, "not set", 0));
    for (String name :
        List.of(
            "registerPublisher",
            "registerSubscriber",
            "registerService",
            "unregisterPublisher",
            "unregisterSubscriber",
            "unregisterService",
            "subscribeParam",
            "unsubscribeParam")) {
      methods.put(name, call -> List.of(1, "", List.of()));
    }
    return methods;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ConditionFactory soon() {
    return await().atMost(Duration.ofSeconds(40)).pollInterval(Duration.ofMillis(20));
  }
}
