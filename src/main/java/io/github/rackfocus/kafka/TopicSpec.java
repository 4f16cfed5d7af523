package io.github.rackfocus.kafka;

import java.time.Duration;

/**
 * A topic, and the retention with which it is created if it is missing.
 *
 * @param name name of the topic
 * @param retention how long records are kept
 */
public record TopicSpec(String name, Duration retention) {
  /** Depth maps. Planners need current depth; consumers that archive it read it within minutes. */
  public static final TopicSpec DEPTH = new TopicSpec("rackfocus.depth.v1", Duration.ofMinutes(10));

  /** Obstacle grids, kept as long as the maps that they were computed from. */
  public static final TopicSpec OBSTACLES =
      new TopicSpec("rackfocus.obstacles.v1", Duration.ofMinutes(10));

  /** Health records, kept for days to analyse faults. */
  public static final TopicSpec HEALTH = new TopicSpec("rackfocus.health.v1", Duration.ofDays(7));

  /** Camera frames for workers, kept for a restart and a few sweeps. */
  public static final TopicSpec FRAMES =
      new TopicSpec("rackfocus.frames.v1", Duration.ofMinutes(5));

  /** Rejected records, kept for days to analyse them. */
  public static final TopicSpec DEAD_LETTER =
      new TopicSpec("rackfocus.dead-letter.v1", Duration.ofDays(7));

  public TopicSpec {
    if (!name.matches("[a-zA-Z0-9._-]{1,249}") || name.equals(".") || name.equals("..")) {
      throw new IllegalArgumentException(
          "topic is '" + name + "'; expected 1 to 249 letters, digits and . _ -");
    }
  }

  /** A copy with another name. */
  public TopicSpec named(String other) {
    return new TopicSpec(other, retention);
  }
}
