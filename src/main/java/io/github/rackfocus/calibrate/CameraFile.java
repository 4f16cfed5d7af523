package io.github.rackfocus.calibrate;

import io.github.rackfocus.common.OutputFiles;
import io.github.rackfocus.sweep.CalibrationFile;
import io.github.rackfocus.sweep.CameraCalibration;
import io.github.rackfocus.sweep.LensBreathing;
import io.github.rackfocus.sweep.LensCalibration;
import io.github.rackfocus.sweep.LensTiming;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Writes a calibration as the camera file that the node reads. */
public final class CameraFile {
  private final CalibrationResult result;
  private final @Nullable CameraCalibration known;
  private final StringBuilder text = new StringBuilder();

  private CameraFile(CalibrationResult result, @Nullable CameraCalibration known) {
    this.result = result;
    this.known = known;
  }

  /**
   * Writes the file, replacing an older one at once, and reads it back.
   *
   * @param name of the camera
   * @param known the camera file that was given: what was not estimated is taken from it
   * @param origin what the calibration was made of, for a comment
   * @throws IOException if there is no camera matrix, or the file can't be written
   */
  public static void write(
      CalibrationResult result,
      @Nullable CameraCalibration known,
      String name,
      String origin,
      Path file)
      throws IOException {
    if (known == null && result.find("fx").isEmpty()) {
      throw new IOException(
          file
              + ": is not written, since the camera matrix is not known; expected a recording of a"
              + " board, or a camera file (--camera)");
    }
    String text = new CameraFile(result, known).yaml(name, origin);
    Path parent = file.toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      OutputFiles.write(part, text);
      CalibrationFile.read(part);
      try {
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      } catch (AtomicMoveNotSupportedException e) {
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private String yaml(String name, String origin) {
    text.append("# Written by rackfocus calibrate from ")
        .append(oneLine(origin))
        .append("\n# KEY_sigma is one standard error of KEY.\n");
    text.append("image_width: ").append(result.width()).append('\n');
    text.append("image_height: ").append(result.height()).append('\n');
    text.append("camera_name: '").append(name.replace("'", "''")).append("'\n");
    double[] k = known == null ? new double[] {1, 0, 0, 0, 1, 0, 0, 0, 1} : known.camera();
    k[0] = result.value("fx", k[0]);
    k[4] = result.value("fy", k[4]);
    k[2] = result.value("cx", k[2]);
    k[5] = result.value("cy", k[5]);
    for (String key : new String[] {"fx", "fy", "cx", "cy", "k1", "k2", "p1", "p2", "k3"}) {
      result
          .find(key)
          .ifPresent(each ->
              text.append(
                      String.format(
                          Locale.ROOT, "# %s: %.6g, sigma %.2g", key, each.value(), each.sigma()))
                  .append('\n'));
    }
    matrix("camera_matrix", 3, 3, k);
    boolean estimated = result.find("fx").isPresent();
    double[] distortion = new double[5];
    if (estimated) {
      String[] keys = {"k1", "k2", "p1", "p2", "k3"};
      for (int i = 0; i < keys.length; i++) {
        distortion[i] = result.value(keys[i], 0);
      }
    }
    if (known == null || estimated) {
      text.append("distortion_model: plumb_bob\n");
      matrix("distortion_coefficients", 1, 5, distortion);
      matrix("rectification_matrix", 3, 3, new double[] {1, 0, 0, 0, 1, 0, 0, 0, 1});
      matrix(
          "projection_matrix", 3, 4, new double[] {k[0], 0, k[2], 0, 0, k[4], k[5], 0, 0, 0, 1, 0});
    } else {
      text.append("distortion_model: ").append(known.model().key()).append('\n');
      double[] given = known.distortion();
      if (given.length > 0) {
        matrix("distortion_coefficients", 1, given.length, given);
      }
      matrix("rectification_matrix", 3, 3, known.rectification());
      matrix("projection_matrix", 3, 4, known.projection());
    }
    lens();
    for (Refusal each : result.refusals()) {
      text.append("# ").append(each.key()).append(" is not estimated: ");
      text.append(oneLine(each.reason())).append('\n');
    }
    return text.toString();
  }

  /** For a comment, which ends with its line. */
  private static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}", " ");
  }

  private void lens() {
    LensCalibration given = known == null ? LensCalibration.DEFAULTS : known.lens();
    number("", "power_gain", given.powerGain());
    number("", "power_offset", given.powerOffset());
    number("", "depth_offset_m", given.depthOffsetMetres());
    boolean breathes = result.find("breathing.scale_per_dioptre").isPresent();
    LensBreathing breathing = given.breathing();
    if (breathes || result.find("fx").isPresent() || breathing.referenceFocus() != 0) {
      boolean own = breathes || result.find("fx").isPresent();
      text.append(
              String.format(
                  Locale.ROOT,
                  "reference_focus: %.6g",
                  own ? result.referenceFocus() : breathing.referenceFocus()))
          .append('\n');
      text.append("breathing:\n");
      breathing("scale_per_dioptre", breathes ? null : breathing, LensBreathing::scalePerDioptre);
      breathing(
          "scale_per_squared_dioptre",
          breathes ? null : breathing,
          LensBreathing::scalePerSquaredDioptre);
      breathing(
          "shift_x_per_dioptre", breathes ? null : breathing, LensBreathing::shiftXPerDioptre);
      breathing(
          "shift_y_per_dioptre", breathes ? null : breathing, LensBreathing::shiftYPerDioptre);
    }
    // Lags of one recording and a clock offset of another don't add up: all or none.
    boolean timed = result.find("lag_up").isPresent() || result.find("clock_offset").isPresent();
    LensTiming timing = timed ? LensTiming.NONE : given.timing();
    number("", "lag_up", timing.lagUpSeconds());
    number("", "lag_down", timing.lagDownSeconds());
    number("", "clock_offset", timing.clockOffsetSeconds());
    number("", "hysteresis", timing.hysteresisDioptres());
    boolean drifts = result.find("temperature_coefficient").isPresent();
    number("", "temperature_coefficient", given.drift().dioptresPerDegree());
    text.append(
            String.format(
                Locale.ROOT,
                "reference_temperature: %.6g",
                drifts || given.drift().dioptresPerDegree() == 0
                    ? result.referenceCelsius()
                    : given.drift().referenceCelsius()))
        .append('\n');
  }

  private void breathing(
      String key, @Nullable LensBreathing given, ToDoubleFunction<LensBreathing> number) {
    number("breathing.", key, given == null ? 0 : number.applyAsDouble(given));
  }

  private void number(String section, String key, double given) {
    String indent = section.isEmpty() ? "" : "  ";
    double value = result.value(section + key, given);
    text.append(String.format(Locale.ROOT, "%s%s: %.10g", indent, key, value)).append('\n');
    result
        .find(section + key)
        .ifPresent(each ->
            text.append(String.format(Locale.ROOT, "%s%s_sigma: %.3g", indent, key, each.sigma()))
                .append('\n'));
  }

  private void matrix(String key, int rows, int columns, double[] numbers) {
    text.append(key).append(":\n  rows: ").append(rows).append("\n  cols: ").append(columns);
    text.append("\n  data: [");
    for (int i = 0; i < numbers.length; i++) {
      text.append(i == 0 ? "" : ", ").append(String.format(Locale.ROOT, "%.12g", numbers[i]));
    }
    text.append("]\n");
  }
}
