package io.github.rackfocus.ros;

import io.github.rackfocus.common.DaemonThreads;
import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.ros.message.Message;
import io.github.rackfocus.ros.message.MessageType;
import io.github.rackfocus.ros.message.ServiceType;
import io.github.rackfocus.ros.msg.roscpp.GetLoggers;
import io.github.rackfocus.ros.msg.roscpp.SetLoggerLevel;
import io.github.rackfocus.ros.msg.rosgraph_msgs.Clock;
import io.github.rackfocus.ros.msg.rosgraph_msgs.Log;
import io.github.rackfocus.ros.names.GraphName;
import io.github.rackfocus.ros.names.NameResolver;
import io.github.rackfocus.ros.net.BufferPool;
import io.github.rackfocus.ros.net.Deadlines;
import io.github.rackfocus.ros.net.FaultCounts;
import io.github.rackfocus.ros.net.Hosts;
import io.github.rackfocus.ros.net.RosException;
import io.github.rackfocus.ros.tcpros.TcpRosServer;
import io.github.rackfocus.ros.xmlrpc.XmlRpcClient;
import io.github.rackfocus.ros.xmlrpc.XmlRpcServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node of the ROS graph: begin with {@link #connect}, end with {@link #close}. It also ends when
 * the master or {@code rosnode kill} tells it to, or another node takes its name. All its threads
 * are daemons: a program waits in {@link #awaitShutdown}. Thread-safe.
 */
public final class ConnectedNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectedNode.class);
  private static final Duration RPC_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration SERVICE_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration END_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration MASTER_PAUSE = Duration.ofSeconds(1);
  private static final long IDLE_BUFFER_BYTES = 128L << 20;
  private static final int ROSOUT_QUEUE = 100;

  private final NodeConfiguration configuration;
  private final NameResolver names;
  private final URI uri;
  private final String host;
  private final Deadlines deadlines = new Deadlines();
  private final BufferPool pool = new BufferPool(IDLE_BUFFER_BYTES);
  private final AtomicInteger connectionIds = new AtomicInteger();
  private final Topics topics = new Topics();
  private final RosClock clock = new RosClock();
  private final RosLogging logging = new RosLogging();
  private final FaultCounts counts = new FaultCounts();
  private final XmlRpcClient rpc = new XmlRpcClient(deadlines, RPC_TIMEOUT);
  private final MasterClient master;
  private final MasterWatch watch;
  private final ParameterTree parameters;
  private final XmlRpcServer slave;
  private final TcpRosServer tcpRos;
  private final List<Runnable> shutdownListeners = new ArrayList<>();
  private final AtomicBoolean ending = new AtomicBoolean();
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile @Nullable Thread hook;

  private ConnectedNode(NodeConfiguration configuration) throws IOException {
    this.configuration = configuration;
    names = configuration.nameResolver();
    host = Hosts.advertised(configuration.host());
    InetSocketAddress address = Hosts.bind(configuration.host());
    master = new MasterClient(rpc, configuration.masterUri(), configuration.nodeName());
    tcpRos =
        new TcpRosServer(
            address, deadlines, configuration.handshakeTimeout(), counts, topics::serve);
    SlaveApi api =
        new SlaveApi(
            topics, this::getParameterTree, configuration.masterUri(), this::tcpRosHost, this::end);
    slave = new XmlRpcServer(address, api.methods(), counts.calls);
    uri = URI.create("http://" + Hosts.inUri(host) + ":" + slave.port() + "/");
    watch = new MasterWatch(master, uri, configuration.nodeName(), counts, this::end);
    parameters = new ParameterTree(master, names, uri.toString(), watch);
  }

  /**
   * Starts a node and waits for its master as long as that takes, saying so. Then the parameters of
   * the command line are set, time is known, and /rosout and the logger services are there.
   *
   * @throws IOException if the node cannot listen where it should
   * @throws InterruptedException if interrupted while waiting; nothing is left running then
   */
  public static ConnectedNode connect(NodeConfiguration configuration)
      throws IOException, InterruptedException {
    ConnectedNode node = new ConnectedNode(configuration);
    boolean connected = false;
    try {
      node.begin();
      connected = true;
      return node;
    } finally {
      if (!connected) {
        node.close();
      }
    }
  }

  private void begin() throws InterruptedException {
    String logFile = configuration.logFile();
    if (logFile != null) {
      logging.writeTo(logFile);
    }
    RateLimitedLogger waiting = new RateLimitedLogger(LOG, counts.master);
    while (!ending.get()) {
      try {
        setPrivateParameters();
        if (parameters.getBoolean("/use_sim_time", false)) {
          clock.simulate();
        }
        break;
      } catch (RosException e) {
        waiting.warn("waiting for the master: " + e.getMessage());
        if (ended.await(MASTER_PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    }
    if (clock.isSimulated()) {
      Subscriber<Clock> ticks = newSubscriber("/clock", Clock.TYPE);
      ticks.addMessageListener(tick -> clock.setNanos(tick.clockNanos));
    }
    if (!configuration.privateParameters().isEmpty()) {
      // A master that has restarted has lost them; otherwise they outlive their node, as ROS has
      // it.
      watch.add(MasterWatch.Registration.of(to -> setPrivateParameters(), from -> {}));
    }
    Publisher<Log> rosout = newPublisher("/rosout", Log.TYPE, ROSOUT_QUEUE, true);
    logging.publish(rosout, getName().value(), clock, this::publishedTopics);
    newServiceServer("~get_loggers", GetLoggers.TYPE, logging::list);
    newServiceServer("~set_logger_level", SetLoggerLevel.TYPE, logging::set);
    watch.start();
  }

  private void setPrivateParameters() throws RosException {
    for (Map.Entry<String, Object> parameter : configuration.privateParameters().entrySet()) {
      parameters.set("~" + parameter.getKey(), parameter.getValue());
    }
  }

  public GraphName getName() {
    return configuration.nodeName();
  }

  public NameResolver getResolver() {
    return names;
  }

  public ParameterTree getParameterTree() {
    return parameters;
  }

  public RosClock getClock() {
    return clock;
  }

  /** What others sent that could not be taken. */
  public FaultCounts getCounts() {
    return counts;
  }

  /** Where the node's slave API is. */
  public URI getUri() {
    return uri;
  }

  /** A publisher without latching; {@link #newPublisher(String, MessageType, int, boolean)}. */
  public <T extends Message> Publisher<T> newPublisher(
      String topic, MessageType<T> type, int queueSize) {
    return newPublisher(topic, type, queueSize, false);
  }

  /**
   * Publishes a topic; it is registered soon after.
   *
   * @param queueSize how many messages wait for each slow subscriber before its oldest is dropped
   * @param latch whether new subscribers get the last message
   * @throws IllegalStateException if this node publishes the topic already
   */
  public <T extends Message> Publisher<T> newPublisher(
      String topic, MessageType<T> type, int queueSize, boolean latch) {
    GraphName name = names.resolve(topic);
    MasterWatch.Registration registration =
        MasterWatch.Registration.of(
            to -> to.call("registerPublisher", name.value(), type.name(), uri.toString()),
            from -> from.call("unregisterPublisher", name.value(), uri.toString()));
    Publisher<T> publisher =
        new Publisher<>(
            name,
            type,
            queueSize,
            latch,
            getName().value(),
            pool,
            connectionIds,
            () -> {
              topics.removePublisher(name);
              watch.remove(registration);
            });
    topics.add(publisher);
    watch.add(registration);
    return publisher;
  }

  /**
   * Subscribes a topic; add listeners at once, for messages come soon after.
   *
   * @throws IllegalStateException if this node subscribes the topic already
   */
  public <T extends Message> Subscriber<T> newSubscriber(String topic, MessageType<T> type) {
    GraphName name = names.resolve(topic);
    List<Subscriber<T>> self = new ArrayList<>(1);
    MasterWatch.Registration registration =
        MasterWatch.Registration.of(
            to -> {
              Set<URI> before = self.get(0).publishers();
              Object found =
                  to.call("registerSubscriber", name.value(), type.name(), uri.toString());
              if (found instanceof List<?> publishers) {
                self.get(0).registered(publishers, before);
              }
            },
            from -> from.call("unregisterSubscriber", name.value(), uri.toString()));
    Subscriber<T> subscriber =
        new Subscriber<>(
            name,
            type,
            configuration,
            rpc,
            deadlines,
            pool,
            counts,
            connectionIds,
            () -> {
              topics.removeSubscriber(name);
              watch.remove(registration);
            });
    self.add(subscriber);
    topics.add(subscriber);
    watch.add(registration);
    return subscriber;
  }

  /**
   * Serves a service; it is registered soon after.
   *
   * @throws IllegalStateException if this node serves it already
   */
  public <Q extends Message, R extends Message> ServiceServer<Q, R> newServiceServer(
      String service, ServiceType<Q, R> type, ServiceResponseBuilder<Q, R> builder) {
    GraphName name = names.resolve(service);
    String serviceUri = "rosrpc://" + Hosts.inUri(host) + ":" + tcpRos.port();
    MasterWatch.Registration registration =
        MasterWatch.Registration.of(
            to -> to.call("registerService", name.value(), serviceUri, uri.toString()),
            from -> from.call("unregisterService", name.value(), serviceUri));
    ServiceServer<Q, R> server =
        new ServiceServer<>(
            name,
            type,
            builder,
            configuration,
            deadlines,
            counts,
            () -> {
              topics.removeService(name);
              watch.remove(registration);
            });
    topics.add(server);
    watch.add(registration);
    return server;
  }

  /** A client of a service, which need not be there yet. A persistent one keeps its connection. */
  public <Q extends Message, R extends Message> ServiceClient<Q, R> newServiceClient(
      String service, ServiceType<Q, R> type, boolean persistent) {
    return new ServiceClient<>(
        names.resolve(service),
        type,
        configuration,
        master,
        deadlines,
        persistent,
        SERVICE_TIMEOUT);
  }

  /** For tests that look for leaks. */
  BufferPool buffers() {
    return pool;
  }

  private List<String> publishedTopics() {
    return topics.publishers().stream().map(p -> p.topicName().value()).sorted().toList();
  }

  private SlaveApi.InetSocketHost tcpRosHost() {
    return new SlaveApi.InetSocketHost(host, tcpRos.port());
  }

  /**
   * Runs when the node ends, before its topics do; in the order of adding, each once. If the node
   * has ended already it runs here and now.
   */
  public void addShutdownListener(Runnable listener) {
    synchronized (shutdownListeners) {
      if (!ending.get()) {
        shutdownListeners.add(listener);
        return;
      }
    }
    run(listener);
  }

  private static void run(Runnable listener) {
    try {
      listener.run();
    } catch (RuntimeException e) {
      LOG.error("a shutdown listener failed", e);
    }
  }

  /** Ends the node on SIGINT and SIGTERM, before the JVM does. */
  public void endOnSignals() {
    Thread thread = new Thread(this::endWithJvm, "ros-signal");
    hook = thread;
    Runtime.getRuntime().addShutdownHook(thread);
  }

  private void endWithJvm() {
    close();
    try {
      // If another thread is closing the node already, the JVM must not halt before it has done so.
      if (!ended.await(END_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("{} has not ended within {} s", getName(), END_TIMEOUT.toSeconds());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until the node has ended, for whatever reason. */
  public void awaitShutdown() throws InterruptedException {
    ended.await();
  }

  public boolean isEnding() {
    return ending.get();
  }

  /**
   * Ends the node from outside: the caller, a thread of the slave API, must get its answer first.
   */
  private void end(String reason) {
    if (!ending.get()) {
      LOG.info("{} is told to end: {}", getName(), reason);
      DaemonThreads.start(
          "ros-end",
          () -> {
            DaemonThreads.sleep(Duration.ofMillis(100));
            close();
          });
    }
  }

  /** Tells the master, closes all connections and waits for nobody; a second call does nothing. */
  @Override
  public void close() {
    synchronized (shutdownListeners) {
      if (!ending.compareAndSet(false, true)) {
        return;
      }
    }
    shutdownListeners.forEach(ConnectedNode::run);
    logging.close();
    watch.close();
    topics.publishers().forEach(Publisher::close);
    topics.subscribers().forEach(Subscriber::close);
    topics.services().forEach(ServiceServer::close);
    slave.close();
    try {
      tcpRos.close();
    } catch (IOException e) {
      LOG.debug("closing the listening socket: {}", e.toString());
    }
    deadlines.close();
    removeHook();
    ended.countDown();
  }

  private void removeHook() {
    Thread thread = hook;
    if (thread != null && Thread.currentThread() != thread) {
      try {
        Runtime.getRuntime().removeShutdownHook(thread);
      } catch (IllegalStateException e) {
        // The JVM is ending already and the hook finds nothing left to do.
      }
    }
  }
}
