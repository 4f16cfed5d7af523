package io.github.rackfocus.ros;

import io.github.rackfocus.ros.names.GraphName;
import io.github.rackfocus.ros.net.RosException;
import io.github.rackfocus.ros.xmlrpc.XmlRpcClient;
import java.net.URI;
import java.util.List;

/** The master's and the parameter server's API as one node uses them. Thread-safe. */
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

  /** Code, text and value as the master answers. */
  record Answer(int code, String text, Object value) {}

  /** Calls with our name as first parameter and returns what came, be it a refusal. */
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
    throw new RosException(method + " at " + master + ": expected code, text and value");
  }

  /**
   * @throws RosException also if the master refuses, with its words
   */
  Object call(String method, Object... parameters) throws RosException {
    Answer answer = ask(method, parameters);
    if (answer.code != 1) {
      throw new RosException(method + " at " + master + ": " + answer.text);
    }
    return answer.value;
  }
}
