package io.github.rackfocus.calibrate;

import java.util.List;

/** A plane at a distance that was measured, perpendicular to the optical axis. */
final class PlaneView implements LeastSquares.Block {
  private final double measured;
  private final double sigmaMetres;
  private final List<SharpnessPeak> peaks;
  private final Noise noise;
  private final double[] distance;

  /**
   * @param measured metres
   * @param sigmaMetres one standard error of the measurement: one tape measure, so it is the same
   *     error for all peaks of the plane
   */
  PlaneView(double measured, double sigmaMetres, List<SharpnessPeak> peaks, Noise noise) {
    this.measured = measured;
    this.sigmaMetres = sigmaMetres;
    this.peaks = List.copyOf(peaks);
    this.noise = noise;
    this.distance = new double[] {measured};
  }

  List<SharpnessPeak> peaks() {
    return peaks;
  }

  /** Vergence of the plane, dioptres. */
  double vergence(double[] shared) {
    return 1 / (distance[0] - Parameter.DEPTH_OFFSET.in(shared));
  }

  @Override
  public double[] local() {
    return distance;
  }

  @Override
  public double[] localSteps() {
    return new double[] {1e-7};
  }

  @Override
  public int size() {
    return peaks.size() + 1;
  }

  @Override
  public void residuals(double[] shared, double[] local, double[] out) {
    double vergence = 1 / (local[0] - Parameter.DEPTH_OFFSET.in(shared));
    for (int i = 0; i < peaks.size(); i++) {
      out[i] = noise.peakResidual(shared, peaks.get(i), vergence);
    }
    out[peaks.size()] = (local[0] - measured) / sigmaMetres;
  }
}
