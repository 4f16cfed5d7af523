package io.github.rackfocus.eval;

import io.github.rackfocus.assembly.Estimators;
import io.github.rackfocus.camera.simulated.Scenario;
import io.github.rackfocus.camera.simulated.SimulatedCameraConfig;
import io.github.rackfocus.common.NativeLibraries;
import io.github.rackfocus.config.ModelConfig;
import io.github.rackfocus.depth.DepthEstimator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code filter: still} gains and costs, run by {@code bin/soak filter}: the simulated camera
 * in several scenarios and scenes, each without and with the filter on the same estimates, compared
 * with the true depth. Scenario {@code noise} is a still camera with strong noise.
 */
final class FilterSoak {
  private static final String NOISE = "noise";

  /** Strong noise: of 1,000 electrons shot noise is 3.2 % of full scale, reading adds 1.2 %. */
  private static final double NOISY_ELECTRONS = 1_000;

  private static final double NOISY_READ_ELECTRONS = 12;
  private static final double MILLIS = 1e-6;

  private FilterSoak() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments.length != 7) {
      fail(
          arguments.length
              + " arguments; expected size, frames, seeds, scenarios, scenarios with moving parts,"
              + " the speed of these parts in m/s, and the model");
      return;
    }
    Matcher size = Pattern.compile("(\\d{2,4})x(\\d{2,4})").matcher(arguments[0]);
    if (!size.matches()) {
      fail("SIZE is '" + arguments[0] + "'; expected a size such as 320x240");
      return;
    }
    SimulatedCameraConfig camera =
        SimulatedCameraConfig.DEFAULTS.withSize(
            Integer.parseInt(size.group(1)), Integer.parseInt(size.group(2)));
    int frames = Integer.parseInt(arguments[1]);
    int least = (FilterRun.WARM_UP_SWEEPS + 2) * camera.sweepFrames();
    if (frames < least || frames > 1000) {
      fail("FRAMES is " + frames + "; expected " + least + " to 1000");
      return;
    }
    NativeLibraries.loadOpenCv();
    List<FilterScores> all = new ArrayList<>();
    try (DepthEstimator estimator =
        Estimators.open(ModelConfig.DEFAULTS.overriddenBy(arguments[6], null, null, null))) {
      System.out.printf(
          Locale.ROOT,
          "%s, %d frames a run, the first %d sweeps not measured; model %s; %s, load %.1f%n",
          arguments[0],
          frames,
          FilterRun.WARM_UP_SWEEPS,
          estimator.model().name(),
          Machine.processor(),
          Machine.load());
      for (String seed : arguments[2].split(",")) {
        SimulatedCameraConfig seeded = camera.withScene(scene(Long.parseLong(seed.strip())));
        for (String name : names(arguments[3])) {
          all.addAll(run(name, seeded, frames, 0, estimator));
        }
        for (String name : names(arguments[4])) {
          all.addAll(run(name, seeded, frames, Double.parseDouble(arguments[5]), estimator));
        }
      }
    }
    print(all);
  }

  private static void fail(String message) {
    System.err.println("filter: " + message);
    System.exit(2);
  }

  private static SimulatedCameraConfig.Scene scene(long seed) {
    return new SimulatedCameraConfig.Scene(seed, 0);
  }

  private static List<String> names(String list) {
    List<String> names = new ArrayList<>();
    for (String name : list.split(",")) {
      if (!name.isBlank() && !name.strip().equals("none")) {
        names.add(name.strip());
      }
    }
    return names;
  }

  private static List<FilterScores> run(
      String name,
      SimulatedCameraConfig camera,
      int frames,
      double metresPerSecond,
      DepthEstimator estimator)
      throws InterruptedException {
    boolean noisy = name.equals(NOISE);
    Scenario scenario = noisy ? Scenario.STILL : Scenario.parse(name);
    SimulatedCameraConfig config =
        noisy
            ? camera.withSensor(
                camera
                    .sensor()
                    .withFullWellElectrons(NOISY_ELECTRONS)
                    .withReadNoiseElectrons(NOISY_READ_ELECTRONS))
            : camera;
    try (RegistrationRecording recording =
        new RegistrationRecording(scenario, config, frames, metresPerSecond, line -> {})) {
      String label = metresPerSecond > 0 ? name + ", parts move" : name;
      List<FilterScores> scores = FilterRun.of(recording, label, camera.scene().seed(), estimator);
      for (FilterScores each : scores) {
        System.err.println("  " + line(each));
      }
      return scores;
    }
  }

  private static void print(List<FilterScores> all) {
    System.out.printf(
        Locale.ROOT,
        "%n%-26s %5s %-6s %9s %7s %7s %7s %7s %7s %7s %8s %7s %7s %8s%n",
        "scenario",
        "seed",
        "filter",
        "published",
        "planes",
        "off>1",
        "in 68",
        "in 95",
        "random",
        "jitter",
        "flicker",
        "missed",
        "near",
        "finish");
    for (FilterScores each : all) {
      System.out.println(line(each));
    }
    System.out.println(
        """
        published: share of all pixels. planes: mean error of published pixels; off>1: share of
        them off by more than one plane; in 68, in 95: share of them within the stated bounds of 68
        and 95 %. random: share of the squared error, of pixels that are published in nine of ten
        maps, that changes from map to map; the rest is the same in all. jitter: standard deviation,
        from map to map, of the error of these pixels, mean, planes. flicker: share of all pixels
        that are published in one map and not in the next, or the other way round. missed: share of
        the pixels that moved in truth that are published and off by more than one plane; near:
        share of the published pixels beside these that are off by more than one. finish: time of
        filter and post-processing, median.\
        """);
  }

  private static String line(FilterScores of) {
    return String.format(
        Locale.ROOT,
        "%-26s %5d %-6s %7.2f %% %7.4f %5.2f %% %5.1f %% %5.1f %% %5.1f %% %7.4f %6.2f %%"
            + " %7s %7s %5.2f ms",
        of.name,
        of.seed,
        of.mode.key(),
        percent(of.published, of.pixels),
        of.publishedError / of.published,
        percent(of.publishedOff, of.published),
        percent(of.within68, of.published),
        percent(of.within95, of.published),
        100 * of.randomShare(),
        of.jitter(),
        percent(of.flickers, of.pixels),
        share(of.movedWrong, of.moved),
        share(of.nearWrong, of.nearPublished),
        of.finishNanos.getValueAtPercentile(50) * MILLIS);
  }

  private static String share(long part, long whole) {
    return whole == 0 ? "-" : String.format(Locale.ROOT, "%.2f %%", percent(part, whole));
  }

  private static double percent(long part, long whole) {
    return 100.0 * part / whole;
  }
}
