package io.github.rackfocus.cli;

import io.github.rackfocus.camera.simulated.Scenario;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The option of commands that use a simulated camera. */
final class ScenarioOptions {
  /** The names in a sentence; a constant, because annotations need one. */
  static final String NAMES =
      "still, breathing, hand-shake, robot-motion, hysteresis, temperature-drift, flicker,"
          + " auto-exposure, rolling-shutter, highlights, clock-offset or everything";

  @Option(
      names = "--scenario",
      paramLabel = "NAME",
      converter = Converter.class,
      description =
          "Disturbances of the simulated camera: "
              + NAMES
              + "; docs/simulator.md says what each does. Default if not configured: still.")
  private @Nullable Scenario scenario;

  /** Returns the chosen scenario, or null if none was chosen. */
  @Nullable Scenario chosen() {
    return scenario;
  }

  /** Returns the chosen scenario, by default a still camera. */
  Scenario orStill() {
    return scenario == null ? Scenario.STILL : scenario;
  }

  /** Finds a scenario by its name. */
  static final class Converter implements ITypeConverter<Scenario> {
    @Override
    public Scenario convert(String value) {
      try {
        return Scenario.parse(value);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
