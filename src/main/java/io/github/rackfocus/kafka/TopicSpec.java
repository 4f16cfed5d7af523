package io.github.rackfocus.kafka;

import java.time.Duration;

/**
 * A topic, and how long its records are kept where it is ours to create.
 *
 * @param name of the topic
 * @param retention of its records
 */
public record TopicSpec(String name, Duration retention) {
  /** Depth maps: minutes, since who plans with depth wants it now; archives are for consumers. */
  public static final TopicSpec DEPTH = new TopicSpec("rackfocus.depth.v1", Duration.ofMinutes(10));

  /** Obstacle grids: as long as the maps that they were made of. */
  public static final TopicSpec OBSTACLES =
      new TopicSpec("rackfocus.obstacles.v1", Duration.ofMinutes(10));

  /** Health: days, for who looks back after a fault. */
  public static final TopicSpec HEALTH = new TopicSpec("rackfocus.health.v1", Duration.ofDays(7));

  /** Camera frames for workers: as short as a few sweeps and a restart take. */
  public static final TopicSpec FRAMES =
      new TopicSpec("rackfocus.frames.v1", Duration.ofMinutes(5));

  /** Records that nobody could read: days, for who looks into it. */
  public static final TopicSpec DEAD_LETTER =
      new TopicSpec("rackfocus.dead-letter.v1", Duration.ofDays(7));

  public TopicSpec {
    if (!name.matches("[a-zA-Z0-9._-]{1,249}") || name.equals(".") || name.equals("..")) {
      throw new IllegalArgumentException(
          "topic is '" + name + "'; expected 1 to 249 letters, digits and . _ -");
    }
  }

  /** The same under another name. */
  public TopicSpec named(String other) {
    return new TopicSpec(other, retention);
  }
}
