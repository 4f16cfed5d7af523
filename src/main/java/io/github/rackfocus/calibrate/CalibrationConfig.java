package io.github.rackfocus.calibrate;

import io.github.rackfocus.sweep.CameraCalibration;
import io.soabase.recordbuilder.core.RecordBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Configures a calibration.
 *
 * @param board that is shown
 * @param known a camera file; what is not estimated is taken from it; null if there is none
 * @param referenceFocus focus at which the camera matrix shall hold, dioptres; NaN: the middle of
 *     the sweep
 * @param movesWithoutDirection whether the lens moves between readings that have no direction
 * @param planeSigmaMetres one standard error of the distances of planes
 */
@RecordBuilder
public record CalibrationConfig(
    BoardConfig board,
    @Nullable CameraCalibration known,
    double referenceFocus,
    boolean movesWithoutDirection,
    double planeSigmaMetres)
    implements CalibrationConfigBuilder.With {
  /** The default board, nothing known, distances measured to a millimetre. */
  public static final CalibrationConfig DEFAULTS =
      new CalibrationConfig(BoardConfig.DEFAULTS, null, Double.NaN, false, 0.001);

  /** Checks every field; a fault says what was found and what is expected. */
  public CalibrationConfig {
    if (!Double.isNaN(referenceFocus) && !(referenceFocus >= 0 && referenceFocus <= 1000)) {
      throw new IllegalArgumentException(
          "the reference focus is " + referenceFocus + "; expected 0 to 1000 dioptres");
    }
    if (!(planeSigmaMetres > 0 && planeSigmaMetres <= 1)) {
      throw new IllegalArgumentException(
          "the error of distances is " + planeSigmaMetres + " m; expected more than 0, at most 1");
    }
  }
}
