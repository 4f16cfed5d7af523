package io.github.rackfocus.ros;

import io.github.rackfocus.ros.message.Message;
import io.github.rackfocus.ros.net.RosException;

/** Answers the calls of a service. */
@FunctionalInterface
public interface ServiceResponseBuilder<Q extends Message, R extends Message> {
  /**
   * Fills the response; runs in the caller's connection's thread, so for several callers at a time.
   * The request's byte arrays hold until it returns.
   *
   * @throws RosException whose message the caller gets instead of a response
   */
  void build(Q request, R response) throws RosException;
}
