package io.github.rackfocus.ros;

/** Gets a parameter's value when somebody sets it. */
@FunctionalInterface
public interface ParameterListener {
  /**
   * Runs in a thread of the node's XML-RPC server.
   *
   * @param value Integer, Double, Boolean, String, byte[], List or Map; an empty Map once deleted
   */
  void onNewValue(Object value);
}
