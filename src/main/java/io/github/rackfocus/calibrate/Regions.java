package io.github.rackfocus.calibrate;

import java.util.ArrayList;
import java.util.List;

/** Divides the images of a still recording into regions and finds when each is sharp. */
final class Regions {
  private final List<Passes.Pass> passes;
  private final List<List<SharpnessPeak>> peaks = new ArrayList<>();

  /**
   * @param across regions in a row
   * @param down regions in a column
   */
  Regions(Recording recording, double referenceCelsius, int across, int down) {
    this.passes = Passes.of(recording.frames(), referenceCelsius);
    int columns = recording.columns();
    int rows = recording.rows();
    for (int region = 0; region < across * down; region++) {
      int left = 1 + (columns - 2) * (region % across) / across;
      int right = 1 + (columns - 2) * (region % across + 1) / across;
      int top = 1 + (rows - 2) * (region / across) / down;
      int bottom = 1 + (rows - 2) * (region / across + 1) / down;
      List<Integer> cells = new ArrayList<>();
      for (int row = top; row < bottom; row++) {
        for (int column = left; column < right; column++) {
          cells.add(row * columns + column);
        }
      }
      peaks.add(cells.isEmpty() ? List.of() : peaks(recording, cells));
    }
  }

  /** The passes of the recording. */
  List<Passes.Pass> passes() {
    return passes;
  }

  /** The peaks of each region. */
  List<List<SharpnessPeak>> peaks() {
    return peaks;
  }

  private List<SharpnessPeak> peaks(Recording recording, List<Integer> cells) {
    List<SharpnessPeak> found = new ArrayList<>();
    for (Passes.Pass pass : passes) {
      SharpnessPeak peak =
          PeakFinder.find(pass.samples(), Sharpness.of(recording, pass, cells), 0, 0);
      if (peak != null) {
        found.add(peak);
      }
    }
    return found;
  }
}
