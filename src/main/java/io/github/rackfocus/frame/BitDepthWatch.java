package io.github.rackfocus.frame;

import org.jspecify.annotations.Nullable;

/**
 * Looks at the first 16-bit images of a source for a bit depth that they contradict: a camera of 10
 * or 12 bits stores them in 16, and images taken as 16 bits are then nearly black. Says so once.
 * Not thread-safe.
 */
public final class BitDepthWatch {
  private final int bitDepth;
  private final int images;
  private int seen;
  private int brightest;
  private boolean ended;

  /**
   * @param bitDepth the configured one, 8 to 16
   * @param images number of images to look at, at least those of a sweep: a single one may be dark
   */
  public BitDepthWatch(int bitDepth, int images) {
    this.bitDepth = bitDepth;
    this.images = images;
  }

  /** Whether more images are to be looked at. */
  public boolean isWatching() {
    return !ended;
  }

  /**
   * Adds an image.
   *
   * @param brightestSample its largest sample, 0 to 65535
   * @return a sentence for the operator, at most once; null if there is nothing to say
   */
  public @Nullable String add(int brightestSample) {
    if (ended) {
      return null;
    }
    seen++;
    brightest = Math.max(brightest, brightestSample);
    int white = (1 << bitDepth) - 1;
    if (brightest > white) {
      ended = true;
      return "a 16-bit image has a sample of "
          + brightest
          + ", and all above "
          + white
          + " are white at bitDepth "
          + bitDepth
          + "; expected a bitDepth (--bit-depth) of at least "
          + bitsOf(brightest);
    }
    if (4 * brightest >= white) {
      ended = true;
      return null;
    }
    if (seen < images) {
      return null;
    }
    ended = true;
    return "the brightest sample of all 16-bit images so far is "
        + brightest
        + ", less than a quarter of the "
        + white
        + " that are white at bitDepth "
        + bitDepth
        + "; expected the camera's own bitDepth (--bit-depth), "
        + Math.max(8, bitsOf(brightest))
        + " by these images";
  }

  private static int bitsOf(int sample) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(sample);
  }
}
