package io.github.rackfocus.config;

import io.github.rackfocus.camera.simulated.SweepPattern;
import io.github.rackfocus.sweep.FocusAxis;
import java.util.function.LongToDoubleFunction;

/**
 * How a camera that is not simulated sweeps.
 *
 * @param axis the nominal planes
 * @param pattern how the lens runs through them; counts only where the plane comes from the stamp
 * @param periodSeconds of a whole sweep, by the clock of the stamps; 0 unknown
 * @param phaseSeconds a time at which the lens is on the farthest plane, modulo the period
 */
public record SweepConfig(
    FocusAxis axis, SweepPattern pattern, double periodSeconds, double phaseSeconds) {
  /** Ten planes from 0.60 m to 0.10 m, of which the lens must tell. */
  public static final SweepConfig DEFAULT =
      new SweepConfig(FocusAxis.uniformDioptres(1 / 0.60, 1 / 0.10, 10), SweepPattern.SAW, 0, 0);

  /**
   * The focus of a sweep that runs by the clock, at a time in nanoseconds.
   *
   * <p>A sweep visits the farthest plane at {@code phase} and after every period; of a saw each
   * plane is held as long as any other, half of that before its time and half after it.
   */
  public LongToDoubleFunction focusAtStamp() {
    long period = Math.max(1, Math.round(1e9 * periodSeconds));
    long phase = Math.round(1e9 * phaseSeconds);
    int frames = pattern.periodFrames(axis.planes());
    return stamp -> {
      double share = (double) Math.floorMod(stamp - phase, period) / period;
      // SweepPattern counts in frames, of which the first is exposed around 0.5.
      return pattern.commandAt(
          0.5 + share * frames, axis.planes(), axis.farthest(), axis.nearest());
    };
  }

  /** Reads the options, which stand among those of the rolling stack. */
  static SweepConfig read(ConfigSection sweep) {
    FocusAxis byDefault = DEFAULT.axis();
    int planes =
        sweep.integer(
            "planes", byDefault.planes(), 3, 64, "", "focus planes of a sweep, of topics and bags");
    double farthest =
        sweep.number(
            "farthest", byDefault.farthest(), 0, 100, "dioptres", "focus of the farthest plane");
    double nearest =
        sweep.number(
            "nearest", byDefault.nearest(), 0.01, 100, "dioptres", "focus of the nearest plane");
    SweepPattern pattern =
        sweep.choice("pattern", DEFAULT.pattern(), "of a sweep by the clock (lens.input: stamp)");
    double period =
        sweep.number("period", 0, 0, 3600, "s", "of a sweep by the clock (lens.input: stamp)");
    double phase =
        sweep.number(
            "phase", 0, 0, 3600, "s", "a stamp, modulo the period, at which it is farthest");
    if (!(nearest > farthest)) {
      sweep.fault("nearest", nearest + " dioptres", "more than farthest, " + farthest);
      return DEFAULT;
    }
    FocusAxis axis = FocusAxis.uniformDioptres(farthest, nearest, planes);
    return new SweepConfig(axis, pattern, period, phase);
  }
}
