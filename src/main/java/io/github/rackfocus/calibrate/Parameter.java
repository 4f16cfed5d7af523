package io.github.rackfocus.calibrate;

/** What a calibration estimates: the shared unknowns of the fit, in its order. */
enum Parameter {
  FX("fx", "px", 0.1, 0),
  FY("fy", "px", 0.1, 0),
  CX("cx", "px", 0.1, 0),
  CY("cy", "px", 0.1, 0),
  K1("k1", "", 1e-4, 0),
  K2("k2", "", 1e-4, 0),
  P1("p1", "", 1e-5, 0),
  P2("p2", "", 1e-5, 0),
  K3("k3", "", 1e-4, 0.5),
  SCALE("breathing.scale_per_dioptre", "1/dpt", 1e-6, 5e-3),
  SCALE_SQUARED("breathing.scale_per_squared_dioptre", "1/dpt²", 1e-7, 2e-3),
  SHIFT_X("breathing.shift_x_per_dioptre", "px/dpt", 1e-4, 5),
  SHIFT_Y("breathing.shift_y_per_dioptre", "px/dpt", 1e-4, 5),
  GAIN("power_gain", "dpt/dpt", 1e-5, 0.2),
  OFFSET("power_offset", "dpt", 1e-5, 1),
  DELAY("clock_offset", "s", 1e-6, 0.02),
  DELAY_DIFFERENCE("lag_up", "s", 1e-6, 0.02),
  HYSTERESIS("hysteresis", "dpt", 1e-5, 0.2),
  TEMPERATURE("temperature_coefficient", "dpt/°C", 1e-6, 0.05),
  DEPTH_OFFSET("depth_offset_m", "m", 1e-6, 0.01);

  private final String key;
  private final String unit;
  private final double step;
  private final double largestSigma;

  Parameter(String key, String unit, double step, double largestSigma) {
    this.key = key;
    this.unit = unit;
    this.step = step;
    this.largestSigma = largestSigma;
  }

  /** Key in a camera file. */
  String key() {
    return key;
  }

  /** Unit for tables; empty for none. */
  String unit() {
    return unit;
  }

  /** Standard error beyond which a value is of no use; 0: any. */
  double largestSigma() {
    return largestSigma;
  }

  /** Returns the value in the shared unknowns. */
  double in(double[] shared) {
    return shared[ordinal()];
  }

  /** Steps of the central differences of all parameters. */
  static double[] steps() {
    double[] steps = new double[values().length];
    for (Parameter each : values()) {
      steps[each.ordinal()] = each.step;
    }
    return steps;
  }
}
