package io.github.rackfocus.kafka;

import java.time.Duration;

/**
 * How health is published.
 *
 * @param topic default {@link TopicSpec#HEALTH}
 * @param interval between records
 * @param json whether records are JSON instead of Protobuf
 */
public record KafkaHealthConfig(TopicSpec topic, Duration interval, boolean json) {
  /** Protobuf records every five seconds. */
  public static final KafkaHealthConfig DEFAULTS =
      new KafkaHealthConfig(TopicSpec.HEALTH, Duration.ofSeconds(5), false);

  public KafkaHealthConfig {
    if (interval.toMillis() < 10) {
      throw new IllegalArgumentException(
          "health interval is " + interval.toMillis() + " ms; expected 10 or more");
    }
  }
}
