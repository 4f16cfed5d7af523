package io.github.rackfocus.frame;

/**
 * State of the lens while a frame was exposed.
 *
 * @param focus vergence of the object plane in focus, dioptres (or signed index, see {@link
 *     FocusScale}); larger is nearer; {@code NaN} unknown
 * @param lensPowerDioptres what the driver reported; may be negative; {@code NaN} unknown
 * @param settled whether the lens was still enough for the frame to be used
 * @param temperatureCelsius of the lens; {@code NaN} unknown
 * @param direction +1 moving to nearer, -1 to farther, 0 holding or unknown
 */
public record FocusReading(
    double focus,
    double lensPowerDioptres,
    boolean settled,
    float temperatureCelsius,
    int direction) {

  /** No reading: what a frame carries until the matcher assigns one. */
  public static final FocusReading NONE =
      new FocusReading(Double.NaN, Double.NaN, false, Float.NaN, 0);

  /** Returns a settled reading of which only the focus is known. */
  public static FocusReading at(double focus) {
    return new FocusReading(focus, Double.NaN, true, Float.NaN, 0);
  }

  /** Whether the focus is known. */
  public boolean isKnown() {
    return !Double.isNaN(focus);
  }
}
