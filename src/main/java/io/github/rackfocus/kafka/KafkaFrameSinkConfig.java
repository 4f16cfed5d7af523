package io.github.rackfocus.kafka;

import io.github.rackfocus.kafka.codec.ImagePacking;

/**
 * How camera frames are sent to workers.
 *
 * @param kafka the broker. Its spool is ignored: after an outage workers need the newest frames,
 *     which wait in memory
 * @param topic default {@link TopicSpec#FRAMES}
 * @param packing the image format
 * @param queueFrames most frames that wait to be packed; one more replaces the oldest
 */
public record KafkaFrameSinkConfig(
    KafkaClientConfig kafka, TopicSpec topic, ImagePacking packing, int queueFrames) {
  public static final String DEFAULT_TOPIC = TopicSpec.FRAMES.name();

  /** Default for {@code queueFrames}. */
  public static final int DEFAULT_QUEUE = 4;

  public KafkaFrameSinkConfig {
    kafka = kafka.withSpool(null);
    if (queueFrames < 1) {
      throw new IllegalArgumentException(
          "kafka: frame queue is " + queueFrames + "; expected 1 or more");
    }
  }

  /** The default configuration for a connection. */
  public static KafkaFrameSinkConfig of(KafkaClientConfig kafka) {
    return new KafkaFrameSinkConfig(kafka, TopicSpec.FRAMES, ImagePacking.PNG, DEFAULT_QUEUE);
  }
}
