package io.github.rackfocus.calibrate;

/**
 * A number of the calibration.
 *
 * @param key in the camera file
 * @param value in the unit
 * @param sigma one standard error
 * @param bound95 half width of the interval that holds the truth with 95 % confidence
 * @param unit empty for none
 */
public record Estimate(String key, double value, double sigma, double bound95, String unit) {}
