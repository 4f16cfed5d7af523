package io.github.rackfocus.lens;

import io.github.rackfocus.sweep.FocusAxis;

/**
 * The motion of a lens through the planes of a sweep, by the clock, so that a restart or an outage
 * does not change its phase. Immutable.
 *
 * <p>With a dwell of 0, pattern {@link Pattern#STEP} is what {@code lens.input: stamp} expects of a
 * saw, and triangle and sine are what it expects of these.
 */
public final class LensSweep {
  /** How the lens moves. */
  public enum Pattern {
    /** Far to near in steps, each plane held, then back in one step. */
    STEP,
    /** Far to near at constant speed, then back at once. */
    SAW,
    /** Far to near and back at constant speed. */
    TRIANGLE,
    /** Far to near and back as a cosine. */
    SINE
  }

  /**
   * Where the lens should be at a time.
   *
   * @param focus dioptres
   * @param plane nearest plane
   * @param direction +1 to nearer, -1 to farther, 0 held
   * @param sweepId number of the sweep since the epoch of the clock, modulo 2^32
   * @param heldNanos time since the command last jumped; {@link Long#MAX_VALUE} if it never does
   */
  public record Command(double focus, int plane, int direction, long sweepId, long heldNanos) {}

  private static final double NANOS = 1e9;

  private final Pattern pattern;
  private final FocusAxis axis;
  private final long frame;
  private final long dwell;
  private final long period;
  private final long phase;

  /**
   * @param rateHz planes per second
   * @param phaseSeconds a time at which the lens is at the farthest plane; in the middle of its
   *     hold for steps
   * @param dwellSeconds additional rest where the lens turns or has jumped back: at the farthest
   *     plane, for a triangle at the nearest as well
   * @throws IllegalArgumentException for a sine with a dwell, or values out of range
   */
  public LensSweep(
      Pattern pattern, FocusAxis axis, double rateHz, double phaseSeconds, double dwellSeconds) {
    if (!(rateHz >= 0.001 && rateHz <= 10_000)) {
      throw new IllegalArgumentException(
          "rate of the sweep is " + rateHz + "; expected 0.001 to 10000 planes per second");
    }
    if (!(dwellSeconds >= 0 && dwellSeconds <= 3600)) {
      throw new IllegalArgumentException("dwell is " + dwellSeconds + "; expected 0 to 3600 s");
    }
    if (pattern == Pattern.SINE && dwellSeconds > 0) {
      throw new IllegalArgumentException(
          "dwell is " + dwellSeconds + " s with pattern sine; expected 0: a sine never rests");
    }
    this.pattern = pattern;
    this.axis = axis;
    this.frame = Math.round(NANOS / rateHz);
    this.dwell = Math.round(NANOS * dwellSeconds);
    int planes = axis.planes();
    this.period =
        switch (pattern) {
          case STEP, SAW -> planes * frame + dwell;
          case TRIANGLE -> 2 * ((planes - 1) * frame + dwell);
          // As slow as a frame per plane where it is fastest, in an even number of frames.
          case SINE -> 2L * (long) Math.ceil(Math.PI * (planes - 1) / 2) * frame;
        };
    this.phase = Math.round(NANOS * phaseSeconds);
  }

  /** Time of a whole sweep, nanoseconds; there and back for triangle and sine. */
  public long periodNanos() {
    return period;
  }

  /** Returns the command at a time of the clock of the stamps, nanoseconds. */
  public Command at(long stampNanos) {
    long since = stampNanos - phase + (pattern == Pattern.STEP ? frame / 2 + dwell : 0);
    long time = Math.floorMod(since, period);
    long id = Math.floorDiv(since, period) & 0xffffffffL;
    return switch (pattern) {
      case STEP -> step(time, id);
      case SAW -> saw(time, id);
      case TRIANGLE -> triangle(time, id);
      case SINE ->
          moving(
              (axis.planes() - 1) * (0.5 - 0.5 * Math.cos(2 * Math.PI * time / period)),
              2 * time < period ? 1 : -1,
              id,
              Long.MAX_VALUE);
    };
  }

  private Command step(long time, long id) {
    if (time < frame + dwell) {
      return new Command(axis.focus(0), 0, 0, id, time);
    }
    long later = time - dwell;
    int plane = (int) Math.min(axis.planes() - 1L, later / frame);
    return new Command(axis.focus(plane), plane, 0, id, later - plane * frame);
  }

  private Command saw(long time, long id) {
    long ramp = (axis.planes() - 1) * frame;
    if (time < ramp) {
      return moving((double) time / frame, 1, id, time + frame + dwell);
    }
    // The lens jumps back, for which it has the time of a plane, and the dwell to rest.
    long back = time - ramp;
    return new Command(axis.focus(0), 0, back < frame ? -1 : 0, id, back);
  }

  private Command triangle(long time, long id) {
    long ramp = (axis.planes() - 1) * frame;
    if (time < ramp) {
      return moving((double) time / frame, 1, id, Long.MAX_VALUE);
    }
    if (time < ramp + dwell) {
      return moving(axis.planes() - 1.0, 0, id, Long.MAX_VALUE);
    }
    long down = time - ramp - dwell;
    return down < ramp
        ? moving((double) (ramp - down) / frame, -1, id, Long.MAX_VALUE)
        : moving(0, 0, id, Long.MAX_VALUE);
  }

  private Command moving(double plane, int direction, long id, long held) {
    return new Command(axis.focusAtPlane(plane), (int) Math.round(plane), direction, id, held);
  }
}
