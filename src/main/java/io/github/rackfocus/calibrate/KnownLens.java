package io.github.rackfocus.calibrate;

import io.github.rackfocus.sweep.LensCalibration;
import io.github.rackfocus.sweep.LensTiming;

/** The parameters of a lens that a camera file states already, or the defaults. */
record KnownLens(LensCalibration lens) {
  /** Returns what the camera file says of the lens; the fit agrees with what stays in the file. */
  double of(Parameter parameter) {
    LensTiming timing = lens.timing();
    return switch (parameter) {
      case GAIN -> lens.powerGain();
      case OFFSET -> lens.powerOffset();
      case DEPTH_OFFSET -> lens.depthOffsetMetres();
      case SCALE -> lens.breathing().scalePerDioptre();
      case SCALE_SQUARED -> lens.breathing().scalePerSquaredDioptre();
      case SHIFT_X -> lens.breathing().shiftXPerDioptre();
      case SHIFT_Y -> lens.breathing().shiftYPerDioptre();
      case DELAY ->
          timing.clockOffsetSeconds() + (timing.lagUpSeconds() + timing.lagDownSeconds()) / 2;
      case DELAY_DIFFERENCE -> (timing.lagUpSeconds() - timing.lagDownSeconds()) / 2;
      case HYSTERESIS -> timing.hysteresisDioptres();
      case TEMPERATURE -> lens.drift().dioptresPerDegree();
      default -> 0;
    };
  }

  /** Returns the value of a parameter that is not estimated. */
  double fixed(Parameter parameter, FreeParameters chosen) {
    boolean replaced =
        // Timing is written whole, and so is breathing.
        switch (parameter) {
          case DELAY_DIFFERENCE, HYSTERESIS -> chosen.free().contains(Parameter.DELAY);
          case SCALE_SQUARED -> chosen.free().contains(Parameter.SCALE);
          default -> false;
        };
    return replaced ? 0 : of(parameter);
  }
}
