package io.github.rackfocus.ros;

import io.github.rackfocus.ros.net.Deadlines;
import io.github.rackfocus.ros.net.RosException;
import io.github.rackfocus.ros.xmlrpc.XmlRpcClient;
import io.github.rackfocus.ros.xmlrpc.XmlRpcServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * A ROS master in the JVM, on loopback: registrations, the parameter server, updates to subscribers
 * and the shutdown of a node whose name is taken by another. Closing it and starting another on the
 * same port simulates a master restart.
 */
public final class InJvmMaster implements AutoCloseable {
  private static final AtomicInteger PIDS = new AtomicInteger(1000);

  private final XmlRpcServer server;
  private final int pid;
  private final Deadlines deadlines = new Deadlines();
  private final XmlRpcClient rpc = new XmlRpcClient(deadlines, Duration.ofSeconds(2));
  private final ExecutorService calls =
      Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "master-calls");
        thread.setDaemon(true);
        return thread;
      });
  private final Map<String, String> nodes = new TreeMap<>();
  private final Map<String, String> types = new TreeMap<>();
  private final Map<String, Set<String>> publishers = new TreeMap<>();
  private final Map<String, Set<String>> subscribers = new TreeMap<>();
  private final Map<String, String[]> services = new TreeMap<>();
  private final Map<String, Map<String, String>> parameterSubscribers = new TreeMap<>();
  private final Map<String, Object> parameters = new LinkedHashMap<>();

  public InJvmMaster() throws IOException {
    this(0, PIDS.incrementAndGet());
  }

  /**
   * @param pid returned by getPid; a different one indicates a restart to nodes
   */
  public InJvmMaster(int port, int pid) throws IOException {
    this.pid = pid;
    Map<String, XmlRpcServer.Method> methods = new LinkedHashMap<>();
    methods.put("getPid", call -> done(pid));
    methods.put("registerPublisher", this::registerPublisher);
    methods.put("unregisterPublisher", this::unregisterPublisher);
    methods.put("registerSubscriber", this::registerSubscriber);
    methods.put("unregisterSubscriber", this::unregisterSubscriber);
    methods.put("registerService", this::registerService);
    methods.put("unregisterService", this::unregisterService);
    methods.put("lookupService", this::lookupService);
    methods.put("lookupNode", this::lookupNode);
    methods.put("setParam", this::setParam);
    methods.put("getParam", this::getParam);
    methods.put("hasParam", call -> done(find((String) call.get(1)) != null));
    methods.put("deleteParam", this::deleteParam);
    methods.put("searchParam", this::searchParam);
    methods.put("getParamNames", call -> done(new ArrayList<>(parameters.keySet())));
    methods.put("subscribeParam", this::subscribeParam);
    methods.put("unsubscribeParam", this::unsubscribeParam);
    server =
        new XmlRpcServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            methods,
            new LongAdder());
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.port());
  }

  public int port() {
    return server.port();
  }

  public int pid() {
    return pid;
  }

  /** Returns the names of the nodes that publish a topic. */
  public synchronized Set<String> publishersOf(String topic) {
    return Set.copyOf(publishers.getOrDefault(topic, Set.of()));
  }

  public synchronized Set<String> subscribersOf(String topic) {
    return Set.copyOf(subscribers.getOrDefault(topic, Set.of()));
  }

  public synchronized boolean serves(String service) {
    return services.containsKey(service);
  }

  private static List<Object> done(Object value) {
    return List.of(1, "", value);
  }

  private static List<Object> refused(String text) {
    return List.of(-1, text, 0);
  }

  private void node(String name, String uri) {
    String before = nodes.put(name, uri);
    if (before != null && !before.equals(uri)) {
      publishers.values().forEach(names -> names.remove(name));
      subscribers.values().forEach(names -> names.remove(name));
      tell(before, "shutdown", "/master", "new node registered with same name");
    }
  }

  private void tell(String uri, String method, Object... parameters) {
    calls.execute(() -> {
      try {
        rpc.call(URI.create(uri), method, parameters);
      } catch (RosException e) {
        // The node has ended.
      }
    });
  }

  private List<Object> urisOf(Set<String> names) {
    return new ArrayList<>(names.stream().map(nodes::get).toList());
  }

  private void tellSubscribers(String topic) {
    List<Object> uris = urisOf(publishers.getOrDefault(topic, Set.of()));
    for (String subscriber : subscribers.getOrDefault(topic, Set.of())) {
      tell(nodes.get(subscriber), "publisherUpdate", "/master", topic, uris);
    }
  }

  private synchronized Object registerPublisher(List<Object> call) {
    String topic = (String) call.get(1);
    node((String) call.get(0), (String) call.get(3));
    types.put(topic, (String) call.get(2));
    publishers.computeIfAbsent(topic, any -> new LinkedHashSet<>()).add((String) call.get(0));
    tellSubscribers(topic);
    return done(urisOf(subscribers.getOrDefault(topic, Set.of())));
  }

  private synchronized Object unregisterPublisher(List<Object> call) {
    String topic = (String) call.get(1);
    boolean known = owns(call, 2) && publishers.getOrDefault(topic, Set.of()).remove(call.get(0));
    if (known) {
      tellSubscribers(topic);
    }
    return done(known ? 1 : 0);
  }

  private synchronized Object registerSubscriber(List<Object> call) {
    String topic = (String) call.get(1);
    node((String) call.get(0), (String) call.get(3));
    subscribers.computeIfAbsent(topic, any -> new LinkedHashSet<>()).add((String) call.get(0));
    return done(urisOf(publishers.getOrDefault(topic, Set.of())));
  }

  private synchronized Object unregisterSubscriber(List<Object> call) {
    Set<String> names = subscribers.getOrDefault((String) call.get(1), Set.of());
    return done(owns(call, 2) && names.remove(call.get(0)) ? 1 : 0);
  }

  /** A node that lost its name must not unregister what the new one registered. */
  private boolean owns(List<Object> call, int uri) {
    return call.get(uri).equals(nodes.get((String) call.get(0)));
  }

  private synchronized Object registerService(List<Object> call) {
    node((String) call.get(0), (String) call.get(3));
    services.put((String) call.get(1), new String[] {(String) call.get(2), (String) call.get(0)});
    return done(0);
  }

  private synchronized Object unregisterService(List<Object> call) {
    String[] found = services.get((String) call.get(1));
    boolean known = found != null && found[0].equals(call.get(2));
    if (known) {
      services.remove((String) call.get(1));
    }
    return done(known ? 1 : 0);
  }

  private synchronized Object lookupService(List<Object> call) {
    String[] found = services.get((String) call.get(1));
    return found == null ? refused("no provider") : done(found[0]);
  }

  private synchronized Object lookupNode(List<Object> call) {
    String found = nodes.get((String) call.get(1));
    return found == null ? refused("unknown node [" + call.get(1) + "]") : done(found);
  }

  /** Returns a value or the tree below a name; null if there is neither. */
  private synchronized Object find(String name) {
    if (parameters.containsKey(name)) {
      return parameters.get(name);
    }
    Map<String, Object> tree = new LinkedHashMap<>();
    String below = name.endsWith("/") ? name : name + "/";
    for (String each : parameters.keySet()) {
      if (each.startsWith(below)) {
        String child = each.substring(below.length()).split("/")[0];
        tree.computeIfAbsent(child, any -> find(below + child));
      }
    }
    return tree.isEmpty() ? null : tree;
  }

  /** Stores trees leaf by leaf. */
  private void put(String name, Object value) {
    if (value instanceof Map<?, ?> tree) {
      tree.forEach((child, each) -> put(name + "/" + child, each));
    } else {
      parameters.put(name, value);
    }
  }

  private synchronized Object setParam(List<Object> call) {
    String name = (String) call.get(1);
    put(name, call.get(2));
    parameterSubscribers
        .getOrDefault(name, Map.of())
        .values()
        .forEach(uri -> tell(uri, "paramUpdate", "/master", name + "/", call.get(2)));
    return done(0);
  }

  private synchronized Object getParam(List<Object> call) {
    Object value = find((String) call.get(1));
    return value == null ? refused("Parameter [" + call.get(1) + "] is not set") : done(value);
  }

  private synchronized Object deleteParam(List<Object> call) {
    return parameters.remove((String) call.get(1)) == null ? refused("not set") : done(0);
  }

  private synchronized Object searchParam(List<Object> call) {
    String at = (String) call.get(0);
    while (true) {
      String candidate = at + "/" + call.get(1);
      if (find(candidate) != null) {
        return done(candidate);
      }
      if (at.isEmpty()) {
        return refused("not found");
      }
      at = at.substring(0, at.lastIndexOf('/'));
    }
  }

  private synchronized Object subscribeParam(List<Object> call) {
    String name = (String) call.get(2);
    parameterSubscribers
        .computeIfAbsent(name, any -> new TreeMap<>())
        .put((String) call.get(0), (String) call.get(1));
    Object value = find(name);
    return done(value == null ? Map.of() : value);
  }

  private synchronized Object unsubscribeParam(List<Object> call) {
    Map<String, String> found = parameterSubscribers.getOrDefault((String) call.get(2), Map.of());
    return done(found.remove((String) call.get(0)) == null ? 0 : 1);
  }

  @Override
  public void close() {
    server.close();
    calls.shutdownNow();
    deadlines.close();
  }
}
