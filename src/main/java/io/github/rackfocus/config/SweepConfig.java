package io.github.rackfocus.config;

import io.github.rackfocus.camera.simulated.SweepPattern;
import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.sweep.FocusAxis;
import java.util.function.LongToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Configures the sweep of a real camera.
 *
 * @param axis the nominal planes
 * @param pattern how the lens sweeps; used only where focus is determined by the stamp or by
 *     counting
 * @param periodSeconds period of a sweep by the clock of the stamps; 0 if unknown
 * @param phaseSeconds a time at which the lens is at the farthest plane, modulo the period
 */
public record SweepConfig(
    FocusAxis axis, SweepPattern pattern, double periodSeconds, double phaseSeconds) {
  /** Ten planes from 0.60 m to 0.10 m, of unknown period. */
  public static final SweepConfig DEFAULTS =
      new SweepConfig(FocusAxis.uniformDioptres(1 / 0.60, 1 / 0.10, 10), SweepPattern.SAW, 0, 0);

  /**
   * Returns focus in dioptres as a function of time in nanoseconds, for a sweep that runs by the
   * clock.
   *
   * <p>A sweep is at the farthest plane at {@code phase} and after every period. A saw holds each
   * plane equally long, half of it before its nominal time and half after. Between planes that are
   * not evenly spaced, the lens takes equally long from each to the next.
   */
  public LongToDoubleFunction focusAtStamp() {
    long period = Math.max(1, Math.round(1e9 * periodSeconds));
    long phase = Math.round(1e9 * phaseSeconds);
    int frames = pattern.periodFrames(axis.planes());
    return stamp -> {
      double share = (double) Math.floorMod(stamp - phase, period) / period;
      // SweepPattern counts in frames; the first is exposed around 0.5.
      return commandAt(0.5 + share * frames);
    };
  }

  /** Frames of a sweep of one frame per plane and direction. */
  public int frames() {
    return pattern.periodFrames(axis.planes());
  }

  /**
   * Returns the frame of such a sweep that a plane has on the way to nearer, or back.
   *
   * @param direction +1 to nearer, -1 to farther, 0 unknown: taken as to nearer
   * @return {@code frames()} or more if there is no such plane
   */
  public int frameOfPlane(int plane, int direction) {
    boolean back = direction < 0 && frames() > axis.planes() && plane > 0;
    return plane >= axis.planes() ? frames() : back ? frames() - plane : plane;
  }

  /** Focus in dioptres of a frame of such a sweep, counted from the farthest plane. */
  public double focusOfFrame(int frame) {
    return commandAt(frame + 0.5);
  }

  /** Focus at a time in frames from the start of the sweep. */
  private double commandAt(double frames) {
    int last = axis.planes() - 1;
    return axis.focusAtPlane(pattern.commandAt(frames, axis.planes(), 0, last));
  }

  /** Time between two frames of such a sweep, nanoseconds; 0 if the period is unknown. */
  public long framePeriodNanos() {
    return Math.round(1e9 * periodSeconds / frames());
  }

  /** Whether the planes are at equal distances in dioptres. */
  boolean isEven() {
    FocusAxis even = FocusAxis.uniformDioptres(axis.farthest(), axis.nearest(), axis.planes());
    double most = 1e-3 * (axis.nearest() - axis.farthest());
    return IntStream.range(0, axis.planes())
        .allMatch(plane -> Math.abs(axis.focus(plane) - even.focus(plane)) <= most);
  }

  /** Reads the options, which are in one section with those of the rolling stack. */
  static SweepConfig read(ConfigSection sweep) {
    FocusAxis defaults = DEFAULTS.axis();
    int planes =
        sweep.integer(
            "planes",
            defaults.planes(),
            3,
            64,
            "",
            "Number of focus planes of a sweep, for topics and bags");
    double farthest =
        sweep.number(
            "farthest", defaults.farthest(), 0, 100, "dioptres", "Focus of the farthest plane");
    double nearest =
        sweep.number(
            "nearest", defaults.nearest(), 0.01, 100, "dioptres", "Focus of the nearest plane");
    SweepPattern pattern =
        sweep.choice(
            "pattern",
            DEFAULTS.pattern(),
            "Pattern of the sweep, for lens.input: stamp or counter");
    double period =
        sweep.number(
            "period", 0, 0, 3600, "s", "Period of the sweep, for lens.input: stamp or counter");
    double phase =
        sweep.number("phase", 0, 0, 3600, "s", "Stamp at the farthest plane, modulo the period");
    double[] focus =
        sweep.numbers(
            "focus",
            0,
            100,
            FocusAxis.MAX_PLANES,
            "dioptres",
            "Focus of each plane, ascending; replaces planes, farthest and nearest; []: evenly"
                + " spaced");
    if (focus.length > 0) {
      return new SweepConfig(listed(sweep, focus), pattern, period, phase);
    }
    if (!(nearest > farthest)) {
      sweep.fault("nearest", nearest + " dioptres", "more than farthest, " + farthest);
      return DEFAULTS;
    }
    FocusAxis axis = FocusAxis.uniformDioptres(farthest, nearest, planes);
    return new SweepConfig(axis, pattern, period, phase);
  }

  private static FocusAxis listed(ConfigSection sweep, double[] focus) {
    // A file that starts from the shipped one also has planes, farthest and nearest.
    try {
      return new FocusAxis(FocusScale.DIOPTRE, focus);
    } catch (IllegalArgumentException e) {
      sweep.reject("focus", ErrorMessages.of(e));
      return DEFAULTS.axis();
    }
  }
}
