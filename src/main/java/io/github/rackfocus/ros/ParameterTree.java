package io.github.rackfocus.ros;

import io.github.rackfocus.ros.names.GraphName;
import io.github.rackfocus.ros.names.NameResolver;
import io.github.rackfocus.ros.net.RosException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The parameter server, through the node's names and remappings. Values are Integer, Double,
 * Boolean, String, byte[], List and Map. Every method asks the master and throws {@link
 * RosException} if it cannot be reached. Thread-safe.
 */
public final class ParameterTree {
  private final MasterClient master;
  private final NameResolver names;
  private final String slaveUri;
  private final MasterWatch watch;
  private final Map<GraphName, List<ParameterListener>> listeners = new ConcurrentHashMap<>();

  ParameterTree(MasterClient master, NameResolver names, String slaveUri, MasterWatch watch) {
    this.master = master;
    this.names = names;
    this.slaveUri = slaveUri;
    this.watch = watch;
  }

  /** The value, or null if it is not set. */
  public @Nullable Object get(String name) throws RosException {
    MasterClient.Answer answer = master.ask("getParam", names.resolve(name).value());
    return answer.code() == 1 ? answer.value() : null;
  }

  public boolean getBoolean(String name, boolean otherwise) throws RosException {
    return typed(name, otherwise, Boolean.class, "true or false");
  }

  public int getInteger(String name, int otherwise) throws RosException {
    return typed(name, otherwise, Integer.class, "an integer");
  }

  /** An integer counts as a number. */
  public double getDouble(String name, double otherwise) throws RosException {
    return typed(name, otherwise, Number.class, "a number").doubleValue();
  }

  public String getString(String name, String otherwise) throws RosException {
    return typed(name, otherwise, String.class, "a text");
  }

  public List<?> getList(String name, List<?> otherwise) throws RosException {
    return typed(name, otherwise, List.class, "a list");
  }

  public Map<?, ?> getMap(String name, Map<?, ?> otherwise) throws RosException {
    return typed(name, otherwise, Map.class, "a tree of parameters");
  }

  private <V> V typed(String name, V otherwise, Class<V> type, String expected)
      throws RosException {
    Object value = get(name);
    if (value == null) {
      return otherwise;
    }
    if (!type.isInstance(value)) {
      throw new RosException(
          "parameter " + names.resolve(name) + " is " + value + "; expected " + expected);
    }
    return type.cast(value);
  }

  public void set(String name, Object value) throws RosException {
    master.call("setParam", names.resolve(name).value(), value);
  }

  public boolean has(String name) throws RosException {
    return Boolean.TRUE.equals(master.call("hasParam", names.resolve(name).value()));
  }

  public void delete(String name) throws RosException {
    master.call("deleteParam", names.resolve(name).value());
  }

  /** The full name of the nearest parameter of that name, upwards from the node; null if none. */
  public @Nullable GraphName search(String name) throws RosException {
    MasterClient.Answer answer = master.ask("searchParam", names.searchKey(name));
    return answer.code() == 1 && answer.value() instanceof String found && !found.isEmpty()
        ? GraphName.of(found)
        : null;
  }

  public List<GraphName> names() throws RosException {
    if (!(master.call("getParamNames") instanceof List<?> all)) {
      throw new RosException("getParamNames: expected a list");
    }
    return all.stream().map(name -> GraphName.of(String.valueOf(name))).toList();
  }

  /**
   * Calls the listener soon with the value that is there, if any, and whenever it or a part of it
   * is set; a deleted parameter shows as an empty map. Calls may come from several threads.
   */
  public void addParameterListener(String name, ParameterListener listener) {
    GraphName resolved = names.resolve(name);
    listeners.computeIfAbsent(resolved, any -> new CopyOnWriteArrayList<>()).add(listener);
    // Subscribing again is how a further listener learns what the first knows already.
    watch.add(subscription(resolved, listener));
  }

  private MasterWatch.Registration subscription(GraphName name, ParameterListener listener) {
    return new MasterWatch.Registration() {
      @Override
      public void register(MasterClient to) throws RosException {
        Object value = to.call("subscribeParam", slaveUri, name.value());
        if (!(value instanceof Map<?, ?> map && map.isEmpty())) {
          listener.onNewValue(value);
        }
      }

      @Override
      public void unregister(MasterClient from) throws RosException {
        from.call("unsubscribeParam", slaveUri, name.value());
      }
    };
  }

  /**
   * What the master tells the slave API; whether anybody listens to it.
   *
   * @throws RosException if a tree that somebody listens to could not be fetched
   */
  boolean update(String name, Object value) throws RosException {
    GraphName changed = GraphName.of(name);
    boolean known = false;
    for (Map.Entry<GraphName, List<ParameterListener>> entry : listeners.entrySet()) {
      GraphName listened = entry.getKey();
      if (listened.equals(changed)) {
        entry.getValue().forEach(listener -> listener.onNewValue(value));
        known = true;
      } else if (changed.value().startsWith(listened.value() + "/")) {
        Object tree = get(listened.value());
        if (tree != null) {
          entry.getValue().forEach(listener -> listener.onNewValue(tree));
        }
        known = true;
      }
    }
    return known;
  }
}
