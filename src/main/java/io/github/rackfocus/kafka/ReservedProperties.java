package io.github.rackfocus.kafka;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Rejects properties of Kafka's clients that this application sets itself. */
final class ReservedProperties {
  private ReservedProperties() {}

  /**
   * Checks that no reserved property is given.
   *
   * @param owner what sets the reserved ones, for the message
   * @throws IllegalArgumentException if any is given
   */
  static void requireNone(Map<String, String> properties, Set<String> reserved, String owner) {
    Set<String> given = new TreeSet<>(properties.keySet());
    given.retainAll(reserved);
    if (!given.isEmpty()) {
      throw new IllegalArgumentException(
          "kafka: properties has "
              + String.join(", ", given)
              + ", which the "
              + owner
              + " sets itself; leave it out");
    }
  }
}
