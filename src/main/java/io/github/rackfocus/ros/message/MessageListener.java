package io.github.rackfocus.ros.message;

/** Receives the messages of a topic, one at a time. */
@FunctionalInterface
public interface MessageListener<T extends Message> {
  /**
   * Handles a message. Runs in the connection's thread: nothing more is read from the connection
   * until it returns. The message object and everything in it are reused for the next message; a
   * listener that keeps any of it must copy it.
   */
  void onNewMessage(T message);
}
