package io.github.rackfocus.calibrate;

import java.util.List;

/** A patch of a still scene at an unknown distance, and the sweeps in which it was sharpest. */
final class ScenePatch implements LeastSquares.Block {
  private final List<SharpnessPeak> peaks;
  private final Noise noise;
  private final double[] vergence;

  /**
   * @param start its vergence, roughly, dioptres
   */
  ScenePatch(double start, List<SharpnessPeak> peaks, Noise noise) {
    this.peaks = List.copyOf(peaks);
    this.noise = noise;
    this.vergence = new double[] {start};
  }

  List<SharpnessPeak> peaks() {
    return peaks;
  }

  @Override
  public double[] local() {
    return vergence;
  }

  @Override
  public double[] localSteps() {
    return new double[] {1e-6};
  }

  @Override
  public int size() {
    return peaks.size();
  }

  @Override
  public void residuals(double[] shared, double[] local, double[] out) {
    for (int i = 0; i < peaks.size(); i++) {
      out[i] = noise.peakResidual(shared, peaks.get(i), local[0]);
    }
  }
}
