package io.github.rackfocus.ros;

import io.github.rackfocus.ros.names.GraphName;
import io.github.rackfocus.ros.net.RosException;
import io.github.rackfocus.ros.xmlrpc.XmlRpcClient;
import java.net.URI;
import java.util.List;

/** Calls the APIs of the master and of the parameter server for one node. Thread-safe. */
final class MasterClient {
  private final XmlRpcClient rpc;
  private final URI master;
  private final String caller;

  MasterClient(XmlRpcClient rpc, URI master, GraphName caller) {
    this.rpc = rpc;
    this.master = master;
    this.caller = caller.value();
  }

  URI uri() {
    return master;
  }

  /** The master's reply: status code (1 is success), status text and value. */
  record Answer(int code, String text, Object value) {}

  /** Calls a method with the node's name as first parameter; returns error replies as well. */
  Answer ask(String method, Object... parameters) throws RosException {
    Object[] all = new Object[parameters.length + 1];
    all[0] = caller;
    System.arraycopy(parameters, 0, all, 1, parameters.length);
    Object answer = rpc.call(master, method, all);
    if (answer instanceof List<?> triple
        && triple.size() == 3
        && triple.get(0) instanceof Integer code
        && triple.get(1) instanceof String text) {
      return new Answer(code, text, triple.get(2));
    }
    throw new RosException(
        method + " at " + master + ": malformed reply; expected code, text and value");
  }

  /**
   * Calls a method with the node's name as first parameter and returns the value.
   *
   * @throws RosException if the call fails or the master replies with an error, with its text
   */
  Object call(String method, Object... parameters) throws RosException {
    Answer answer = ask(method, parameters);
    if (answer.code != 1) {
      throw new RosException(method + " at " + master + ": " + answer.text);
    }
    return answer.value;
  }
}
