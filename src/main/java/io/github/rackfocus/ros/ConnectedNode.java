package io.github.rackfocus.ros;

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
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node of the ROS graph: create it with {@link #connect}, end it with {@link #close}. It also
 * shuts down when the master or {@code rosnode kill} requests it, or when another node takes its
 * name. All its threads are daemons, so a program waits in {@link #awaitShutdown}. Thread-safe.
 */
public final class ConnectedNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectedNode.class);
  private static final Duration RPC_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration SERVICE_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration MASTER_RETRY_INTERVAL = Duration.ofSeconds(1);
  private static final long MAX_IDLE_BUFFER_BYTES = 128L << 20;
  private static final int ROSOUT_QUEUE = 100;

  private final NodeConfiguration configuration;
  private final NameResolver names;
  private final URI uri;
  private final String host;
  private final NodeContext context;
  private final NodeShutdown shutdown;
  private final Topics topics = new Topics();
  private final RosClock clock = new RosClock();
  private final RosLogging logging = new RosLogging();
  private final MasterClient master;
  private final MasterWatch watch;
  private final Endpoints endpoints;
  private final ParameterTree parameters;
  private final XmlRpcServer slave;
  private final TcpRosServer tcpRos;

  private ConnectedNode(NodeConfiguration configuration) throws IOException {
    this.configuration = configuration;
    names = configuration.nameResolver();
    host = Hosts.advertised(configuration.host());
    InetSocketAddress address = Hosts.bind(configuration.host());
    shutdown = new NodeShutdown(configuration.nodeName(), this::close);
    Deadlines deadlines = new Deadlines();
    context =
        new NodeContext(
            configuration.connectionConfig(),
            new XmlRpcClient(deadlines, RPC_TIMEOUT),
            deadlines,
            new BufferPool(MAX_IDLE_BUFFER_BYTES),
            new FaultCounts(),
            new AtomicInteger());
    master = new MasterClient(context.rpc(), configuration.masterUri(), configuration.nodeName());
    tcpRos =
        new TcpRosServer(
            address, deadlines, configuration.handshakeTimeout(), context.counts(), topics::serve);
    SlaveApi api =
        new SlaveApi(
            topics,
            this::getParameterTree,
            configuration.masterUri(),
            this::tcpRosHost,
            shutdown::request);
    slave = new XmlRpcServer(address, api.methods(), context.counts().calls);
    uri = URI.create("http://" + Hosts.inUri(host) + ":" + slave.port() + "/");
    watch =
        new MasterWatch(master, uri, configuration.nodeName(), context.counts(), shutdown::request);
    parameters = new ParameterTree(master, names, uri.toString(), watch);
    String serviceUri = "rosrpc://" + Hosts.inUri(host) + ":" + tcpRos.port();
    endpoints = new Endpoints(context, topics, watch, uri.toString(), serviceUri);
  }

  /**
   * Starts a node and waits, without a time limit, for its master. On return the parameters of the
   * command line are set, the clock is known, and /rosout and the logger services are advertised.
   *
   * @throws IOException if the node cannot listen on its address
   * @throws InterruptedException if interrupted while waiting; everything is closed then
   */
  public static ConnectedNode connect(NodeConfiguration configuration)
      throws IOException, InterruptedException {
    ConnectedNode node = new ConnectedNode(configuration);
    boolean connected = false;
    try {
      node.start();
      connected = true;
      return node;
    } finally {
      if (!connected) {
        node.close();
      }
    }
  }

  private void start() throws InterruptedException {
    String logFile = configuration.logFile();
    if (logFile != null) {
      logging.writeTo(logFile);
    }
    if (!awaitMaster()) {
      return;
    }
    if (clock.isSimulated()) {
      Subscriber<Clock> ticks = newSubscriber("/clock", Clock.TYPE);
      ticks.addMessageListener(tick -> clock.setNanos(tick.clockNanos));
    }
    if (!configuration.privateParameters().isEmpty()) {
      // A restarted master has lost them. They are not deleted at the end: in ROS, parameters
      // outlive their node.
      watch.add(MasterWatch.Registration.of(to -> setPrivateParameters(), from -> {}));
    }
    Publisher<Log> rosout = newPublisher("/rosout", Log.TYPE, ROSOUT_QUEUE, true);
    logging.publish(rosout, getName().value(), clock, this::publishedTopics);
    newServiceServer("~get_loggers", GetLoggers.TYPE, logging::list);
    newServiceServer("~set_logger_level", SetLoggerLevel.TYPE, logging::set);
    watch.start();
  }

  /** Makes the first calls to the master, again until it answers; false once closed. */
  private boolean awaitMaster() throws InterruptedException {
    RateLimitedLogger waiting = new RateLimitedLogger(LOG, context.counts().master);
    while (!shutdown.hasStarted()) {
      try {
        setPrivateParameters();
        if (parameters.getBoolean("/use_sim_time", false)) {
          clock.simulate();
        }
        return true;
      } catch (RosException e) {
        waiting.warn("waiting for the master: " + e.getMessage());
        if (shutdown.await(MASTER_RETRY_INTERVAL)) {
          return false;
        }
      }
    }
    return false;
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

  /** Returns the counts of rejected input and failed calls. */
  public FaultCounts getCounts() {
    return context.counts();
  }

  /** Returns the address of the node's slave API. */
  public URI getUri() {
    return uri;
  }

  /** Publishes a topic without latching, else as the method with four parameters. */
  public <T extends Message> Publisher<T> newPublisher(
      String topic, MessageType<T> type, int queueSize) {
    return newPublisher(topic, type, queueSize, false);
  }

  /**
   * Publishes a topic, which is registered with the master soon after.
   *
   * @param queueSize messages queued per subscriber before the oldest is dropped
   * @param latch whether new subscribers receive the last message
   * @throws IllegalStateException if this node already publishes the topic
   */
  public <T extends Message> Publisher<T> newPublisher(
      String topic, MessageType<T> type, int queueSize, boolean latch) {
    return endpoints.newPublisher(names.resolve(topic), type, queueSize, latch);
  }

  /**
   * Subscribes to a topic. Messages may arrive soon after, so add listeners at once.
   *
   * @throws IllegalStateException if this node is already subscribed to the topic
   */
  public <T extends Message> Subscriber<T> newSubscriber(String topic, MessageType<T> type) {
    return endpoints.newSubscriber(names.resolve(topic), type);
  }

  /**
   * Provides a service, which is registered with the master soon after.
   *
   * @throws IllegalStateException if this node already provides the service
   */
  public <Q extends Message, R extends Message> ServiceServer<Q, R> newServiceServer(
      String service, ServiceType<Q, R> type, ServiceResponseBuilder<Q, R> builder) {
    return endpoints.newServiceServer(names.resolve(service), type, builder);
  }

  /**
   * Returns a client of a service, which need not be available yet.
   *
   * @param persistent whether the connection is kept open between calls
   */
  public <Q extends Message, R extends Message> ServiceClient<Q, R> newServiceClient(
      String service, ServiceType<Q, R> type, boolean persistent) {
    return new ServiceClient<>(
        names.resolve(service), type, context, master, persistent, SERVICE_TIMEOUT);
  }

  /** Returns the buffer pool, for leak tests. */
  BufferPool buffers() {
    return context.pool();
  }

  private List<String> publishedTopics() {
    return topics.publishers().stream().map(p -> p.topicName().value()).sorted().toList();
  }

  private SlaveApi.HostAndPort tcpRosHost() {
    return new SlaveApi.HostAndPort(host, tcpRos.port());
  }

  /**
   * Adds a listener that runs once when the node shuts down, before its topics are closed.
   * Listeners run in the order in which they were added. If the node is already shutting down, the
   * listener runs at once in the caller's thread.
   */
  public void addShutdownListener(Runnable listener) {
    shutdown.addListener(listener);
  }

  /** Closes the node on SIGINT and SIGTERM, before the JVM exits. */
  public void endOnSignals() {
    shutdown.installHook();
  }

  /** Waits until the node has shut down, whatever the cause. */
  public void awaitShutdown() throws InterruptedException {
    shutdown.await();
  }

  /** Returns whether shutdown has begun. */
  public boolean isEnding() {
    return shutdown.hasStarted();
  }

  /**
   * Unregisters from the master and closes all connections without waiting for their peers.
   * Idempotent.
   */
  @Override
  public void close() {
    if (!shutdown.begin()) {
      return;
    }
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
    context.deadlines().close();
    shutdown.complete();
  }
}
