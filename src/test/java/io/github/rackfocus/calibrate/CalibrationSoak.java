package io.github.rackfocus.calibrate;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whether a calibration's uncertainties are true, run by {@code bin/soak calibrate}: many synthetic
 * cameras, how often the truth lies within the stated 95 % bound of every parameter, and how much
 * the error of the calibration adds to that of depth.
 */
final class CalibrationSoak {
  private CalibrationSoak() {}

  /** Counts of one parameter. */
  private static final class Count {
    int within;
    int all;
    double squares;
    double sigmas;
  }

  public static void main(String[] arguments) throws Exception {
    int seeds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 100;
    int views = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 20;
    Map<String, Count> counts = new TreeMap<>();
    double worst = 0;
    double sum = 0;
    for (int seed = 0; seed < seeds; seed++) {
      SyntheticCamera camera = new SyntheticCamera(seed, 0.1, 0.01, 2, 1);
      CalibrationResult result =
          new Calibrator(camera.observe(views), SyntheticCamera.BOARD, null, Double.NaN).result();
      for (Estimate each : result.estimates()) {
        Count count = counts.computeIfAbsent(each.key(), key -> new Count());
        double error = each.value() - camera.truth(each.key(), result.referenceFocus());
        count.all++;
        count.within += Math.abs(error) <= each.bound95() ? 1 : 0;
        count.squares += error * error;
        count.sigmas += each.sigma() * each.sigma();
      }
      double ratio = camera.depthErrorRatio(result);
      if (ratio > 1.1) {
        System.out.printf(Locale.ROOT, "seed %d: depth error ratio %.3f%n", seed, ratio);
      }
      worst = Math.max(worst, ratio);
      sum += ratio;
    }
    System.out.printf(
        Locale.ROOT,
        "%d synthetic cameras, %d views each, corners with 0.1 px of noise%n%-32s %7s %12s %12s%n",
        seeds,
        views,
        "parameter",
        "within",
        "error rms",
        "sigma rms");
    counts.forEach((key, count) ->
        System.out.printf(
            Locale.ROOT,
            "%-32s %3d/%3d %12.3g %12.3g%n",
            key,
            count.within,
            count.all,
            Math.sqrt(count.squares / count.all),
            Math.sqrt(count.sigmas / count.all)));
    System.out.printf(
        Locale.ROOT,
        "depth error relative to the true calibration's: mean %.4f, worst %.4f%n",
        sum / seeds,
        worst);
  }
}
