package io.github.rackfocus.ros;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.rackfocus.ros.msg.roscpp.GetLoggers;
import io.github.rackfocus.ros.msg.roscpp.SetLoggerLevel;
import io.github.rackfocus.ros.msg.rosgraph_msgs.Clock;
import io.github.rackfocus.ros.msg.rosgraph_msgs.Log;
import io.github.rackfocus.ros.msg.std_msgs.Int32;
import io.github.rackfocus.ros.msg.std_srvs.SetBool;
import io.github.rackfocus.ros.names.GraphName;
import io.github.rackfocus.ros.net.Deadlines;
import io.github.rackfocus.ros.net.RosException;
import io.github.rackfocus.ros.xmlrpc.XmlRpcClient;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(60)
class ConnectedNodeTest {
  private InJvmMaster master;
  private TestNodes nodes;

  @BeforeEach
  void start() throws Exception {
    master = new InJvmMaster();
    nodes = new TestNodes(master.uri());
  }

  @AfterEach
  void stop() {
    nodes.close();
    master.close();
  }

  @Test
  void shouldSetGetFindAndDeleteParameters() throws Exception {
    ConnectedNode node = nodes.connect("depth", "__ns:=/robot", "_gain:=2");
    ParameterTree parameters = node.getParameterTree();
    assertThat(parameters.getInteger("~gain", 0)).isEqualTo(2);
    assertThat(parameters.getDouble("~gain", 0)).isEqualTo(2.0);
    assertThat(parameters.getString("~name", "none")).isEqualTo("none");
    assertThatExceptionOfType(RosException.class)
        .isThrownBy(() -> parameters.getBoolean("~gain", false))
        .withMessage("parameter /robot/depth/gain is 2; expected true or false");
    parameters.set("planes", List.of(1, 2.5, "x"));
    assertThat(parameters.getList("planes", List.of())).isEqualTo(List.of(1, 2.5, "x"));
    assertThat(parameters.has("/robot/planes")).isTrue();
    assertThat(parameters.search("planes")).hasToString("/robot/planes");
    assertThat(parameters.search("nothing")).isNull();
    assertThat(parameters.names()).extracting(GraphName::value).contains("/robot/depth/gain");
    parameters.delete("planes");
    assertThat(parameters.has("planes")).isFalse();
  }

  @Test
  void shouldTellListenersOfParameters() throws Exception {
    ConnectedNode node = nodes.connect("depth");
    Queue<Object> seen = new ConcurrentLinkedQueue<>();
    node.getParameterTree().set("~gain", 1);
    node.getParameterTree().addParameterListener("~gain", seen::add);
    await().until(() -> seen.contains(1));
    nodes.connect("other").getParameterTree().set("/depth/gain", 5);
    await().until(() -> seen.contains(5));
  }

  @Test
  void shouldCallServicesOnceAndPersistently() throws Exception {
    ConnectedNode server = nodes.connect("server");
    server.newServiceServer(
        "~flip",
        SetBool.TYPE,
        (request, response) -> {
          if (request.data) {
            throw new RosException("true is too much");
          }
          response.success = true;
          response.message = "fine";
        });
    await().until(() -> master.serves("/server/flip"));
    ConnectedNode client = nodes.connect("client");
    for (boolean persistent : new boolean[] {false, true}) {
      try (ServiceClient<SetBool.Request, SetBool.Response> flip =
          client.newServiceClient("/server/flip", SetBool.TYPE, persistent)) {
        SetBool.Request request = new SetBool.Request();
        assertThat(flip.call(request).message).isEqualTo("fine");
        assertThat(flip.call(request).success).isTrue();
        request.data = true;
        assertThatExceptionOfType(RosException.class)
            .isThrownBy(() -> flip.call(request))
            .withMessage("service /server/flip responded with an error: true is too much");
        request.data = false;
        assertThat(flip.call(request).success).isTrue();
      }
    }
    assertThatExceptionOfType(RosException.class)
        .isThrownBy(
            () -> client.newServiceClient("/none", SetBool.TYPE, false).call(new SetBool.Request()))
        .withMessageContaining("no provider");
    assertThatExceptionOfType(RosException.class)
        .isThrownBy(() ->
            client
                .newServiceClient("/server/flip", GetLoggers.TYPE, false)
                .call(new GetLoggers.Request()))
        .withMessageContaining(
            "wants service /server/flip to have md5sum " + GetLoggers.TYPE.md5sum());
  }

  @Test
  void shouldListLoggersAndSetTheirLevels() throws Exception {
    nodes.connect("server");
    ConnectedNode client = nodes.connect("client");
    String name = "io.github.rackfocus.ros.test";
    assertThat(LoggerFactory.getLogger(name).getName()).isEqualTo(name);
    await().until(() -> master.serves("/server/set_logger_level"));
    SetLoggerLevel.Request request = new SetLoggerLevel.Request();
    request.logger = name;
    request.level = "debug";
    var set = client.newServiceClient("/server/set_logger_level", SetLoggerLevel.TYPE, false);
    set.call(request);
    assertThat(LoggerFactory.getLogger(name).isDebugEnabled()).isTrue();
    GetLoggers.Response all =
        client
            .newServiceClient("/server/get_loggers", GetLoggers.TYPE, false)
            .call(new GetLoggers.Request());
    assertThat(all.loggers).anyMatch(l -> l.name.equals(name) && l.level.equals("debug"));
    request.level = "loud";
    assertThatExceptionOfType(RosException.class)
        .isThrownBy(() -> set.call(request))
        .withMessageContaining("level is \"loud\"; expected debug, info, warn, error or fatal");
  }

  @Test
  void shouldPublishWhatIsLoggedOnRosout() throws Exception {
    ConnectedNode talker = nodes.connect("talker");
    ConnectedNode listener = nodes.connect("listener");
    Queue<String> heard = new ConcurrentLinkedQueue<>();
    listener
        .newSubscriber("/rosout", Log.TYPE)
        .addMessageListener(
            log -> heard.add(log.level + " " + log.name + " " + log.msg + " " + log.file));
    await()
        .pollInterval(Duration.ofMillis(50))
        .until(() -> {
          LoggerFactory.getLogger("speaker").error("the lens is hot");
          return heard.contains(
              "8 " + talker.getName() + " the lens is hot ConnectedNodeTest.java");
        });
  }

  @Test
  void shouldTakeTimeFromTheClockTopicIfToldTo() throws Exception {
    ConnectedNode server = nodes.connect("server");
    assertThat(server.getClock().nowNanos()).isGreaterThan(1_700_000_000_000_000_000L);
    server.getParameterTree().set("/use_sim_time", true);
    ConnectedNode node = nodes.connect("node");
    assertThat(node.getClock().isSimulated()).isTrue();
    assertThat(node.getClock().nowNanos()).isZero();
    Publisher<Clock> clock = server.newPublisher("/clock", Clock.TYPE, 1, true);
    Clock tick = new Clock();
    tick.clockNanos = 42_000_000_001L;
    clock.publish(tick);
    await().until(() -> node.getClock().nowNanos() == 42_000_000_001L);
  }

  @Test
  void shouldEndTheOlderNodeOfAName() throws Exception {
    ConnectedNode older = nodes.connect("twin");
    await().until(() -> master.publishersOf("/rosout").contains("/twin"));
    ConnectedNode newer = nodes.connect("twin");
    older.awaitShutdown();
    await().until(() -> master.publishersOf("/rosout").contains("/twin"));
    assertThat(newer.isEnding()).isFalse();
  }

  @Test
  void shouldRunShutdownListenersOnceAndTakeItsTopicsBack() throws Exception {
    ConnectedNode node = nodes.connect("node");
    Queue<String> said = new ConcurrentLinkedQueue<>();
    node.addShutdownListener(() -> said.add("ending"));
    node.newPublisher("a", Int32.TYPE, 1);
    node.newSubscriber("b", Int32.TYPE);
    await()
        .until(() -> !master.publishersOf("/a").isEmpty() && !master.subscribersOf("/b").isEmpty());
    assertThat(slave(node, "shutdown", "/test", "enough")).isEqualTo(List.of(1, "shutdown", 0));
    node.awaitShutdown();
    node.close();
    assertThat(said).containsExactly("ending");
    assertThat(master.publishersOf("/a")).isEmpty();
    assertThat(master.subscribersOf("/b")).isEmpty();
    assertThat(master.serves("/node/get_loggers")).isFalse();
  }

  @Test
  void shouldAnswerTheSlaveApi() throws Exception {
    ConnectedNode talker = nodes.connect("talker");
    ConnectedNode listener = nodes.connect("listener");
    Publisher<Int32> publisher = talker.newPublisher("n", Int32.TYPE, 1);
    Subscriber<Int32> subscriber = listener.newSubscriber("n", Int32.TYPE);
    await().until(() -> publisher.hasSubscribers() && subscriber.numberOfPublishers() == 1);
    assertThat(slave(talker, "getPid", "/t").get(2)).isEqualTo((int) ProcessHandle.current().pid());
    assertThat(slave(talker, "getMasterUri", "/t").get(2)).isEqualTo(master.uri().toString());
    assertThat((List<?>) slave(talker, "getPublications", "/t").get(2))
        .asString()
        .contains("[/n, std_msgs/Int32]");
    assertThat(slave(listener, "getSubscriptions", "/t").get(2))
        .isEqualTo(List.of(List.of("/n", "std_msgs/Int32")));
    assertThat(slave(talker, "getBusInfo", "/t").get(2))
        .asString()
        .contains("/listener, o, TCPROS, /n, true");
    assertThat(slave(listener, "getBusInfo", "/t").get(2))
        .asString()
        .contains(talker.getUri() + ", i, TCPROS, /n, true");
    assertThat((List<?>) slave(listener, "getBusStats", "/t").get(2)).hasSize(3);
    assertThat(slave(talker, "requestTopic", "/t", "/none", List.of(List.of("TCPROS"))).get(0))
        .isEqualTo(-1);
    assertThat(slave(talker, "requestTopic", "/t", "/n", List.of(List.of("UDPROS"))).get(0))
        .isEqualTo(0);
    assertThat(slave(talker, "paramUpdate", "/t", "/x/", 1).get(0)).isEqualTo(-1);
    assertThatExceptionOfType(RosException.class)
        .isThrownBy(() -> slave(talker, "requestTopic", "/t", 7, "x"))
        .withMessageContaining("wrong number or types of parameters");
    assertThatExceptionOfType(RosException.class)
        .isThrownBy(() -> slave(talker, "fly"))
        .withMessageContaining("\"fly\" is not supported");
  }

  @Test
  void shouldWaitForAMasterThatIsAway() throws Exception {
    int port = master.port();
    master.close();
    try (var one = new AutoCloseableExecutor()) {
      Future<ConnectedNode> connecting = one.submit(() -> nodes.connect("early", "_gain:=3"));
      await().during(Duration.ofMillis(300)).until(() -> !connecting.isDone());
      master = new InJvmMaster(port, 7);
      assertThat(connecting.get().getParameterTree().getInteger("~gain", 0)).isEqualTo(3);
    }
  }

  private static List<?> slave(ConnectedNode node, String method, Object... parameters)
      throws RosException {
    try (Deadlines deadlines = new Deadlines()) {
      URI uri = node.getUri();
      return (List<?>)
          new XmlRpcClient(deadlines, Duration.ofSeconds(5)).call(uri, method, parameters);
    }
  }

  private static final class AutoCloseableExecutor implements AutoCloseable {
    private final java.util.concurrent.ExecutorService executor =
        Executors.newSingleThreadExecutor();

    <V> Future<V> submit(java.util.concurrent.Callable<V> task) {
      return executor.submit(task);
    }

    @Override
    public void close() {
      executor.shutdownNow();
    }
  }
}
