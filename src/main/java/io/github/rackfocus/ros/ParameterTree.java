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
 * The parameter server, accessed with the node's names and remappings. Values are Integer, Double,
 * Boolean, String, byte[], List and Map. Every method calls the master and throws {@link
 * RosException} if it is unavailable. Thread-safe.
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

  /** Returns the value, or null if it is not set. */
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

  /** Returns a number; an integer is converted. */
  public double getDouble(String name, double otherwise) throws RosException {
    return typed(name, otherwise, Number.class, "a number").doubleValue();
  }

  public String getString(String name, String otherwise) throws RosException {
    return typed(name, otherwise, String.class, "a string");
  }

  public List<?> getList(String name, List<?> otherwise) throws RosException {
    return typed(name, otherwise, List.class, "a list");
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

  /** Searches the node's namespace and those above it; returns the full name, or null. */
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
   * Adds a listener. It is called soon with the current value, if any, and again whenever the
   * parameter or a part of it is set, with an empty map if it is deleted. Calls may come from
   * several threads.
   */
  public void addParameterListener(String name, ParameterListener listener) {
    GraphName resolved = names.resolve(name);
    listeners.computeIfAbsent(resolved, any -> new CopyOnWriteArrayList<>()).add(listener);
    // Each listener subscribes for itself: the reply carries the current value.
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
   * Handles an update from the master.
   *
   * @return whether the parameter has a listener
   * @throws RosException if a subscribed tree could not be fetched
   */
  boolean update(String name, Object value) throws RosException {
    GraphName changed = GraphName.of(name);
    boolean known = false;
    for (Map.Entry<GraphName, List<ParameterListener>> entry : listeners.entrySet()) {
      GraphName subscribed = entry.getKey();
      if (subscribed.equals(changed)) {
        entry.getValue().forEach(listener -> listener.onNewValue(value));
        known = true;
      } else if (changed.value().startsWith(subscribed.value() + "/")) {
        Object tree = get(subscribed.value());
        if (tree != null) {
          entry.getValue().forEach(listener -> listener.onNewValue(tree));
        }
        known = true;
      }
    }
    return known;
  }
}
