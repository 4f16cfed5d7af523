package io.github.rackfocus.depth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.rackfocus.depth.SyntheticStack.Optics;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.sweep.FocalStack;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeakDepthEstimatorTest {
  private static final int SIDE = 96;

  /** The share of errors below b ln(1 / 0.32) is 68 % if they are Laplacian with mean b. */
  private static final double BOUND_68 = -Math.log(0.32);

  private final FramePool frames = new FramePool(64);
  private final DepthMapPool maps = new DepthMapPool(1);

  /**
   * Sums over pixels.
   *
   * @param pixels how many
   * @param made absolute errors of the position
   * @param stated errors that the map states
   * @param within68 pixels whose error is within its stated 68 % bound
   */
  private record Outcome(double pixels, double made, double stated, double within68) {
    Outcome plus(Outcome other) {
      return new Outcome(
          pixels + other.pixels,
          made + other.made,
          stated + other.stated,
          within68 + other.within68);
    }

    double planes(int planes) {
      return made / pixels * (planes - 1);
    }
  }

  @AfterEach
  void everythingShouldBeGivenBack() {
    assertThat(frames.leased() + maps.leased()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"sml, 1, 0.05", "sml, 5, 0.08", "ddl, 1, 0.06", "ddl, 5, 0.07"})
  void shouldFindATexturedSlopeToAFractionOfAPlane(String model, double noise, double planes) {
    Outcome outcome = run(model, 10, new Optics(7, noise, 1));
    assertThat(outcome.planes(10)).isLessThan(planes);
  }

  @Test
  void shouldBeBetterThanTheNearestPlaneAlone() {
    // Positions evenly spread over a plane's reach are a quarter of a plane off on average.
    assertThat(run("sml", 7, new Optics(7, 1, 1)).planes(7)).isLessThan(0.12);
    assertThat(run("ddl", 7, new Optics(7, 1, 1)).planes(7)).isLessThan(0.09);
  }

  @Test
  void shouldStandNoiseBetterWithTheWiderMeasureWhereTextureIsFaint() {
    Optics faint = new Optics(7, 5, 0.01);
    assertThat(run("ddl", 10, faint).made()).isLessThan(0.8 * run("sml", 10, faint).made());
  }

  @ParameterizedTest
  @ValueSource(strings = {"sml", "ddl"})
  void shouldStateTheErrorThatItMakes(String model) {
    Outcome all = new Outcome(0, 0, 0, 0);
    for (int planes : new int[] {8, 14}) {
      for (double blur : new double[] {5, 10}) {
        for (double noise : new double[] {1.5, 3}) {
          all = all.plus(run(model, planes, new Optics(blur, noise, 0.01)));
          all = all.plus(run(model, planes, new Optics(blur, noise, 1)));
        }
      }
    }
    assertThat(all.stated() / all.made()).isBetween(0.8, 1.25);
    assertThat(all.within68() / all.pixels()).isBetween(0.62, 0.8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sml", "ddl"})
  void shouldBeMoreConfidentWhereThereIsTexture(String model) {
    try (DepthEstimator estimator = estimator(model);
        FocalStack stack =
            SyntheticStack.blurredStack(frames, SIDE, SIDE, 10, 0, new Optics(7, 2, 0.01));
        DepthMap map = lease()) {
      estimator.estimate(stack, map);
      double doubt = 1 - meanConfidence(map, 3 * SIDE / 4);
      assertThat(doubt).isGreaterThan(0.1).isGreaterThan(3 * (1 - meanConfidence(map, 0)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sml", "ddl"})
  void shouldNotBeConfidentOfWhatIsExactlyFlat(String model) {
    try (DepthEstimator estimator = estimator(model);
        FocalStack stack = SyntheticStack.flatStack(frames, SIDE, SIDE, 3, 90);
        DepthMap map = lease()) {
      estimator.estimate(stack, map);
      for (int i = 0; i < map.pixels(); i++) {
        assertThat(map.confidence().get(i)).isZero();
        assertThat(map.error().get(i)).isEqualTo(1f / 3);
      }
    }
  }

  @Test
  void shouldPutTheSharpestLumaIntoTheAllInFocusImage() {
    Optics optics = new Optics(9, 0, 1);
    try (DepthEstimator estimator = estimator("ddl");
        FocalStack stack = SyntheticStack.blurredStack(frames, SIDE, SIDE, 10, 0, optics);
        FocalStack sharp =
            SyntheticStack.blurredStack(frames, SIDE, SIDE, 10, 10, new Optics(0, 0, 1));
        DepthMap map = lease()) {
      estimator.estimate(stack, map);
      double allFocus = 0;
      double middlePlane = 0;
      for (int i = 0; i < map.pixels(); i++) {
        double truth = sharp.frame(0).lumaAt(i) / 255.0;
        allFocus += Math.abs(map.allFocus().get(i) - truth);
        middlePlane += Math.abs(stack.frame(5).lumaAt(i) / 255.0 - truth);
      }
      assertThat(allFocus).isLessThan(0.35 * middlePlane);
    }
  }

  @Test
  void shouldSayWhoMadeTheMapAndHowLongItTook() {
    try (DepthEstimator estimator = estimator("ddl");
        FocalStack stack = SyntheticStack.stack(frames, SIDE, SIDE, 10);
        DepthMap map = lease()) {
      estimator.estimate(stack, map);
      assertThat(estimator.model()).isEqualTo(new ModelIdentity("ddl", "1.0.0", ""));
      assertThat(estimator.iterations()).isZero();
      assertThat(estimator.executionProvider()).startsWith("CPU (OpenCV 4.");
      assertThat(map.info().stageNanos(Stage.FRAME)).isPositive();
      assertThat(map.info().stageNanos(Stage.STACK)).isPositive();
    }
  }

  @Test
  void shouldSayThatItIsClosed() {
    DepthEstimator estimator = estimator("sml");
    estimator.close();
    try (FocalStack stack = SyntheticStack.stack(frames, SIDE, SIDE, 10);
        DepthMap map = lease()) {
      assertThatIllegalStateException()
          .isThrownBy(() -> estimator.estimate(stack, map))
          .withMessageContaining("closed");
    }
  }

  private Outcome run(String model, int planes, Optics optics) {
    try (DepthEstimator estimator = estimator(model);
        FocalStack stack = SyntheticStack.blurredStack(frames, SIDE, SIDE, planes, 0, optics);
        DepthMap map = lease()) {
      estimator.estimate(stack, map);
      Outcome sum = new Outcome(0, 0, 0, 0);
      for (int i = 0; i < map.pixels(); i++) {
        double truth = SyntheticStack.truth(i % SIDE, SIDE);
        double made = Math.abs(map.position().get(i) - truth);
        double stated = map.error().get(i);
        sum = sum.plus(new Outcome(1, made, stated, made <= BOUND_68 * stated ? 1 : 0));
      }
      return sum;
    }
  }

  private static DepthEstimator estimator(String model) {
    return model.equals("sml") ? PeakDepthEstimator.sml() : PeakDepthEstimator.ddl();
  }

  private DepthMap lease() {
    DepthMap map = maps.tryLease(SIDE, SIDE);
    assertThat(map).isNotNull();
    return map;
  }

  private static double meanConfidence(DepthMap map, int fromRow) {
    double sum = 0;
    int rows = SIDE / 4;
    for (int i = fromRow * SIDE; i < (fromRow + rows) * SIDE; i++) {
      sum += map.confidence().get(i);
    }
    return sum / (rows * SIDE);
  }
}
