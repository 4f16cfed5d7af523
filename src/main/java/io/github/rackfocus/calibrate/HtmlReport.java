package io.github.rackfocus.calibrate;

import io.github.rackfocus.common.OutputFiles;
import io.github.rackfocus.sweep.LensCalibration;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A calibration as one HTML page with plots, which needs nothing else to be shown. */
public final class HtmlReport {
  private static final String STYLE =
      "body{font:15px/1.45 system-ui,sans-serif;max-width:62em;margin:2em auto;padding:0 1em;"
          + "color:#1c2733}table{border-collapse:collapse}td,th{padding:.2em .8em;text-align:right;"
          + "border-bottom:1px solid #dde3ea}td:first-child,th:first-child,td:last-child"
          + "{text-align:left}svg{max-width:100%;height:auto}.w{color:#9a4a00}";

  private final CalibrationResult result;
  private final LensCalibration before;
  private final StringBuilder page = new StringBuilder();

  private HtmlReport(CalibrationResult result, LensCalibration before) {
    this.result = result;
    this.before = before;
  }

  /**
   * Writes the page.
   *
   * @param before the lens as it was known before, to compare depth with
   * @param title such as the name of the camera and its recordings
   * @throws IOException if it can't be written
   */
  public static void write(
      CalibrationResult result, LensCalibration before, String title, Path file)
      throws IOException {
    OutputFiles.write(file, new HtmlReport(result, before).html(title));
  }

  private String html(String title) {
    page.append("<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>")
        .append(escaped(title))
        .append("</title><style>")
        .append(STYLE)
        .append("</style><h1>")
        .append(escaped(title))
        .append("</h1>");
    result.warnings().forEach(each -> page.append("<p class=w>").append(escaped(each)));
    table();
    if (!result.corners().isEmpty()) {
      corners();
    }
    List<CalibrationResult.Peak> known =
        result.peaks().stream().filter(peak -> !Double.isNaN(peak.vergence())).toList();
    if (!known.isEmpty()) {
      law(known);
      depth(known);
    }
    return page.append("</html>\n").toString();
  }

  private void table() {
    page.append("<h2>Numbers</h2><table><tr><th>parameter<th>value<th>one sigma<th>unit");
    for (Estimate each : result.estimates()) {
      page.append(
          String.format(
              Locale.ROOT,
              "<tr><td>%s<td>%.7g<td>%.2g<td>%s",
              escaped(each.key()),
              each.value(),
              each.sigma(),
              escaped(each.unit())));
    }
    page.append(
        String.format(
            Locale.ROOT,
            "</table><p>The camera matrix holds at a focus of %.2f dioptres.<h2>Not estimated</h2>"
                + "<ul>",
            result.referenceFocus()));
    for (Refusal each : result.refusals()) {
      page.append("<li><b>").append(escaped(each.key())).append("</b>: ");
      page.append(escaped(each.reason()));
    }
    page.append("</ul>");
  }

  private void corners() {
    page.append("<h2>Where points were seen</h2><p>They should reach all four corners.");
    SvgPlot coverage = new SvgPlot("column, px", "row, px");
    coverage.range(0, result.width(), result.height(), 0);
    double[] x = result.corners().stream().mapToDouble(CalibrationResult.Corner::x).toArray();
    double[] y = result.corners().stream().mapToDouble(CalibrationResult.Corner::y).toArray();
    coverage.points("", x, y, 0);
    page.append(coverage.svg());
    page.append(
        String.format(
            Locale.ROOT,
            "<h2>Residuals in the image</h2><p>Round and without structure; one sigma is %.3f px.",
            result.cornerPixels()));
    SvgPlot residuals = new SvgPlot("fit minus column, px", "fit minus row, px");
    double reach = 5 * result.cornerPixels();
    residuals.range(-reach, reach, -reach, reach);
    residuals.points(
        "",
        result.corners().stream().mapToDouble(CalibrationResult.Corner::errorX).toArray(),
        result.corners().stream().mapToDouble(CalibrationResult.Corner::errorY).toArray(),
        0);
    page.append(residuals.svg());
  }

  private void law(List<CalibrationResult.Peak> peaks) {
    page.append("<h2>Law of focus</h2><p>Vergence of what was sharp over the driver's lens power.");
    SvgPlot law = new SvgPlot("lens power, dioptres", "1 / distance, dioptres");
    byDirection(peaks, law, false);
    page.append(law.svg());
    page.append("<h2>Residuals of the law</h2><p>Without slope or curve; both directions alike.");
    SvgPlot residuals = new SvgPlot("1 / distance, dioptres", "focus minus 1 / distance, dioptres");
    byDirection(peaks, residuals, true);
    page.append(residuals.svg());
  }

  private static void byDirection(
      List<CalibrationResult.Peak> peaks, SvgPlot plot, boolean residual) {
    String[] names = {"to farther", "holding", "to nearer"};
    for (int direction = -1; direction <= 1; direction++) {
      List<double[]> points = new ArrayList<>();
      for (CalibrationResult.Peak peak : peaks) {
        if (peak.direction() == direction) {
          points.add(
              residual
                  ? new double[] {peak.vergence(), peak.focus() - peak.vergence()}
                  : new double[] {peak.power(), peak.vergence()});
        }
      }
      if (!points.isEmpty()) {
        plot.points(
            names[direction + 1],
            points.stream().mapToDouble(each -> each[0]).toArray(),
            points.stream().mapToDouble(each -> each[1]).toArray(),
            direction + 1);
      }
    }
  }

  private void depth(List<CalibrationResult.Peak> peaks) {
    double[] distance = peaks.stream().mapToDouble(peak -> 1 / peak.vergence()).toArray();
    double[] was = new double[distance.length];
    double[] is = new double[distance.length];
    double squaresWas = 0;
    double squaresIs = 0;
    for (int i = 0; i < distance.length; i++) {
      CalibrationResult.Peak peak = peaks.get(i);
      double focus = before.powerGain() * peak.power() + before.powerOffset();
      // Beyond infinity there is no depth; it is shown as an error of 100 %.
      was[i] = focus > 0 ? Math.min(100, 100 * (peak.vergence() / focus - 1)) : 100;
      is[i] = 100 * (peak.vergence() / peak.focus() - 1);
      squaresWas += was[i] * was[i];
      squaresIs += is[i] * is[i];
    }
    page.append(
        String.format(
            Locale.ROOT,
            "<h2>Depth before and after</h2><p>Root mean square error at the peaks: %.2f %% before,"
                + " %.2f %% after.",
            Math.sqrt(squaresWas / was.length),
            Math.sqrt(squaresIs / is.length)));
    SvgPlot plot = new SvgPlot("distance, m", "error of depth, %");
    plot.points("before", distance, was, 0);
    plot.points("after", distance, is, 2);
    page.append(plot.svg());
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
  }
}
