package io.github.rackfocus.calibrate;

import java.util.List;

/** Sharpness of a patch over a pass. */
final class Sharpness {
  private Sharpness() {}

  /**
   * Returns the mean sharpness of cells in each frame of a pass.
   *
   * @param cells indices of the cells
   */
  static double[] of(Recording recording, Passes.Pass pass, List<Integer> cells) {
    double[] sharpness = new double[pass.samples().size()];
    for (int i = 0; i < sharpness.length; i++) {
      float[] all = recording.frames().get(pass.first() + i).sharpness();
      double sum = 0;
      for (int cell : cells) {
        sum += all[cell];
      }
      sharpness[i] = sum / cells.size();
    }
    return sharpness;
  }

  /** Returns by how much a cell is sharper at its sharpest than at its least sharp, in a pass. */
  static double highest(Recording recording, Passes.Pass pass, int cell) {
    double least = Double.POSITIVE_INFINITY;
    double most = 0;
    for (int i = pass.first(); i < pass.end(); i++) {
      double value = recording.frames().get(i).sharpness()[cell];
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    return most - least;
  }
}
