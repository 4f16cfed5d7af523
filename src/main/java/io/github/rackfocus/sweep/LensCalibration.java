package io.github.rackfocus.sweep;

/**
 * Calibration of the lens, from a camera file.
 *
 * @param powerGain {@code focus = powerGain * lensPower + powerOffset}, dioptres of focus per
 *     dioptre of lens power
 * @param powerOffset dioptres of focus at lens power 0
 * @param depthOffsetMetres {@code z = 1 / focus + depthOffset}
 * @param breathing how the image changes with focus
 * @param timing when the optics are where a reading says
 * @param drift how focus changes with temperature
 */
public record LensCalibration(
    double powerGain,
    double powerOffset,
    double depthOffsetMetres,
    LensBreathing breathing,
    LensTiming timing,
    LensDrift drift) {
  /** Focus equals lens power, and depth is its inverse. */
  public static final LensCalibration DEFAULTS = new LensCalibration(1, 0, 0);

  /** Creates the calibration of a lens without breathing, delay and drift. */
  public LensCalibration(double powerGain, double powerOffset, double depthOffsetMetres) {
    this(
        powerGain,
        powerOffset,
        depthOffsetMetres,
        LensBreathing.NONE,
        LensTiming.NONE,
        LensDrift.NONE);
  }

  /** Checks every field; errors use the keys of camera files. */
  public LensCalibration {
    if (!Double.isFinite(powerGain) || powerGain == 0) {
      throw new IllegalArgumentException(
          "power_gain is " + powerGain + "; expected a finite number other than 0");
    }
    if (!Double.isFinite(powerOffset)) {
      throw new IllegalArgumentException(
          "power_offset is " + powerOffset + "; expected a finite number of dioptres");
    }
    if (!(Math.abs(depthOffsetMetres) <= 10)) {
      throw new IllegalArgumentException(
          "depth_offset_m is " + depthOffsetMetres + "; expected -10 to 10 m");
    }
  }

  /** Returns the calibration for images that are cropped and then scaled. */
  LensCalibration mapped(double left, double top, double scaleX, double scaleY) {
    return breathing.isActive()
        ? new LensCalibration(
            powerGain,
            powerOffset,
            depthOffsetMetres,
            breathing.mapped(left, top, scaleX, scaleY),
            timing,
            drift)
        : this;
  }
}
