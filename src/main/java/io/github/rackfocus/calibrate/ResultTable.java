package io.github.rackfocus.calibrate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A calibration as lines for people. */
public final class ResultTable {
  private ResultTable() {}

  /** Returns the table: each number with one standard error and its unit, then what is refused. */
  public static List<String> lines(CalibrationResult result) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT, "%-36s %14s   %-10s %s", "parameter", "value", "one sigma", "unit"));
    for (Estimate each : result.estimates()) {
      int decimals = decimals(each.sigma());
      lines.add(
          String.format(
              Locale.ROOT,
              "%-36s %14." + decimals + "f ± %-10." + decimals + "f %s",
              each.key(),
              each.value(),
              each.sigma(),
              each.unit()));
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "reference_focus is %.2f dioptres%s",
            result.referenceFocus(),
            result.cornerPixels() > 0
                ? String.format(Locale.ROOT, "; corners fit to %.3f px", result.cornerPixels())
                : ""));
    for (Refusal each : result.refusals()) {
      lines.add("not estimated: " + each.key() + ": " + each.reason());
    }
    result.warnings().forEach(each -> lines.add("warning: " + each));
    return lines;
  }

  /** As many decimals as show two digits of the standard error. */
  private static int decimals(double sigma) {
    if (!(sigma > 0) || Double.isInfinite(sigma)) {
      return 3;
    }
    return (int) Math.max(0, Math.min(10, 1 - Math.floor(Math.log10(sigma))));
  }
}
