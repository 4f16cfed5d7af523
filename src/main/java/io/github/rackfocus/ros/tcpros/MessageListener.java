package io.github.rackfocus.ros.tcpros;

import io.github.rackfocus.ros.message.Message;

/** Gets the messages of a topic, one at a time. */
@FunctionalInterface
public interface MessageListener<T extends Message> {
  /**
   * Runs in the connection's thread: while it runs, nothing more is read from there. The message
   * and all in it are used again afterwards; a listener that keeps some of it copies it.
   */
  void onNewMessage(T message);
}
