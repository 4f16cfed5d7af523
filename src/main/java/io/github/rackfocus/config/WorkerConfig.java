package io.github.rackfocus.config;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.kafka.ReservedProperties;
import io.github.rackfocus.kafka.TopicSpec;
import java.time.Duration;
import java.util.Map;

/**
 * How a worker takes frames and what it keeps.
 *
 * @param group workers of one group share the cameras
 * @param framesTopic where frames come from
 * @param whenBehind what happens to stacks that can't be computed in time
 * @param maxBehindSeconds of frames at the broker beyond which a partition is skipped to its end
 *     (with {@link WhenBehind#NEWEST}); 0: never
 * @param queueDepth stacks of a camera that wait for inference (all cameras together, with {@link
 *     WhenBehind#ALL})
 * @param readBackSweeps sweeps of frames that a worker reads before it goes on with a camera
 * @param idleSeconds gap in a camera's stamps after which it begins anew; and how long a silent
 *     camera keeps its place when another wants it
 * @param maxCameras cameras at a time
 * @param maxMemoryBytes what all of them may take, as far as images and features are concerned
 * @param maxPixels of an image
 * @param deadLetter whether refused records are sent to the dead-letter topic
 * @param deadLetterTopic where they go
 * @param sessionTimeout silence after which the group gives a worker's cameras to the others
 * @param properties passed to Kafka's consumer
 */
public record WorkerConfig(
    String group,
    String framesTopic,
    WhenBehind whenBehind,
    double maxBehindSeconds,
    int queueDepth,
    double readBackSweeps,
    double idleSeconds,
    int maxCameras,
    long maxMemoryBytes,
    int maxPixels,
    boolean deadLetter,
    String deadLetterTopic,
    Duration sessionTimeout,
    Map<String, String> properties) {

  /** What happens to stacks that can't be computed in time. */
  public enum WhenBehind {
    /** A camera's newer stack takes the place of its older one, which is counted. */
    NEWEST,
    /** All are computed, however late. */
    ALL
  }

  private static final long MIB = 1 << 20;

  static WorkerConfig read(ConfigSection worker) {
    String group =
        worker.text("group", "rackfocus", "a consumer group", "its workers share the cameras");
    String topic = topic(worker, "framesTopic", TopicSpec.FRAMES, "to read");
    WhenBehind behind =
        worker.choice(
            "whenBehind", WhenBehind.NEWEST, "skip to each camera's newest stack, or compute all");
    double maxBehind =
        worker.number(
            "maxBehind",
            5,
            0,
            86_400,
            "s",
            "of frames unread beyond which newest skips them unread; 0: never");
    int queue =
        worker.integer(
            "queueDepth", 2, 1, 64, "stacks", "of a camera that wait; with all: of all cameras");
    double readBack =
        worker.number(
            "readBack",
            3,
            1,
            100,
            "sweeps",
            "of frames read before a camera goes on; 2 give its stacks and what moved");
    double idle =
        worker.number(
            "idle",
            10,
            0.1,
            86_400,
            "s",
            "gap in a camera's stamps after which its stack begins anew");
    int cameras = worker.integer("maxCameras", 64, 1, 10_000, "cameras", "of this worker");
    int memory =
        worker.integer("maxMemory", 2048, 16, 1 << 20, "MiB", "of images and features, about");
    int pixels =
        worker.integer("maxPixels", 4 << 20, 1024, 64 << 20, "pixels", "of an image that is taken");
    boolean deadLetter =
        worker.flag("deadLetter", false, "send records that are refused to deadLetterTopic");
    String deadLetterTopic = topic(worker, "deadLetterTopic", TopicSpec.DEAD_LETTER, "for them");
    double session =
        worker.number(
            "sessionTimeout",
            6,
            1,
            300,
            "s",
            "of silence after which others take a worker's cameras; brokers allow 6 or more");
    WorkerConfig read =
        new WorkerConfig(
            group,
            topic,
            behind,
            maxBehind,
            queue,
            readBack,
            idle,
            cameras,
            memory * MIB,
            pixels,
            deadLetter,
            deadLetterTopic,
            Duration.ofMillis(Math.round(1000 * session)),
            worker.map("properties", "passed to Kafka's consumer, over those of sinks.kafka"));
    if (group.isBlank()) {
      worker.fault("group", "'" + group + "'", "a name");
    }
    try {
      ReservedProperties.checkConsumer(read.properties());
    } catch (IllegalArgumentException e) {
      worker.reject("properties", ErrorMessages.of(e));
    }
    return read;
  }

  private static String topic(ConfigSection worker, String option, TopicSpec byDefault, String doc) {
    String name = worker.text(option, byDefault.name(), "a topic", doc);
    try {
      return byDefault.named(name).name();
    } catch (IllegalArgumentException e) {
      worker.reject(option, ErrorMessages.of(e));
      return byDefault.name();
    }
  }
}
