package io.github.rackfocus.kafka;

/**
 * Where camera frames are sent for workers, and within which bounds.
 *
 * @param connection broker, client settings and bounds on records and bytes under way; its topic is
 *     the frames'
 * @param packing how images are packed
 * @param queueFrames frames that wait to be packed at most; one more replaces the oldest
 */
public record KafkaFrameConfig(KafkaSinkConfig connection, ImagePacking packing, int queueFrames) {
  public static final String DEFAULT_TOPIC = "rackfocus.frames.v1";

  /** Frames that wait, unless told otherwise. */
  public static final int DEFAULT_QUEUE = 4;

  public KafkaFrameConfig {
    if (queueFrames < 1) {
      throw new IllegalArgumentException(
          "kafka: the queue for frames is " + queueFrames + "; expected 1 or more");
    }
  }

  /** The defaults, over the connection of a depth sink. */
  public static KafkaFrameConfig over(KafkaSinkConfig depth) {
    return new KafkaFrameConfig(depth.forTopic(DEFAULT_TOPIC), ImagePacking.PNG, DEFAULT_QUEUE);
  }
}
