package io.github.rackfocus.eval;

import com.sun.management.ThreadMXBean;
import io.github.rackfocus.camera.simulated.MovingParts;
import io.github.rackfocus.camera.simulated.SimulatedCamera;
import io.github.rackfocus.camera.simulated.TrueWarp;
import io.github.rackfocus.depth.DepthEngine;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.Stage;
import io.github.rackfocus.depth.Validity;
import io.github.rackfocus.frame.Affine;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.registration.FrameRegistration;
import io.github.rackfocus.registration.RegistrationMode;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.FocusAxis;
import io.github.rackfocus.sweep.FrameResult;
import io.github.rackfocus.sweep.RollingFocalStack;
import io.github.rackfocus.sweep.RollingStackConfig;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * Runs a recording through rolling stack, estimator and post-processing, and compares every map
 * with the truth. Frames of the warm-up fill the stack and are not measured. For one thread.
 */
final class RegistrationRun {
  /** Sweeps that are not measured: the stack fills, and registration learns the lens. */
  static final int WARM_UP_SWEEPS = 3;

  private static final int POINTS_ACROSS = 16;

  private final RegistrationRecording recording;
  private final RegistrationScores scores;
  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final @Nullable MovedTruth movedTruth;

  private RegistrationRun(RegistrationRecording recording, RegistrationMode mode) {
    this.recording = recording;
    this.scores = new RegistrationScores(recording.name(), mode);
    MovingParts parts = recording.parts();
    this.movedTruth = parts == null ? null : new MovedTruth(recording.camera(), parts);
  }

  /** Runs the recording with the default settings of the rolling stack but for registration. */
  static RegistrationScores of(
      RegistrationRecording recording, RegistrationMode mode, DepthEngine engine) {
    RegistrationRun run = new RegistrationRun(recording, mode);
    SimulatedCamera camera = recording.camera();
    FocusAxis axis = new FocusAxis(camera.scale(), camera.planeFocus());
    RollingStackConfig config = RollingStackConfig.DEFAULTS.withRegistration(mode);
    try (RollingFocalStack rolling = new RollingFocalStack(axis, config)) {
      int warmUp = WARM_UP_SWEEPS * camera.sweepFrames();
      for (int i = 0; i < recording.frames(); i++) {
        run.place(rolling, i, i >= warmUp, engine);
      }
      FrameRegistration registration = rolling.registration();
      run.scores.keyframes = registration == null ? 0 : registration.keyframes();
    }
    return run.scores;
  }

  private void place(RollingFocalStack rolling, int number, boolean measured, DepthEngine engine) {
    FocalStack stack;
    try (Frame frame = recording.lease(number)) {
      long bytes = threads.getCurrentThreadAllocatedBytes();
      long start = System.nanoTime();
      FrameResult result = rolling.offer(frame);
      stack = rolling.takeStack();
      long nanos = System.nanoTime() - start;
      scores.notPlaced += result.isPlaced() ? 0 : 1;
      scores.restarts += result == FrameResult.RESTARTED_BY_MOTION ? 1 : 0;
      if (measured) {
        scores.allocatedBytes += threads.getCurrentThreadAllocatedBytes() - bytes;
        scores.record(scores.stackNanos, nanos);
      }
    }
    if (stack == null) {
      return;
    }
    try (stack;
        DepthMap map = engine.compute(stack)) {
      if (map == null) {
        throw new IllegalStateException("no map is free: one was not closed");
      }
      if (measured) {
        scores.record(scores.estimateNanos, engine.estimateNanos());
        scores.record(scores.finishNanos, map.info().stageNanos(Stage.FINISH));
        scores.maps++;
        scores.trust += stack.motionTrust();
        compareMap(stack, map);
        compareMotion(stack);
      }
    }
  }

  private void compareMap(FocalStack stack, DepthMap map) {
    long newest = stack.reference().sequence();
    float[] truth = recording.camera().groundTruth(newest).values();
    FocusAxis axis = stack.axis();
    byte[] kinds = movedTruth == null ? null : movedTruth.kinds(stack);
    for (int i = 0; i < truth.length; i++) {
      double found = axis.planesAt(axis.focusAt(map.position().get(i)));
      double off = Math.abs(found - axis.planesAt(1 / truth[i]));
      byte code = map.validity().get(i);
      boolean valid = code == Validity.VALID.code();
      boolean marked = code == Validity.MOVED.code();
      scores.codes[code]++;
      scores.error += off;
      if (valid) {
        scores.published++;
        scores.publishedError += off;
        scores.publishedOff += off > 1 ? 1 : 0;
      }
      byte kind = kinds == null ? MovedTruth.STILL : kinds[i];
      PixelTruth judged = PixelTruth.of(axis, found, 1 / truth[i], kind == MovedTruth.MOVED);
      scores.confusion[judged.ordinal()][code]++;
      if (kind == MovedTruth.STILL) {
        scores.still++;
        scores.stillMarked += marked ? 1 : 0;
      } else if (kind == MovedTruth.MOVED) {
        scores.moved++;
        scores.movedMarked += marked ? 1 : 0;
        scores.movedWrong += valid && off > 1 ? 1 : 0;
      }
    }
    scores.pixels += truth.length;
  }

  /**
   * Compares the registration with the true motion, at points of a grid in the newest image, for
   * each plane but the newest that is at most one plane away from the point's true depth, where the
   * truth is in the plane's image.
   */
  private void compareMotion(FocalStack stack) {
    SimulatedCamera camera = recording.camera();
    long newest = stack.reference().sequence();
    float[] truth = camera.groundTruth(newest).values();
    FocusAxis axis = stack.axis();
    Affine outputToView = stack.outputToView();
    int width = stack.width();
    int height = stack.height();
    int step = Math.max(1, width / POINTS_ACROSS);
    for (int plane = 0; plane < stack.planes(); plane++) {
      if (plane == stack.referencePlane()) {
        continue;
      }
      Affine viewToImage = stack.frame(plane).viewToImage();
      TrueWarp warp = camera.trueWarp(newest, stack.frame(plane).sequence());
      for (int y = step / 2; y < height; y += step) {
        for (int x = step / 2; x < width; x += step) {
          double depth = truth[y * width + x];
          if (Math.abs(axis.planesAt(1 / depth) - plane) > 1) {
            continue;
          }
          double[] expected = warp.map(x, y, depth);
          boolean inside =
              expected[0] >= 0
                  && expected[0] <= width - 1
                  && expected[1] >= 0
                  && expected[1] <= height - 1;
          if (inside) {
            double viewX = outputToView.x(x, y);
            double viewY = outputToView.y(x, y);
            double dx = viewToImage.x(viewX, viewY) - expected[0];
            double dy = viewToImage.y(viewX, viewY) - expected[1];
            scores.recordMisregistration(Math.hypot(dx, dy));
          }
        }
      }
    }
  }
}
