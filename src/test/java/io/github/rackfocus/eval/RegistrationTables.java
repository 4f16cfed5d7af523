package io.github.rackfocus.eval;

import io.github.rackfocus.depth.Validity;
import io.github.rackfocus.registration.RegistrationMode;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Prints the results of {@link RegistrationSoak} as tables. */
final class RegistrationTables {
  private static final double MILLIS = 1e-6;

  private final PrintStream out;

  RegistrationTables(PrintStream out) {
    this.out = out;
  }

  /**
   * Prints errors against the truth.
   *
   * @param still error of published pixels that ratios refer to, planes; NaN if not measured
   */
  void printErrors(List<RegistrationScores> runs, double still) {
    out.println();
    out.println("Depth and registration against the truth");
    print(
        "%-28s %-5s %5s %9s %9s %7s %7s %7s %7s %7s %8s %6s %7s%n",
        "scenario",
        "",
        "maps",
        "published",
        "planes",
        "ratio",
        "all",
        "off>1",
        "px",
        "px p95",
        "rejected",
        "keyfr.",
        "trust");
    for (RegistrationScores run : runs) {
      print(
          "%-28s %-5s %5d %7.1f %% %9.4f %7s %7.4f %5.2f %% %6.3f %7.3f %8d %6d %7.2f%s%n",
          run.name,
          run.mode.key(),
          run.maps,
          percent(run.published, run.pixels),
          run.publishedPlanes(),
          ratio(run.publishedPlanes(), still),
          run.planes(),
          percent(run.publishedOff, run.published),
          run.meanMisregistration(),
          run.highMisregistration(),
          run.notPlaced,
          run.keyframes,
          run.trust / run.maps,
          run.restarts == 0 ? "" : "  restarted " + run.restarts + " times");
    }
    out.println(
        """
        published: share of all pixels. planes: mean error of published pixels; ratio: that
        divided by the one of scenario still with registration off, if that was run; all: mean
        error of all pixels, published or not. off>1: share of published pixels off by more than
        one plane. px: mean distance, and its 95th percentile, between where registration puts
        points of the newest image in the other frames and where they are, at points at most one
        plane out of focus; with registration off, the motion itself. rejected: frames, and
        keyfr.: keyframes, from the first frame on. trust: mean of depth/info's motion trust.\
        """);
  }

  /** Prints the share of each validity code. */
  void printCodes(List<RegistrationScores> runs) {
    out.println();
    out.println("Pixels by validity code, % of all");
    print("%-28s %-5s", "scenario", "");
    for (int code = 0; code < Validity.count(); code++) {
      print(" %" + width(code) + "s", Validity.of(code).key());
    }
    out.println();
    for (RegistrationScores run : runs) {
      print("%-28s %-5s", run.name, run.mode.key());
      for (int code = 0; code < Validity.count(); code++) {
        print(" %" + width(code) + ".2f", percent(run.codes[code], run.pixels));
      }
      out.println();
    }
  }

  /** Prints the validity codes against what is true of the pixels. */
  void printConfusion(List<RegistrationScores> runs) {
    out.println();
    out.println(
        "Validity codes against the truth, % of all pixels: right or off by more than a plane,"
            + " nearer than or beyond the sweep by half a plane, moved");
    print("%-28s %-5s %-7s", "scenario", "", "truth");
    for (int code = 0; code < Validity.count(); code++) {
      print(" %" + width(code) + "s", Validity.of(code).key());
    }
    out.println();
    for (RegistrationScores run : runs) {
      for (PixelTruth truth : PixelTruth.values()) {
        long[] row = run.confusion[truth.ordinal()];
        if (Arrays.stream(row).sum() == 0) {
          continue;
        }
        print("%-28s %-5s %-7s", run.name, run.mode.key(), truth.label());
        for (int code = 0; code < Validity.count(); code++) {
          print(" %" + width(code) + ".2f", percent(row[code], run.pixels));
        }
        out.println();
      }
    }
  }

  /** Prints what was marked as moved though it stood still. */
  void printFalseMotion(List<RegistrationScores> runs) {
    out.println();
    out.println("Pixels marked as moved in scenes in which nothing moves");
    print("%-16s %-5s %8s%n", "scenario", "", "false");
    for (RegistrationScores run : runs) {
      print("%-16s %-5s %6.2f %%%n", run.name, run.mode.key(), percent(run.stillMarked, run.still));
    }
  }

  /** Prints how well moving parts are recognised. */
  void printMotion(List<RegistrationScores> runs) {
    out.println();
    out.println("Pixels marked as moved in scenes with moving parts");
    print(
        "%-28s %-5s %7s %8s %7s %8s %8s %9s %7s%n",
        "scenario", "", "still", "false", "moved", "marked", "missed", "published", "planes");
    for (RegistrationScores run : runs) {
      print(
          "%-28s %-5s %5.1f %% %6.2f %% %5.1f %% %6.1f %% %6.1f %% %7.1f %% %7.4f%n",
          run.name,
          run.mode.key(),
          percent(run.still, run.pixels),
          percent(run.stillMarked, run.still),
          percent(run.moved, run.pixels),
          percent(run.movedMarked, run.moved),
          percent(run.movedWrong, run.moved),
          percent(run.published, run.pixels),
          run.publishedPlanes());
    }
    out.println(
        """
        moved: pixels whose surface is not the same, or a moving part displaced by more than a
        pixel, between the newest frame, the frame of the plane nearest to the true depth, and the
        frame one sweep before that, motion of the camera aside; share of all pixels. marked:
        share of these with validity moved. missed: share of these that are published and off by
        more than one plane. still: pixels farther than two cells of 8 pixels and its blur from
        where any moving part was seen in the last two sweeps, share of all. false: share of these
        with validity moved. planes: mean error of published pixels.\
        """);
  }

  /** Prints times and garbage. Each run follows the one of the same frames without registration. */
  void printCosts(List<RegistrationScores> runs) {
    out.println();
    out.println("Time and garbage of a frame");
    print(
        "%-28s %-5s %9s %9s %9s %9s %9s %8s %8s %6s%n",
        "scenario",
        "",
        "stack",
        "stack p99",
        "finish",
        "fin. p99",
        "estimator",
        "of a map",
        "added",
        "bytes");
    RegistrationScores off = runs.get(0);
    for (RegistrationScores run : runs) {
      off = run.mode == RegistrationMode.OFF ? run : off;
      double map = millis(run.estimateNanos, 50);
      double added =
          millis(run.stackNanos, 50)
              + millis(run.finishNanos, 50)
              - millis(off.stackNanos, 50)
              - millis(off.finishNanos, 50);
      print(
          "%-28s %-5s %6.2f ms %6.2f ms %6.2f ms %6.2f ms %6.2f ms %6.1f %% %6.1f %% %6.0f%n",
          run.name,
          run.mode.key(),
          millis(run.stackNanos, 50),
          millis(run.stackNanos, 99),
          millis(run.finishNanos, 50),
          millis(run.finishNanos, 99),
          map,
          100 * millis(run.stackNanos, 50) / map,
          100 * added / map,
          (double) run.allocatedBytes / run.stackNanos.getTotalCount());
    }
    out.println(
        """
        stack: RollingFocalStack.offer and takeStack, in which frames are registered and compared
        for motion. finish: DepthPostProcessor.finish, which warps the map into the newest view.
        estimator: the model. Medians, and 99th percentiles, of fewer than 100 frames the longest.
        of a map: stack in % of the estimator. added: by how much stack and finish together are
        longer than with registration off, in % of the estimator. bytes: Java heap allocated by
        offer and takeStack, mean of all frames. Times of one run can be compared; trust their
        ratios.\
        """);
  }

  private static String ratio(double value, double of) {
    return Double.isNaN(of) ? "-" : String.format(Locale.ROOT, "%.2f", value / of);
  }

  private void print(String format, Object... values) {
    out.print(String.format(Locale.ROOT, format, values));
  }

  private static int width(int code) {
    return Math.max(6, Validity.of(code).key().length());
  }

  private static double percent(long part, long whole) {
    return 100.0 * part / whole;
  }

  private static double millis(Histogram histogram, double percentile) {
    return histogram.getValueAtPercentile(percentile) * MILLIS;
  }
}
