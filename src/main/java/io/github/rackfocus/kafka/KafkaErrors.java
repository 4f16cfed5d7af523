package io.github.rackfocus.kafka;

import org.apache.kafka.common.errors.InterruptException;

/** Exceptions of Kafka's clients. */
public final class KafkaErrors {
  private KafkaErrors() {}

  /**
   * The message of the root cause: the outer ones of Kafka's clients only say that a call failed.
   */
  public static String message(Throwable fault) {
    Throwable root = fault;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return message == null ? root.getClass().getSimpleName() : message;
  }

  /** Converts Kafka's unchecked exception and clears the interrupt flag, which it has set. */
  static InterruptedException interrupted(InterruptException e) {
    Thread.interrupted();
    return (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
  }
}
