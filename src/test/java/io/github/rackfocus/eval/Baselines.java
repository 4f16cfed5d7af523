package io.github.rackfocus.eval;

import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.PeakDepthEstimator;
import java.io.IOException;
import java.util.List;

/** Creates the classical baselines {@code sml} and {@code ddl}. */
public final class Baselines implements EstimatorFactory {
  private static final List<String> NAMES = List.of("sml", "ddl");

  @Override
  public DepthEstimator create(String model) throws IOException {
    return switch (model) {
      case "sml" -> PeakDepthEstimator.sml();
      case "ddl" -> PeakDepthEstimator.ddl();
      default ->
          throw new IOException(
              "baseline '"
                  + model
                  + "' does not exist; expected one of "
                  + String.join(", ", NAMES));
    };
  }

  @Override
  public List<String> names() {
    return NAMES;
  }

  @Override
  public long bytes(String model) {
    return 0;
  }
}
