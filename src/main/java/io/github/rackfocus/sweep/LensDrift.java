package io.github.rackfocus.sweep;

/**
 * How focus at a lens power changes with the temperature of the lens.
 *
 * @param dioptresPerDegree focus gained per degree Celsius
 * @param referenceCelsius temperature at which the law between power and focus holds
 */
public record LensDrift(double dioptresPerDegree, double referenceCelsius) {
  /** Focus does not depend on temperature. */
  public static final LensDrift NONE = new LensDrift(0, 25);

  /** Checks every field; errors use the keys of camera files. */
  public LensDrift {
    LensBreathing.check("temperature_coefficient", dioptresPerDegree, -10, 10, "dioptres per °C");
    LensBreathing.check("reference_temperature", referenceCelsius, -100, 200, "°C");
  }

  /** Returns the focus to add at a temperature, dioptres; 0 if the temperature is not known. */
  public double at(double celsius) {
    return dioptresPerDegree == 0 || !Double.isFinite(celsius)
        ? 0
        : dioptresPerDegree * (celsius - referenceCelsius);
  }
}
