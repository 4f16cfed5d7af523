package io.github.rackfocus.camera;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * Configures how a stack folder is played.
 *
 * @param loop true: repeat without end; false: play once
 * @param backAndForth true: a loop runs far to near and back, visiting the end images once each, as
 *     a triangle sweep does; false: far to near every time, as a saw
 * @param rateHz frames per second, for pacing and for stamps if the folder has none
 * @param paced true: frames come at their rate, and one that finds the pool empty is dropped;
 *     false: as fast as they are taken, waiting for the pool, none dropped
 * @param bitDepth of 16-bit files: the brightest value is {@code 2^bitDepth - 1}; 8 to 16
 * @param memoryLimitBytes decoded images are cached up to this many bytes in all; beyond that they
 *     are decoded again each time
 * @param startStampNanos stamp of the first frame if the folder has no stamps
 */
@RecordBuilder
public record StackFolderConfig(
    boolean loop,
    boolean backAndForth,
    double rateHz,
    boolean paced,
    int bitDepth,
    long memoryLimitBytes,
    long startStampNanos)
    implements StackFolderConfigBuilder.With {
  /** Once, as fast as possible. */
  public static final StackFolderConfig DEFAULTS =
      new StackFolderConfig(false, false, 15, false, 16, 256L << 20, 0);

  /** Checks every field; a fault names the field, what was found and what is expected. */
  public StackFolderConfig {
    if (!(rateHz >= 0.001 && rateHz <= 10_000)) {
      throw new IllegalArgumentException(
          "rateHz is " + rateHz + "; expected 0.001 to 10000 frames per second");
    }
    if (bitDepth < 8 || bitDepth > 16) {
      throw new IllegalArgumentException("bitDepth is " + bitDepth + "; expected 8 to 16");
    }
    if (memoryLimitBytes < 0) {
      throw new IllegalArgumentException(
          "memoryLimitBytes is " + memoryLimitBytes + "; expected 0 or more");
    }
    if (startStampNanos < 0) {
      throw new IllegalArgumentException(
          "startStampNanos is " + startStampNanos + "; expected 0 or more");
    }
  }
}
