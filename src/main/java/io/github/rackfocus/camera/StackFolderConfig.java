package io.github.rackfocus.camera;

/**
 * How a stack folder is played.
 *
 * @param loop again and again, else once
 * @param backAndForth a loop runs far to near and back, the end images once each, as a triangle
 *     sweep does; else far to near every time, as a saw
 * @param rateHz frames a second, for pacing and for stamps where the folder has none
 * @param paced frames come at their rate, and one that finds its pool empty is dropped; else as
 *     fast as they are taken, waiting for the pool, none dropped
 * @param bitDepth of 16-bit files: the brightest value is {@code 2^bitDepth - 1}; 8 to 16
 * @param keepColour frames carry colour
 * @param memoryLimitBytes decoded images are kept up to this many bytes in all, beyond it they are
 *     decoded anew each time
 * @param startStampNanos stamp of the first frame where the folder has no stamps
 */
public record StackFolderConfig(
    boolean loop,
    boolean backAndForth,
    double rateHz,
    boolean paced,
    int bitDepth,
    boolean keepColour,
    long memoryLimitBytes,
    long startStampNanos) {
  /** Once, as fast as possible, luma only. */
  public static final StackFolderConfig DEFAULTS =
      new StackFolderConfig(false, false, 15, false, 16, false, 256L << 20, 0);

  /** Checks every field; a fault names the field, what was found and what is expected. */
  public StackFolderConfig {
    if (!(rateHz >= 0.001 && rateHz <= 10_000)) {
      throw new IllegalArgumentException(
          "rateHz is " + rateHz + "; expected 0.001 to 10000 frames a second");
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

  /** The same, looped or once. */
  public StackFolderConfig withLoop(boolean value) {
    return new StackFolderConfig(
        value,
        backAndForth,
        rateHz,
        paced,
        bitDepth,
        keepColour,
        memoryLimitBytes,
        startStampNanos);
  }

  /** The same, with a loop that runs far to near and back. */
  public StackFolderConfig withBackAndForth(boolean value) {
    return new StackFolderConfig(
        loop, value, rateHz, paced, bitDepth, keepColour, memoryLimitBytes, startStampNanos);
  }

  /** The same at a rate, paced by the clock or not. */
  public StackFolderConfig withRate(double hertz, boolean byClock) {
    return new StackFolderConfig(
        loop,
        backAndForth,
        hertz,
        byClock,
        bitDepth,
        keepColour,
        memoryLimitBytes,
        startStampNanos);
  }

  /** The same for 16-bit files of a bit depth. */
  public StackFolderConfig withBitDepth(int bits) {
    return new StackFolderConfig(
        loop, backAndForth, rateHz, paced, bits, keepColour, memoryLimitBytes, startStampNanos);
  }

  /** The same with or without colour. */
  public StackFolderConfig withColour(boolean value) {
    return new StackFolderConfig(
        loop, backAndForth, rateHz, paced, bitDepth, value, memoryLimitBytes, startStampNanos);
  }

  /** The same with another limit for decoded images. */
  public StackFolderConfig withMemoryLimit(long bytes) {
    return new StackFolderConfig(
        loop, backAndForth, rateHz, paced, bitDepth, keepColour, bytes, startStampNanos);
  }

  /** The same with another first stamp. */
  public StackFolderConfig withStartStamp(long stampNanos) {
    return new StackFolderConfig(
        loop, backAndForth, rateHz, paced, bitDepth, keepColour, memoryLimitBytes, stampNanos);
  }
}
