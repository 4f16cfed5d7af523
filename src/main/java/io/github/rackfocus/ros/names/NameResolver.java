package io.github.rackfocus.ros.names;

import java.util.HashMap;
import java.util.Map;

/** Resolves a node's names to global names and applies its remappings. Immutable. */
public final class NameResolver {
  private final GraphName namespace;
  private final GraphName nodeName;
  private final Map<GraphName, GraphName> remappings = new HashMap<>();
  private final Map<GraphName, GraphName> asGiven;

  /**
   * @param namespace global
   * @param nodeName global
   * @param remappings from and to as given, both relative to the namespace
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
    remappings.forEach((from, to) -> this.remappings.put(toGlobal(from), toGlobal(to)));
  }

  public GraphName resolve(String name) {
    return resolve(GraphName.of(name));
  }

  /** Returns the global name after remapping. */
  public GraphName resolve(GraphName name) {
    GraphName global = toGlobal(name);
    return remappings.getOrDefault(global, global);
  }

  /** Returns the key for the master's upward search: remapped, but not resolved. */
  public String searchKey(String name) {
    GraphName key = GraphName.of(name);
    return asGiven.getOrDefault(key, key).value();
  }

  private GraphName toGlobal(GraphName name) {
    if (name.isPrivate()) {
      // What follows the tilde may begin with a digit or an underscore.
      return GraphName.of(nodeName + "/" + name.value().substring(1));
    }
    return name.value().isEmpty() ? namespace : namespace.join(name);
  }
}
