package io.github.rackfocus.depth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;

class FusedPixelsTest {
  private static final int PLANES = 9;
  private static final float PLANE = 1f / (PLANES - 1);
  private static final float STEP = 0.1f;

  private final FusedPixels pixels = new FusedPixels(0.94);
  private final MapRow row = new MapRow();

  FusedPixelsTest() {
    pixels.resize(1);
    row.resize(1);
    row.usable[0] = true;
    row.lastAge[0] = 0.5f;
    pixels.setAxis(2, 10, PLANES, false);
    pixels.setStep(STEP, 0.1f, 2);
  }

  private void fuse(double position, double errorPlanes, double confidence) {
    row.position[0] = (float) position;
    row.error[0] = (float) errorPlanes * PLANE;
    row.confidence[0] = (float) confidence;
    pixels.fuse(0, row, 0, 1);
  }

  @Example
  void shouldStateAnErrorThatFallsToWhatDoesNotAverageOut() {
    float before = Float.MAX_VALUE;
    float settled = 0;
    for (int map = 0; map < 60; map++) {
      fuse(0.4, 0.2, 0.97);
      float error = row.error[0] / PLANE;
      assertThat(error).as("map %d", map).isLessThanOrEqualTo(before * (1 + 1e-6f));
      assertThat(row.position[0]).isCloseTo(0.4f, within(1e-6f));
      assertThat(row.confidence[0]).as("no more certain").isCloseTo(0.97f, within(1e-5f));
      before = error;
      settled = map == 40 ? error : settled;
    }
    float random = FusedPixels.RANDOM_SHARE;
    double floor = 0.2 * Math.sqrt(1 - random + random / FusedPixels.MEMORY_SWEEPS);
    assertThat(before).isCloseTo((float) floor, within(1e-5f)).isEqualTo(settled);
    assertThat(pixels.sweeps(0)).isCloseTo(FusedPixels.MEMORY_SWEEPS, within(1e-5f));
  }

  @Example
  void shouldConvergeOnTheMean() {
    Random random = new Random(1);
    double sum = 0;
    for (int map = 0; map < 400; map++) {
      fuse(0.4 + 0.02 * PLANE * random.nextGaussian(), 0.2, 0.97);
      if (map >= 100) {
        double off = (row.position[0] - 0.4) / PLANE;
        sum += off * off;
      }
    }
    // Of independent estimates the mean of 4 sweeps of 10 maps has a sixth of the deviation or
    // less; exponential forgetting costs some of it.
    assertThat(Math.sqrt(sum / 300)).isLessThan(0.02 / 5);
  }

  @Example
  void shouldWeightByTheStatedErrors() {
    fuse(0.4, 0.1, 0.97);
    pixels.setStep(1, 0.1f, 2);
    fuse(0.4 + 0.1 * PLANE, 0.2, 0.97);
    assertThat((row.position[0] - 0.4f) / PLANE).isCloseTo(0.1f * 0.2f, within(1e-4f));
  }

  @Example
  void shouldAddNothingForAMapWithoutNewFrames() {
    fuse(0.4, 0.1, 0.97);
    pixels.setStep(0, 0.1f, 2);
    fuse(0.4 + 0.05 * PLANE, 0.1, 0.99);
    assertThat(row.position[0]).isCloseTo(0.4f, within(1e-6f));
    assertThat(pixels.sweeps(0)).isEqualTo(1);
  }

  @Example
  void shouldBeginAnewAtOnceAfterALargeStep() {
    for (int map = 0; map < 30; map++) {
      fuse(0.4, 0.1, 0.97);
    }
    fuse(0.4 + 0.4 * PLANE, 0.1, 0.97);
    assertThat(row.position[0]).isEqualTo((float) (0.4 + 0.4 * PLANE));
    assertThat(pixels.sweeps(0)).isEqualTo(1);
  }

  @Example
  void shouldBeginAnewAfterASmallStepThatStays() {
    for (int map = 0; map < 30; map++) {
      fuse(0.4, 0.1, 0.97);
    }
    float step = (float) (0.4 + 0.2 * PLANE);
    fuse(step, 0.1, 0.97);
    assertThat(row.position[0]).as("not fused").isEqualTo(step);
    assertThat(pixels.sweeps(0)).as("may be an outlier").isGreaterThan(3);
    fuse(step, 0.1, 0.97);
    assertThat(row.position[0]).isEqualTo(step);
    assertThat(pixels.sweeps(0)).isEqualTo(1);
  }

  @Example
  void shouldPassOverASingleOutlier() {
    for (int map = 0; map < 30; map++) {
      fuse(0.4, 0.1, 0.97);
    }
    fuse(0.4 + 0.2 * PLANE, 0.1, 0.97);
    fuse(0.4 + 0.02 * PLANE, 0.1, 0.97);
    assertThat(row.position[0]).isCloseTo(0.4f, within(0.001f * PLANE));
    assertThat(pixels.sweeps(0)).isGreaterThan(3);
  }

  @Example
  void shouldForgetBrokenEstimates() {
    float[][] broken = {
      {Float.NaN, 0.1f, 0.97f},
      {0.4f, Float.NaN, 0.97f},
      {0.4f, Float.POSITIVE_INFINITY, 0.97f},
      {0.4f, 1e30f, 0.97f},
      {0.4f, 0.1f, Float.NaN}
    };
    for (float[] each : broken) {
      fuse(0.4, 0.1, 0.97);
      row.position[0] = each[0];
      row.error[0] = each[1];
      row.confidence[0] = each[2];
      pixels.fuse(0, row, 0, 1);
      assertThat(new float[] {row.position[0], row.error[0], row.confidence[0]}).isEqualTo(each);
      assertThat(pixels.sweeps(0)).isZero();
    }
  }

  @Example
  void shouldNotFuseInfinity() {
    pixels.setAxis(0, 8, PLANES, true);
    fuse(0.01, 0.1, 0.97);
    fuse(0, 0.1, 0.97);
    assertThat(row.position[0]).isZero();
    assertThat(pixels.sweeps(0)).isZero();
  }

  @Property(tries = 200, seed = "20261128")
  void shouldStayCloseToTheNewestEstimate(
      @ForAll long seed,
      @ForAll @IntRange(min = 3, max = 64) int planes,
      @ForAll @DoubleRange(min = 0, max = 2) double spread,
      @ForAll @DoubleRange(min = 0.01, max = 1) double newShare) {
    Random random = new Random(seed);
    double plane = 1.0 / (planes - 1);
    pixels.clear();
    pixels.setAxis(1 + random.nextDouble(), 6 + 4 * random.nextDouble(), planes, false);
    pixels.setStep((float) newShare, 0.1f, 2);
    double least = Double.MAX_VALUE;
    double most = 0;
    for (int map = 0; map < 40; map++) {
      float position = (float) (0.5 + spread * plane * (random.nextDouble() - 0.5));
      float error = (float) (plane * (0.01 + 2 * random.nextDouble() * random.nextDouble()));
      float confidence = random.nextFloat();
      least = Math.min(least, error);
      most = Math.max(most, error);
      row.position[0] = position;
      row.error[0] = error;
      row.confidence[0] = confidence;
      pixels.fuse(0, row, 0, 1);
      boolean own =
          row.position[0] == position && row.error[0] == error && row.confidence[0] == confidence;
      if (!own) {
        double apart = Math.abs(row.position[0] - position);
        assertThat(apart).isLessThan(0.5 * plane + 1e-6).isLessThan(Math.hypot(error, most) + 1e-6);
        double floor = Math.sqrt(1 - FusedPixels.RANDOM_SHARE);
        assertThat((double) row.error[0]).isBetween(floor * least - 1e-6, most + 1e-6);
        assertThat(row.confidence[0]).isBetween(0f, 0.9991f);
      }
    }
  }
}
