package io.github.rackfocus.ros;

import io.github.rackfocus.ros.message.Message;
import io.github.rackfocus.ros.net.RosException;

/** Handles the requests of a service. */
@FunctionalInterface
public interface ServiceResponseBuilder<Q extends Message, R extends Message> {
  /**
   * Fills the response to a request. Runs in the thread of the caller's connection, so concurrently
   * for several callers. The request's byte arrays are valid until it returns.
   *
   * @throws RosException to reject the request; the caller receives the message
   */
  void build(Q request, R response) throws RosException;
}
