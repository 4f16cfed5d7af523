package io.github.rackfocus.eval;

import io.github.rackfocus.assembly.Estimators;
import io.github.rackfocus.camera.simulated.Scenario;
import io.github.rackfocus.camera.simulated.SimulatedCameraConfig;
import io.github.rackfocus.common.NativeLibraries;
import io.github.rackfocus.common.NumberFormats;
import io.github.rackfocus.config.ModelConfig;
import io.github.rackfocus.depth.DepthEngine;
import io.github.rackfocus.depth.DepthPostProcessor;
import io.github.rackfocus.depth.ValidityThresholds;
import io.github.rackfocus.registration.RegistrationMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What registration gains and costs, run by {@code bin/soak registration}: the simulated camera in
 * several scenarios, each with registration off and auto on the same pixels, compared with the true
 * depth, the true motion and, where parts of the scene move, with what moved in truth ({@link
 * MovedTruth}). {@link RegistrationTables} explains each column.
 */
final class RegistrationSoak {
  private static final List<RegistrationMode> MODES =
      List.of(RegistrationMode.OFF, RegistrationMode.AUTO);
  private static final int MIN_FRAMES = 80;
  private static final int MAX_FRAMES = 1000;
  private static final int COMPILED_AFTER = 80;

  /**
   * @param width of the images, pixels
   * @param height of the images, pixels
   * @param frames of each run, with those of the warm-up
   * @param scenarios in which nothing moves but the camera
   * @param moving scenarios to which moving parts are added
   * @param partsMetresPerSecond top speed of these parts
   */
  private record Options(
      int width,
      int height,
      int frames,
      List<Scenario> scenarios,
      List<Scenario> moving,
      double partsMetresPerSecond) {}

  private RegistrationSoak() {}

  public static void main(String[] arguments) throws Exception {
    Options options;
    try {
      options = parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println("registration: " + e.getMessage());
      System.exit(2);
      return;
    }
    NativeLibraries.loadOpenCv();
    try (DepthEngine engine =
        new DepthEngine(
            Estimators.open(ModelConfig.DEFAULTS),
            new DepthPostProcessor(ValidityThresholds.DEFAULTS),
            1,
            System::nanoTime)) {
      System.out.printf(
          Locale.ROOT,
          "%d x %d, %d frames a run, the first %d sweeps not measured; model %s; %s, load %.1f%n",
          options.width(),
          options.height(),
          options.frames(),
          RegistrationRun.WARM_UP_SWEEPS,
          engine.estimator().model().name(),
          Machine.processor(),
          Machine.load());
      warmUp(options, engine);
      List<RegistrationScores> runs = run(options, options.scenarios(), 0, engine);
      List<RegistrationScores> moving =
          run(options, options.moving(), options.partsMetresPerSecond(), engine);
      print(runs, moving, options.partsMetresPerSecond());
    }
  }

  private static void print(
      List<RegistrationScores> runs, List<RegistrationScores> moving, double metresPerSecond) {
    RegistrationTables tables = new RegistrationTables(System.out);
    List<RegistrationScores> all = new ArrayList<>(runs);
    all.addAll(moving);
    tables.printErrors(all, still(runs));
    tables.printCodes(all);
    tables.printConfusion(all);
    if (!runs.isEmpty()) {
      tables.printFalseMotion(runs);
    }
    if (!moving.isEmpty()) {
      tables.printMotion(moving);
      System.out.printf(Locale.ROOT, "Top speed of the parts: %.3f m/s.%n", metresPerSecond);
    }
    tables.printCosts(all);
  }

  private static double still(List<RegistrationScores> runs) {
    for (RegistrationScores run : runs) {
      if (run.name.equals(Scenario.STILL.label()) && run.mode == RegistrationMode.OFF) {
        return run.publishedPlanes();
      }
    }
    return Double.NaN;
  }

  /** Runs all that is measured until it is compiled, on frames that are quick to render. */
  private static void warmUp(Options options, DepthEngine engine) throws InterruptedException {
    progress("warming up");
    try (RegistrationRecording recording =
        new RegistrationRecording(
            Scenario.BREATHING,
            options.width(),
            options.height(),
            COMPILED_AFTER,
            0,
            RegistrationSoak::progress)) {
      for (RegistrationMode mode : MODES) {
        RegistrationRun.of(recording, mode, engine);
      }
    }
  }

  private static List<RegistrationScores> run(
      Options options, List<Scenario> scenarios, double metresPerSecond, DepthEngine engine)
      throws InterruptedException {
    List<RegistrationScores> runs = new ArrayList<>();
    for (Scenario scenario : scenarios) {
      try (RegistrationRecording recording =
          new RegistrationRecording(
              scenario,
              options.width(),
              options.height(),
              options.frames(),
              metresPerSecond,
              RegistrationSoak::progress)) {
        for (RegistrationMode mode : MODES) {
          RegistrationScores run = RegistrationRun.of(recording, mode, engine);
          progress(
              String.format(
                  Locale.ROOT,
                  "%s, %s: %d maps, error %.3f planes, registration %.2f px",
                  recording.name(),
                  mode.key(),
                  run.maps,
                  run.publishedPlanes(),
                  run.meanMisregistration()));
          runs.add(run);
        }
      }
    }
    return runs;
  }

  private static void progress(String line) {
    System.err.println("  " + line);
  }

  private static Options parse(String[] arguments) {
    if (arguments.length != 5) {
      throw new IllegalArgumentException(
          arguments.length
              + " arguments; expected size, frames, scenarios, scenarios with moving parts, and"
              + " the speed of these parts in m/s");
    }
    Matcher size = Pattern.compile("(\\d{2,4})x(\\d{2,4})").matcher(arguments[0]);
    if (!size.matches()) {
      throw new IllegalArgumentException(
          "SIZE is '" + arguments[0] + "'; expected a size such as 320x240");
    }
    int width = Integer.parseInt(size.group(1));
    int height = Integer.parseInt(size.group(2));
    SimulatedCameraConfig.DEFAULTS.withSize(width, height); // Refuses sizes out of range.
    double speed = number("PARTS_SPEED", arguments[4], 0.001, 10);
    List<Scenario> scenarios = scenarios(arguments[2]);
    List<Scenario> moving = scenarios(arguments[3]);
    if (scenarios.isEmpty() && moving.isEmpty()) {
      throw new IllegalArgumentException(
          "SCENARIOS and MOVING name no scenario; expected at least one, such as still");
    }
    return new Options(
        width,
        height,
        (int) number("FRAMES", arguments[1], MIN_FRAMES, MAX_FRAMES),
        scenarios,
        moving,
        speed);
  }

  private static double number(String name, String text, double least, double most) {
    double value;
    try {
      value = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      value = Double.NaN;
    }
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          name
              + " is '"
              + text
              + "'; expected a number from "
              + NumberFormats.plain(least)
              + " to "
              + NumberFormats.plain(most));
    }
    return value;
  }

  private static List<Scenario> scenarios(String labels) {
    List<Scenario> scenarios = new ArrayList<>();
    for (String label : labels.split(",")) {
      if (!label.isBlank() && !label.strip().equals("none")) {
        scenarios.add(Scenario.parse(label.strip()));
      }
    }
    return scenarios;
  }
}
