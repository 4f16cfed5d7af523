package io.github.rackfocus.depth;

import java.util.Arrays;

/**
 * The fused estimate of every pixel of a still scene: a recursive mean, weighted by information,
 * whose stated error has a part that does not average out.
 *
 * <p>The error of an estimate is mostly systematic: the same texture is misjudged in the same way
 * in every sweep. Measured on the simulated camera, 3 to 10 % of the squared error changes from map
 * to map. So the variance of a mean of n sweeps is taken as {@code variance * (1 - r + r / n)} with
 * r = 0.05, and confidence does not grow with n: log odds are averaged. The documents say how this
 * was measured.
 *
 * <p>Positions are kept in the unit of focus, since the ends of the axis follow the lens readings.
 * For one thread; allocates only when the number of pixels changes.
 */
final class FusedPixels {
  /** Share of the squared error that changes from sweep to sweep. */
  static final float RANDOM_SHARE = 0.05f;

  /** Sweeps over which the mean extends; what is older fades. */
  static final float MEMORY_SWEEPS = 4;

  /** Difference to the mean, in root sums of both squared errors, that is not fused. */
  static final float DISAGREES = 1;

  /** Difference, in the same unit, after which the mean begins anew at once. */
  static final float GONE = 2;

  /** The same limits in planes, which hold however large the stated errors are. */
  static final float DISAGREES_PLANES = 0.5f;

  static final float GONE_PLANES = 1;

  /** Confidence is kept within 0.001 and 0.999: more certainty is not borne out by the truth. */
  private static final float LEAST_DOUBT = 1 - StillFilter.MOST_CONFIDENCE;

  /** Errors below this share of a plane are not distinguished. */
  private static final float LEAST_ERROR_PLANES = 0.002f;

  private static final int ONE = Float.floatToRawIntBits(1);

  private float[] focus = new float[0];

  /** Harmonic mean of the squared errors. */
  private float[] variance = new float[0];

  private float[] sweeps = new float[0];
  private float[] logOdds = new float[0];

  /**
   * Seconds since the pixel was last measured confidently, if not in the last map: negative if its
   * own estimate was left in that map.
   */
  private float[] age = new float[0];

  private boolean[] differed = new boolean[0];

  private float farthest;
  private float range;
  private float inverseRange;
  private float leastError;
  private float disagreesSquared;
  private float goneSquared;
  private float leastPosition;
  private final double minConfidence;
  private float share;
  private float elapsed;
  private float maxAge;

  /**
   * @param minConfidence from which an estimate is confident enough to be published
   */
  FusedPixels(double minConfidence) {
    this.minConfidence = minConfidence;
  }

  /** Provides for a number of pixels; forgets all if it has changed. */
  void resize(int pixels) {
    if (focus.length != pixels) {
      focus = new float[pixels];
      variance = new float[pixels];
      sweeps = new float[pixels];
      logOdds = new float[pixels];
      age = new float[pixels];
      differed = new boolean[pixels];
    }
  }

  /** Forgets all pixels. */
  void clear() {
    forget(0, sweeps.length);
  }

  /** Forgets the pixels from {@code from} to {@code to}, exclusive. */
  void forget(int from, int to) {
    Arrays.fill(sweeps, from, to, 0);
    Arrays.fill(age, from, to, 0);
  }

  /**
   * Sets the focus axis of the next map.
   *
   * @param farthest focus at position 0
   * @param nearest focus at position 1
   * @param infinityAtZero whether position 0 means infinity, which is not fused
   */
  void setAxis(double farthest, double nearest, int planes, boolean infinityAtZero) {
    this.farthest = (float) farthest;
    this.range = (float) (nearest - farthest);
    this.inverseRange = 1 / range;
    float plane = range / (planes - 1);
    leastError = LEAST_ERROR_PLANES * plane;
    disagreesSquared = square(DISAGREES_PLANES * plane);
    goneSquared = square(GONE_PLANES * plane);
    leastPosition = infinityAtZero ? 0 : -1;
  }

  /**
   * Sets how much the next map adds.
   *
   * @param share of a sweep that is new, 0 to 1
   * @param elapsed seconds since the last map
   * @param maxAge seconds for which a pixel is published that is not measured confidently
   */
  void setStep(float share, float elapsed, float maxAge) {
    this.share = share;
    this.elapsed = elapsed;
    this.maxAge = maxAge;
  }

  /**
   * Fuses a part of a row, whose values are replaced where they are fused.
   *
   * @param start number of the row's first pixel
   * @param from first pixel of the part
   * @param to end of the part, exclusive
   */
  void fuse(int start, MapRow row, int from, int to) {
    for (int x = from; x < to; x++) {
      int i = start + x;
      float error = row.error[x] * range;
      error = error < leastError ? leastError : error;
      float confidence = row.confidence[x];
      float position = clip(row.position[x]);
      // Also false for NaN.
      boolean sound = position > leastPosition && error <= range && confidence >= 0;
      if (!sound || !row.usable[x]) {
        sweeps[i] = 0;
        age[i] = 0;
        continue;
      }
      boolean confident = confidence >= minConfidence;
      float measured = farthest + position * range;
      float apart = measured - focus[i];
      float added = error * error;
      float expected = added + variance[i];
      float squared = apart * apart;
      if (sweeps[i] == 0) {
        begin(i, measured, added, confidence);
        continue;
      }
      float unmeasured = confident ? 0 : unmeasured(i, row.lastAge[x]);
      if (squared > DISAGREES * DISAGREES * expected || squared > disagreesSquared) {
        if (differed[i] || squared > GONE * GONE * expected || squared > goneSquared) {
          begin(i, measured, added, confidence);
        } else {
          differed[i] = true; // The pixel's own estimate stays in the map.
          age[i] = -unmeasured;
        }
        continue;
      }
      differed[i] = false;
      add(i, apart, added, logOdds(confidence));
      age[i] = unmeasured > maxAge ? -unmeasured : unmeasured;
      if (unmeasured <= maxAge) {
        row.position[x] = clip((focus[i] - farthest) * inverseRange);
        float stated = variance[i] * (1 - RANDOM_SHARE + RANDOM_SHARE / sweeps[i]);
        row.error[x] = (float) Math.sqrt(stated) * inverseRange;
        row.confidence[x] = confidence(logOdds[i]);
      }
    }
  }

  /** Seconds since the pixel was last measured confidently, if it is not now. */
  private float unmeasured(int i, float lastAge) {
    return elapsed + (age[i] == 0 ? lastAge : Math.abs(age[i]));
  }

  /** Adds an estimate to the means: n sweeps with harmonic mean variance v inform by n / v. */
  private void add(int i, float apart, float added, float odds) {
    float held = variance[i];
    float most = MEMORY_SWEEPS - share;
    float n = sweeps[i];
    float kept = n < most ? n : most;
    n = kept + share;
    float scale = 1 / (kept * added + share * held); // One division for mean and variance.
    focus[i] += share * held * scale * apart;
    variance[i] = n * held * added * scale;
    logOdds[i] += share / n * (odds - logOdds[i]);
    sweeps[i] = n;
  }

  /** The pixel's own estimate is the first; it stays in the map as it is. */
  private void begin(int i, float measured, float squaredError, float confidence) {
    focus[i] = measured;
    variance[i] = squaredError;
    sweeps[i] = 1;
    logOdds[i] = logOdds(confidence);
    differed[i] = false;
    age[i] = confidence >= minConfidence ? 0 : Float.NEGATIVE_INFINITY;
  }

  /**
   * Replaces the ages of a row where a pixel is published whose own estimate is not confident.
   *
   * @param start number of the row's first pixel
   */
  void ageRow(int start, float[] into, int width) {
    for (int x = 0; x < width; x++) {
      float held = age[start + x];
      into[x] = held > 0 ? held : into[x];
    }
  }

  /** Sweeps whose estimates the fused one contains; 0 if there is none. */
  float sweeps(int pixel) {
    return sweeps[pixel];
  }

  /**
   * Logarithm to base 2 of the odds against, linear between powers of two: the bits of a float are
   * that, and {@link #confidence} inverts it exactly. Costs less than a logarithm.
   */
  private static float logOdds(float confidence) {
    float bounded = confidence < LEAST_DOUBT ? LEAST_DOUBT : confidence;
    bounded = bounded > 1 - LEAST_DOUBT ? 1 - LEAST_DOUBT : bounded;
    return (Float.floatToRawIntBits((1 - bounded) / bounded) - ONE) * 0x1p-23f;
  }

  private static float confidence(float logOdds) {
    return 1 / (1 + Float.intBitsToFloat(ONE + (int) (logOdds * 0x1p23f)));
  }

  private static float square(float value) {
    return value * value;
  }

  private static float clip(float position) {
    // Comparisons, because Math.min and max treat NaN and zeros apart, which costs time here.
    float above = position < 0 ? 0 : position;
    return above > 1 ? 1 : above;
  }
}
