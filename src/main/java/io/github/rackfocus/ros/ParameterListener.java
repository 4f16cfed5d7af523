package io.github.rackfocus.ros;

/** Receives the value of a parameter whenever it is set. */
@FunctionalInterface
public interface ParameterListener {
  /**
   * Handles a new value. Runs in a thread of the node's XML-RPC server.
   *
   * @param value Integer, Double, Boolean, String, byte[], List or Map; an empty Map if deleted
   */
  void onNewValue(Object value);
}
