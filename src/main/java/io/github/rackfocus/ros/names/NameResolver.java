package io.github.rackfocus.ros.names;

import java.util.HashMap;
import java.util.Map;

/** Makes global names of a node's names: namespace, private names, then remapping. Immutable. */
public final class NameResolver {
  private final GraphName namespace;
  private final GraphName nodeName;
  private final Map<GraphName, GraphName> remappings = new HashMap<>();
  private final Map<GraphName, GraphName> asGiven;

  /**
   * @param namespace global
   * @param nodeName global
   * @param remappings from and to as given, both taken relative to the namespace
   */
  public NameResolver(
      GraphName namespace, GraphName nodeName, Map<GraphName, GraphName> remappings) {
    if (!namespace.isGlobal() || !nodeName.isGlobal()) {
      throw new IllegalArgumentException(
          "namespace and node name must be global, found " + namespace + " and " + nodeName);
    }
    this.namespace = namespace;
    this.nodeName = nodeName;
    asGiven = Map.copyOf(remappings);
    remappings.forEach((from, to) -> this.remappings.put(globally(from), globally(to)));
  }

  public GraphName namespace() {
    return namespace;
  }

  public GraphName resolve(String name) {
    return resolve(GraphName.of(name));
  }

  /** The global name that stands for this one after remapping. */
  public GraphName resolve(GraphName name) {
    GraphName global = globally(name);
    return remappings.getOrDefault(global, global);
  }

  /** What the master is asked to search for upwards: remapped as given, for it has no place yet. */
  public String searchKey(String name) {
    GraphName key = GraphName.of(name);
    return asGiven.getOrDefault(key, key).value();
  }

  private GraphName globally(GraphName name) {
    if (name.isPrivate()) {
      // What follows the tilde may begin with a digit or an underscore.
      return GraphName.of(nodeName + "/" + name.value().substring(1));
    }
    return name.value().isEmpty() ? namespace : namespace.join(name);
  }
}
