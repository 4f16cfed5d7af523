package io.github.rackfocus.calibrate;

/**
 * Sums of squared residuals, each in standard errors, without those beyond five.
 *
 * @param positionSquares of columns and rows in images
 * @param peakSquares of peaks of sharpness
 * @param peaks how many peaks there are
 */
record Residuals(double positionSquares, double peakSquares, int peaks) {
  private static final double OUTLIER = 5;

  static Residuals of(Observations data, double[] shared) {
    double positions = 0;
    double peaks = 0;
    int count = 0;
    for (BoardView view : data.boards()) {
      double[] r = of(view, shared);
      positions += squares(r, 0, 2 * view.cornerCount());
      peaks += squares(r, 2 * view.cornerCount(), r.length);
      count += view.peaks().size();
    }
    for (SceneFeature feature : data.features()) {
      double[] r = of(feature, shared);
      positions += squares(r, 0, r.length);
    }
    for (PlaneView plane : data.planes()) {
      peaks += squares(of(plane, shared), 0, plane.peaks().size());
      count += plane.peaks().size();
    }
    for (ScenePatch patch : data.patches()) {
      double[] r = of(patch, shared);
      peaks += squares(r, 0, r.length);
      count += patch.peaks().size();
    }
    return new Residuals(positions, peaks, count);
  }

  private static double[] of(LeastSquares.Block block, double[] shared) {
    double[] residuals = new double[block.size()];
    block.residuals(shared, block.local(), residuals);
    return residuals;
  }

  private static double squares(double[] residuals, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      double size = Math.min(OUTLIER, Math.abs(residuals[i]));
      sum += size * size;
    }
    return sum;
  }
}
