package io.github.rackfocus.calibrate;

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

  /** Returns an estimate by its key. */
  public Optional<Estimate> find(String key) {
    return estimates.stream().filter(each -> each.key().equals(key)).findFirst();
  }

  /** Returns an estimate's value, or the default where it is not determined. */
  public double value(String key, double defaultValue) {
    return find(key).map(Estimate::value).orElse(defaultValue);
  }
}
