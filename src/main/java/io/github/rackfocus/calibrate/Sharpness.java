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
}
