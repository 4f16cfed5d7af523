package io.github.rackfocus.eval;

import io.github.rackfocus.camera.simulated.MovingParts;
import io.github.rackfocus.camera.simulated.SimulatedCamera;
import io.github.rackfocus.depth.DepthEngine;
import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthPostProcessor;
import io.github.rackfocus.depth.FilterMode;
import io.github.rackfocus.depth.Stage;
import io.github.rackfocus.depth.StillFilter;
import io.github.rackfocus.depth.Validity;
import io.github.rackfocus.depth.ValidityThresholds;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.FocusAxis;
import io.github.rackfocus.sweep.RollingFocalStack;
import io.github.rackfocus.sweep.RollingStackConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Computes every map of a recording without and with the filter, from the same estimates, and
 * compares both with the truth. Maps of the warm-up are computed and not measured. For one thread.
 */
final class FilterRun {
  /** Sweeps that are not measured: the stack fills, then the filter. */
  static final int WARM_UP_SWEEPS = 6;

  private final RegistrationRecording recording;
  private final List<FilterScores> scores;
  private final @Nullable MovedTruth movedTruth;

  private FilterRun(RegistrationRecording recording, String name, long seed) {
    this.recording = recording;
    int pixels = recording.config().format().width() * recording.config().format().height();
    this.scores =
        List.of(
            new FilterScores(name, seed, FilterMode.OFF, pixels),
            new FilterScores(name, seed, FilterMode.STILL, pixels));
    MovingParts parts = recording.parts();
    this.movedTruth = parts == null ? null : new MovedTruth(recording.camera(), parts);
  }

  /** Runs a recording; returns the scores without and with the filter. */
  static List<FilterScores> of(
      RegistrationRecording recording, String name, long seed, DepthEstimator estimator) {
    FilterRun run = new FilterRun(recording, name, seed);
    SimulatedCamera camera = recording.camera();
    FocusAxis axis = new FocusAxis(camera.scale(), camera.planeFocus());
    SharedEstimates estimates = new SharedEstimates(estimator);
    ValidityThresholds thresholds = ValidityThresholds.DEFAULTS;
    try (RollingFocalStack rolling = new RollingFocalStack(axis, RollingStackConfig.DEFAULTS);
        DepthEngine off = engine(estimates, null, thresholds);
        DepthEngine still = engine(estimates, new StillFilter(thresholds), thresholds)) {
      int warmUp = WARM_UP_SWEEPS * camera.sweepFrames();
      for (int i = 0; i < recording.frames(); i++) {
        run.place(rolling, i, i >= warmUp, List.of(off, still));
        estimates.forget();
      }
    }
    return run.scores;
  }

  private static DepthEngine engine(
      SharedEstimates estimates, @Nullable StillFilter filter, ValidityThresholds thresholds) {
    return new DepthEngine(
        estimates, filter, new DepthPostProcessor(thresholds), 1, System::nanoTime);
  }

  private void place(
      RollingFocalStack rolling, int number, boolean measured, List<DepthEngine> engines) {
    FocalStack stack;
    try (Frame frame = recording.lease(number)) {
      rolling.offer(frame);
      stack = rolling.takeStack();
    }
    if (stack == null) {
      return;
    }
    try (stack) {
      byte[] kinds = measured && movedTruth != null ? movedTruth.kinds(stack) : null;
      for (int i = 0; i < engines.size(); i++) {
        try (DepthMap map = engines.get(i).compute(stack)) {
          if (map == null) {
            throw new IllegalStateException("no map is free: one was not closed");
          }
          if (measured) {
            compare(stack, map, kinds, scores.get(i));
          }
        }
      }
    }
  }

  private void compare(FocalStack stack, DepthMap map, byte @Nullable [] kinds, FilterScores to) {
    float[] truth = recording.camera().groundTruth(stack.reference().sequence()).values();
    FocusAxis axis = stack.axis();
    for (int i = 0; i < truth.length; i++) {
      double error =
          axis.planesAt(axis.focusAt(map.position().get(i))) - axis.planesAt(1 / truth[i]);
      boolean valid = map.validity().get(i) == Validity.VALID.code();
      double expected = map.error().get(i) * (axis.planes() - 1);
      to.add(i, valid, error, expected, kinds == null ? MovedTruth.STILL : kinds[i]);
    }
    to.finishMap(map.info().stageNanos(Stage.FINISH));
  }
}
