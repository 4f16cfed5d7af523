package io.github.rackfocus.calibrate;

import java.util.List;

/** A point of a still scene, where it was in many frames. */
final class SceneFeature implements LeastSquares.Block {
  /**
   * The point in a frame.
   *
   * @param x column, pixels
   * @param y row, pixels
   */
  record Sighting(LensSample lens, double x, double y) {}

  private final List<Sighting> sightings;
  private final Noise noise;
  private final double[] place;

  /** Starts at the mean of its places. */
  SceneFeature(List<Sighting> sightings, Noise noise) {
    this.sightings = List.copyOf(sightings);
    this.noise = noise;
    this.place =
        new double[] {
          sightings.stream().mapToDouble(Sighting::x).average().orElse(0),
          sightings.stream().mapToDouble(Sighting::y).average().orElse(0)
        };
  }

  List<Sighting> sightings() {
    return sightings;
  }

  /** Its place in the reference view. */
  @Override
  public double[] local() {
    return place;
  }

  @Override
  public double[] localSteps() {
    return new double[] {1e-3, 1e-3};
  }

  @Override
  public int size() {
    return 2 * sightings.size();
  }

  @Override
  public void residuals(double[] shared, double[] local, double[] out) {
    double[] pixel = new double[2];
    int at = 0;
    for (Sighting each : sightings) {
      pixel[0] = local[0];
      pixel[1] = local[1];
      noise.breathe(shared, each.lens(), pixel);
      out[at++] = (pixel[0] - each.x()) / noise.cornerPixels;
      out[at++] = (pixel[1] - each.y()) / noise.cornerPixels;
    }
  }
}
