package io.github.rackfocus.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.camera.SourceClock;
import io.github.rackfocus.camera.simulated.Scenario;
import io.github.rackfocus.camera.simulated.SimulatedCamera;
import io.github.rackfocus.camera.simulated.SimulatedCameraConfig;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthMapPool;
import io.github.rackfocus.depth.DepthPostProcessor;
import io.github.rackfocus.depth.Validity;
import io.github.rackfocus.depth.ValidityThresholds;
import io.github.rackfocus.frame.Affine;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.onnx.OnnxConfig.Form;
import io.github.rackfocus.onnx.OnnxConfig.PlaneCache;
import io.github.rackfocus.registration.RegistrationMode;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.FocusAxis;
import io.github.rackfocus.sweep.FrameResult;
import io.github.rackfocus.sweep.RollingFocalStack;
import io.github.rackfocus.sweep.RollingStackConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The shipped model on sweeps of the simulated camera that are registered as they come. */
class RegisteredSweepTest {
  private static final int WIDTH = 128;
  private static final int HEIGHT = 96;
  private static final int PLANES = 5;
  private static final int FRAMES = 3 * PLANES + 2;

  /** On the focus axis, whose planes are 0.25 apart. */
  private static final double LARGEST_DIFFERENCE = 0.2;

  private static final double MEAN_DIFFERENCE = 0.01;

  private final FramePool frames = new FramePool(64);
  private final DepthMapPool maps = new DepthMapPool(2);

  private DepthMap lease() {
    return Objects.requireNonNull(maps.tryLease(WIDTH, HEIGHT));
  }

  private SimulatedCamera camera(Scenario scenario) {
    SimulatedCameraConfig config =
        scenario.applyTo(SimulatedCameraConfig.DEFAULTS.withSize(WIDTH, HEIGHT).withPlanes(PLANES));
    return new SimulatedCamera(
        config.withPlayback(config.playback().withPaced(false)),
        frames,
        SourceClock.SYSTEM,
        share -> {});
  }

  private static OnnxDepthEstimator model(Form form, PlaneCache cache) throws Exception {
    ModelBundle bundle = new ModelLibrary(Path.of("models")).read("proximal");
    OnnxConfig config = OnnxConfig.DEFAULTS.withThreads(1).withForm(form).withPlaneCache(cache);
    return OnnxDepthEstimator.open(bundle, 1, config, System::nanoTime);
  }

  /** The features of each frame are computed once, whatever view the map is published in. */
  @ParameterizedTest
  @EnumSource(names = {"STILL", "BREATHING"})
  void shouldGiveTheSameRollingAsAtOnce(Scenario scenario) throws Exception {
    assertClose(scenario, PlaneCache.OFF, 1e-4, 1e-5);
  }

  /** Fresh noise and motion reach what is kept of other planes only with their next frame. */
  @ParameterizedTest
  @EnumSource(names = {"STILL", "BREATHING", "HAND_SHAKE", "ROBOT_MOTION"})
  void shouldStayWithinABoundOfTheWholeWithAPlaneCache(Scenario scenario) throws Exception {
    for (PlaneCache cache : List.of(PlaneCache.PLANE, PlaneCache.NEIGHBOURS)) {
      assertClose(scenario, cache, LARGEST_DIFFERENCE, MEAN_DIFFERENCE);
    }
  }

  private void assertClose(Scenario scenario, PlaneCache cache, double largest, double mean)
      throws Exception {
    try (SimulatedCamera camera = camera(scenario);
        OnnxDepthEstimator rolling = model(Form.ROLLING, cache);
        OnnxDepthEstimator batch = model(Form.FULL, cache);
        DepthMap found = lease();
        DepthMap expected = lease();
        RollingFocalStack sweep =
            new RollingFocalStack(
                new FocusAxis(camera.scale(), camera.planeFocus()), RollingStackConfig.DEFAULTS)) {
      for (int i = 0; i < FRAMES; i++) {
        offer(camera, sweep);
        try (FocalStack stack = sweep.takeStack()) {
          if (stack == null) {
            continue;
          }
          rolling.estimate(stack, found);
          if (i == FRAMES - 1) {
            batch.estimate(stack, expected);
            assertThat(stack.outputToView().isIdentity()).isEqualTo(scenario == Scenario.STILL);
          }
        }
      }
      double sum = 0;
      double worst = 0;
      for (int i = 0; i < found.pixels(); i++) {
        double difference = Math.abs(found.position().get(i) - expected.position().get(i));
        sum += difference;
        worst = Math.max(worst, difference);
      }
      assertThat(worst).as("largest difference, %s", cache).isLessThan(largest);
      assertThat(sum / found.pixels()).as("mean difference, %s", cache).isLessThan(mean);
    }
    assertThat(frames.leased()).isZero();
  }

  /** Depth is published in the view of the newest image, not in that of the keyframe. */
  @ParameterizedTest
  @EnumSource(names = {"BREATHING", "ROBOT_MOTION"})
  void shouldPublishDepthInTheViewOfTheNewestImage(Scenario scenario) throws Exception {
    try (SimulatedCamera camera = camera(scenario);
        OnnxDepthEstimator model = model(Form.ROLLING, PlaneCache.PLANE);
        DepthMap map = lease();
        RollingFocalStack sweep =
            new RollingFocalStack(
                new FocusAxis(camera.scale(), camera.planeFocus()), RollingStackConfig.DEFAULTS)) {
      DepthPostProcessor postProcessor = new DepthPostProcessor(ValidityThresholds.DEFAULTS);
      double largest = 0;
      for (int i = 0; i < FRAMES; i++) {
        offer(camera, sweep);
        try (FocalStack stack = sweep.takeStack()) {
          if (stack != null) {
            largest = Math.max(largest, stack.outputToView().largestShift(WIDTH, HEIGHT));
            assertNewestIsSeenWhole(stack);
            model.estimate(stack, map);
            postProcessor.finish(stack, map);
          }
        }
      }
      assertThat(largest).as("the keyframe's view is another").isGreaterThan(0.5);
      assertThat(map.info().registration()).isEqualTo(RegistrationMode.FULL);
      assertThat(map.info().motionPixels()).isPositive();
      float[] truth = camera.groundTruth(FRAMES - 1).values();
      double sum = 0;
      int count = 0;
      for (int i = 0; i < map.pixels(); i++) {
        if (map.validity().get(i) == Validity.VALID.code()) {
          sum += Math.abs(1 / map.depth().get(i) - 1 / truth[i]);
          count++;
        }
      }
      double step = (1 / 0.10 - 1 / 0.60) / (PLANES - 1);
      assertThat((double) count / map.pixels()).isGreaterThan(0.6);
      assertThat(sum / count / step).as("planes of error").isLessThan(0.15);
    }
    assertThat(frames.leased()).isZero();
  }

  /** Through the common view and back, a pixel of the newest image is itself. */
  private static void assertNewestIsSeenWhole(FocalStack stack) {
    Affine round = new Affine().setSequence(stack.outputToView(), stack.reference().viewToImage());
    assertThat(round.largestShift(WIDTH, HEIGHT)).isLessThan(0.05);
  }

  private static void offer(SimulatedCamera camera, RollingFocalStack sweep) throws Exception {
    try (Frame frame = Objects.requireNonNull(camera.next())) {
      assertThat(sweep.offer(frame)).isEqualTo(FrameResult.PLACED);
    }
  }
}
