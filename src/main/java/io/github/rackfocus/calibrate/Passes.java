package io.github.rackfocus.calibrate;

import java.util.ArrayList;
import java.util.List;

/**
 * Divides a recording into passes of the lens: runs of frames in which its power rises or falls.
 */
final class Passes {
  /**
   * A pass.
   *
   * @param first index of its first frame
   * @param samples the lens at each of its frames
   */
  record Pass(int first, List<LensSample> samples) {
    int end() {
      return first + samples.size();
    }
  }

  /** Readings that differ by less are of a lens that holds, dioptres. */
  private static final double STILL = 1e-4;

  private static final double LONGEST_GAP_SECONDS = 2;

  private Passes() {}

  /**
   * Returns the passes with enough frames for a peak; frames at which the lens turns are left out.
   */
  static List<Pass> of(List<FrameRecord> frames, double referenceCelsius) {
    List<Pass> passes = new ArrayList<>();
    int from = 0;
    while (from + 1 < frames.size()) {
      double direction = step(frames, from);
      int to = from + 1;
      while (direction != 0 && to + 1 < frames.size() && step(frames, to) == direction) {
        to++;
      }
      // From and to are ends: where a moving lens turns, its rate is not known.
      int first = isMoving(frames, from) && from > 0 ? from + 1 : from;
      int end = isMoving(frames, to) && to + 1 < frames.size() ? to : to + 1;
      if (direction != 0 && end - first >= PeakFinder.FEWEST) {
        passes.add(pass(frames, first, end, referenceCelsius));
      }
      from = to;
    }
    return passes;
  }

  private static double step(List<FrameRecord> frames, int index) {
    FrameRecord now = frames.get(index);
    FrameRecord next = frames.get(index + 1);
    boolean gap = next.stampNanos() - now.stampNanos() > LONGEST_GAP_SECONDS * 1e9;
    double change = next.power() - now.power();
    return gap || Math.abs(change) < STILL ? 0 : Math.signum(change);
  }

  private static boolean isMoving(List<FrameRecord> frames, int index) {
    return frames.get(index).moving();
  }

  private static Pass pass(List<FrameRecord> frames, int first, int end, double referenceCelsius) {
    List<LensSample> samples = new ArrayList<>();
    for (int i = first; i < end; i++) {
      FrameRecord frame = frames.get(i);
      FrameRecord before = frames.get(Math.max(first, i - 1));
      FrameRecord after = frames.get(Math.min(end - 1, i + 1));
      double seconds = (after.stampNanos() - before.stampNanos()) / 1e9;
      double rate = frame.moving() ? (after.power() - before.power()) / seconds : 0;
      double celsius = Double.isFinite(frame.celsius()) ? frame.celsius() - referenceCelsius : 0;
      samples.add(new LensSample(frame.stampNanos(), frame.power(), rate, celsius));
    }
    return new Pass(first, samples);
  }
}
