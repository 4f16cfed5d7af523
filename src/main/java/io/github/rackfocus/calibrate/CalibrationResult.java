package io.github.rackfocus.calibrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a recording says of a camera and its lens.
 *
 * @param width of the images, pixels
 * @param height of the images, pixels
 * @param estimates what is determined, in the order of the camera file
 * @param refusals what is not, and why
 * @param cornerPixels standard error of a position in an image, pixels; 0 without positions
 * @param referenceFocus focus at which the camera matrix holds, dioptres
 * @param referenceCelsius temperature at which the law of focus holds
 * @param peaks the law of focus at each peak of sharpness
 * @param corners where points were in images, and how far off the fit; at most a few thousand
 * @param warnings sentences on what was left out
 */
public record CalibrationResult(
    int width,
    int height,
    List<Estimate> estimates,
    List<Refusal> refusals,
    double cornerPixels,
    double referenceFocus,
    double referenceCelsius,
    List<Peak> peaks,
    List<Corner> corners,
    List<String> warnings) {
  /**
   * A peak of sharpness, for plots.
   *
   * @param power lens power that the driver reported, dioptres
   * @param direction +1 to nearer, -1 to farther, 0 holding
   * @param vergence 1 / distance of the patch, dioptres; NaN if unknown
   * @param focus focus by the calibration, dioptres
   * @param sigma one standard error of the focus, dioptres
   */
  public record Peak(double power, int direction, double vergence, double focus, double sigma) {}

  /**
   * A point in an image, for plots.
   *
   * @param x column, pixels
   * @param y row, pixels
   * @param errorX fit minus measurement, pixels
   * @param errorY fit minus measurement, pixels
   */
  public record Corner(double x, double y, double errorX, double errorY) {}

  /** Returns this result with further warnings before its own. */
  CalibrationResult withWarnings(List<String> further) {
    List<String> all = new ArrayList<>(further);
    all.addAll(warnings);
    return new CalibrationResult(
        width,
        height,
        estimates,
        refusals,
        cornerPixels,
        referenceFocus,
        referenceCelsius,
        peaks,
        corners,
        List.copyOf(all));
  }

  /** Returns an estimate by its key. */
  public Optional<Estimate> find(String key) {
    return estimates.stream().filter(each -> each.key().equals(key)).findFirst();
  }

  /** Returns an estimate's value, or the default where it is not determined. */
  public double value(String key, double defaultValue) {
    return find(key).map(Estimate::value).orElse(defaultValue);
  }
}
