package io.github.rackfocus.calibrate;

/**
 * The lens as its driver reported it for the time of a frame.
 *
 * @param stampNanos stamp of the frame
 * @param power lens power, dioptres
 * @param rate change of lens power, dioptres per second; 0 while the lens holds
 * @param celsius temperature minus the reference temperature; 0 if unknown
 */
record LensSample(long stampNanos, double power, double rate, double celsius) {
  /** Returns the focus of the optics, dioptres. */
  double focus(double[] shared) {
    double gain = Parameter.GAIN.in(shared);
    double direction = Math.signum(rate * gain);
    double delay = Parameter.DELAY.in(shared) + direction * Parameter.DELAY_DIFFERENCE.in(shared);
    return gain * (power - rate * delay)
        + Parameter.OFFSET.in(shared)
        - direction * Parameter.HYSTERESIS.in(shared)
        + Parameter.TEMPERATURE.in(shared) * celsius;
  }

  /** Returns the same moment of the sweep with another power. */
  LensSample withPower(double other) {
    return new LensSample(stampNanos, other, rate, celsius);
  }
}
