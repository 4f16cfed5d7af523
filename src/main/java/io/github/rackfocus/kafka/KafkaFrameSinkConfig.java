package io.github.rackfocus.kafka;

import io.github.rackfocus.kafka.codec.ImagePacking;

/**
 * Where camera frames are sent for workers, and within which bounds.
 *
 * @param kafka the broker; during an outage the newest frames wait in memory, whatever is set for
 *     depth: workers that come back want the present
 * @param topic default {@link TopicSpec#FRAMES}
 * @param packing how images are packed
 * @param queueFrames frames that wait to be packed at most; one more replaces the oldest
 */
public record KafkaFrameSinkConfig(
    KafkaClientConfig kafka, TopicSpec topic, ImagePacking packing, int queueFrames) {
  public static final String DEFAULT_TOPIC = TopicSpec.FRAMES.name();

  /** Frames that wait, unless told otherwise. */
  public static final int DEFAULT_QUEUE = 4;

  public KafkaFrameSinkConfig {
    kafka = kafka.withSpool(null);
    if (queueFrames < 1) {
      throw new IllegalArgumentException(
          "kafka: the queue for frames is " + queueFrames + "; expected 1 or more");
    }
  }

  /** The defaults, over the connection of a depth sink. */
  public static KafkaFrameSinkConfig over(KafkaClientConfig kafka) {
    return new KafkaFrameSinkConfig(kafka, TopicSpec.FRAMES, ImagePacking.PNG, DEFAULT_QUEUE);
  }
}
