package io.github.rackfocus.config;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.kafka.ReservedProperties;
import io.github.rackfocus.kafka.TopicSpec;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Configures a worker, which computes depth from a fleet's frames.
 *
 * @param consumer where frames come from
 * @param backlog what happens to stacks that can't be computed in time
 * @param limits what the worker keeps
 * @param deadLetterTopic topic of rejected records, or null if they are only counted
 */
public record WorkerConfig(
    Consumer consumer, Backlog backlog, Limits limits, @Nullable TopicSpec deadLetterTopic) {
  private static final long MIB = 1 << 20;

  /** What happens to stacks that can't be computed in time. */
  public enum WhenBehind {
    /** A camera's newer stack replaces its older one, which is counted. */
    NEWEST,
    /** All are computed, however late. */
    ALL
  }

  /**
   * Where frames come from.
   *
   * @param group workers of one group share the cameras
   * @param topic of the frames
   * @param sessionTimeout silence after which the group gives a worker's cameras to the others
   * @param properties of Kafka's consumer
   */
  public record Consumer(
      String group, TopicSpec topic, Duration sessionTimeout, Map<String, String> properties) {}

  /**
   * What happens to stacks that can't be computed in time.
   *
   * @param whenBehind whether older stacks are skipped
   * @param maxSeconds unread frames at the broker, in seconds, beyond which a partition is skipped
   *     to its end (with {@link WhenBehind#NEWEST}); 0: never
   * @param queueDepth stacks per camera that wait for inference (with {@link WhenBehind#ALL}: of
   *     all cameras together)
   * @param readBackSweeps sweeps of frames that a worker reads before it resumes a camera
   */
  public record Backlog(
      WhenBehind whenBehind, double maxSeconds, int queueDepth, double readBackSweeps) {}

  /**
   * What the worker keeps.
   *
   * @param idleSeconds gap in a camera's stamps after which its stack restarts, and silence after
   *     which another camera may take its place
   * @param maxCameras cameras at a time
   * @param maxMemoryBytes memory of all images and features
   * @param maxPixels pixels of an image
   */
  public record Limits(double idleSeconds, int maxCameras, long maxMemoryBytes, int maxPixels) {}

  static WorkerConfig read(ConfigSection worker) {
    String group =
        worker.text("group", "rackfocus", "", "Consumer group; its workers share the cameras");
    TopicSpec topic =
        KafkaConfig.topic(worker, "framesTopic", TopicSpec.FRAMES, "Topic of the frames");
    Backlog backlog = backlog(worker);
    Limits limits = limits(worker);
    double session =
        worker.number(
            "sessionTimeout",
            6,
            1,
            300,
            "s",
            "Silence after which others take over a worker's cameras; brokers allow 6 or more");
    Map<String, String> properties =
        worker.map(
            "properties", "Properties of Kafka's consumer; they override those of sinks.kafka");
    ConfigSection deadLetter = worker.section("deadLetter", "Records that were rejected.");
    boolean sendDeadLetters =
        deadLetter.flag("enabled", false, "Whether rejected records are sent to the topic");
    TopicSpec deadLetterTopic =
        KafkaConfig.topic(deadLetter, "topic", TopicSpec.DEAD_LETTER, "Topic of rejected records");
    Duration timeout = Duration.ofMillis(Math.round(1000 * session));
    WorkerConfig config =
        new WorkerConfig(
            new Consumer(group, topic, timeout, properties),
            backlog,
            limits,
            sendDeadLetters ? deadLetterTopic : null);
    if (group.isBlank()) {
      worker.fault("group", "'" + group + "'", "a name");
    }
    try {
      ReservedProperties.checkConsumer(properties);
    } catch (IllegalArgumentException e) {
      worker.reject("properties", ErrorMessages.of(e));
    }
    return config;
  }

  private static Backlog backlog(ConfigSection worker) {
    return new Backlog(
        worker.choice(
            "whenBehind",
            WhenBehind.NEWEST,
            "When behind, skip to each camera's newest stack, or compute all"),
        worker.number(
            "maxBehind",
            5,
            0,
            86_400,
            "s",
            "Backlog beyond which whenBehind: newest skips frames unread; 0: never"),
        worker.integer(
            "queueDepth",
            2,
            1,
            64,
            "stacks",
            "Queue length per camera; with whenBehind: all, of all cameras"),
        worker.number(
            "readBack",
            3,
            1,
            100,
            "sweeps",
            "Frames that are read again to resume a camera; 2 restore its stack and motion"));
  }

  private static Limits limits(ConfigSection worker) {
    double idle =
        worker.number(
            "idle",
            10,
            0.1,
            86_400,
            "s",
            "Gap in a camera's stamps after which its stack restarts");
    int cameras =
        worker.integer("maxCameras", 64, 1, 10_000, "cameras", "Most cameras of this worker");
    int mebibytes =
        worker.integer(
            "maxMemory", 2048, 16, 1 << 20, "MiB", "Approximate memory of images and features");
    int pixels =
        worker.integer(
            "maxPixels", 4 << 20, 1024, 64 << 20, "pixels", "Largest image; larger are rejected");
    return new Limits(idle, cameras, mebibytes * MIB, pixels);
  }
}
