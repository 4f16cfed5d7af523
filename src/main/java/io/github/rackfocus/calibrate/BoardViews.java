package io.github.rackfocus.calibrate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the stretches of a recording in which the board was held still, and what they show. */
final class BoardViews {
  /** Corners of a board at rest move less between two frames: breathing moves them too. */
  private static final double STILL_PIXELS = 3;

  private static final double STILL_SHARE_OF_WIDTH = 0.006;

  private static final int FEWEST_FRAMES = 3;
  private static final int PATCHES_X = 4;
  private static final int PATCHES_Y = 3;
  private static final int FEWEST_CELLS = 4;

  private final Recording recording;
  private final BoardConfig board;
  private final Noise noise;
  private final List<Passes.Pass> passes;
  private final List<BoardView> views = new ArrayList<>();
  private int seen;
  private int moving;

  BoardViews(Recording recording, BoardConfig board, double referenceCelsius, Noise noise) {
    this.recording = recording;
    this.board = board;
    this.noise = noise;
    this.passes = Passes.of(recording.frames(), referenceCelsius);
    find();
  }

  /** The views. */
  List<BoardView> views() {
    return views;
  }

  /** Frames in which the board was found. */
  int seen() {
    return seen;
  }

  /** Frames in which the board was found, but moved or was not held for a pass. */
  int moving() {
    return moving;
  }

  private void find() {
    List<FrameRecord> frames = recording.frames();
    List<Integer> run = new ArrayList<>();
    for (int i = 0; i < frames.size(); i++) {
      if (frames.get(i).corners().length == 0) {
        continue;
      }
      seen++;
      if (!run.isEmpty() && moved(frames.get(run.get(run.size() - 1)), frames.get(i))) {
        view(run, i);
        run.clear();
      }
      run.add(i);
    }
    view(run, frames.size());
  }

  /**
   * @param run frames of one view that show the board
   * @param next the first frame that shows another view, or the number of frames
   */
  private void view(List<Integer> run, int next) {
    if (run.size() < FEWEST_FRAMES) {
      moving += run.size();
      return;
    }
    int first = run.get(0);
    double @Nullable [] homography = homography(run);
    List<BoardView.Corners> corners = new ArrayList<>();
    List<SharpnessPeak> peaks = new ArrayList<>();
    int before = previousEnd(first);
    for (Passes.Pass pass : passes) {
      for (int i = Math.max(pass.first(), first); i < Math.min(pass.end(), next); i++) {
        FrameRecord frame = recording.frames().get(i);
        if (frame.corners().length > 0) {
          corners.add(
              new BoardView.Corners(
                  pass.samples().get(i - pass.first()), frame.corners(), frame.pixels()));
        }
      }
      // Only a pass within the view: frames of another view would be compared with it.
      if (homography != null && pass.first() >= before && pass.end() <= next) {
        peaks.addAll(peaks(pass, homography));
      }
    }
    if (corners.size() >= FEWEST_FRAMES) {
      views.add(new BoardView(board, corners, peaks, noise));
    } else {
      moving += run.size();
    }
  }

  /** Returns the frame after the last one before an index that shows the board. */
  private int previousEnd(int index) {
    int i = index;
    while (i > 0 && recording.frames().get(i - 1).corners().length == 0) {
      i--;
    }
    return i;
  }

  private boolean moved(FrameRecord from, FrameRecord to) {
    double[] distances = new double[from.corners().length];
    int count = 0;
    for (int i = 0; i < from.corners().length; i++) {
      int j = Arrays.binarySearch(to.corners(), from.corners()[i]);
      if (j >= 0) {
        distances[count++] =
            Math.hypot(
                from.pixels()[2 * i] - to.pixels()[2 * j],
                from.pixels()[2 * i + 1] - to.pixels()[2 * j + 1]);
      }
    }
    if (count < FEWEST_CELLS) {
      return true;
    }
    Arrays.sort(distances, 0, count);
    return distances[count / 2] > Math.max(STILL_PIXELS, STILL_SHARE_OF_WIDTH * recording.width());
  }

  /** Returns the homography from pixels to the board in metres, by the corners' mean places. */
  private double @Nullable [] homography(List<Integer> run) {
    double[] sums = new double[2 * board.corners()];
    int[] counts = new int[board.corners()];
    for (int index : run) {
      FrameRecord frame = recording.frames().get(index);
      for (int i = 0; i < frame.corners().length; i++) {
        int corner = frame.corners()[i];
        sums[2 * corner] += frame.pixels()[2 * i];
        sums[2 * corner + 1] += frame.pixels()[2 * i + 1];
        counts[corner]++;
      }
    }
    List<double[]> pairs = new ArrayList<>();
    for (int corner = 0; corner < counts.length; corner++) {
      if (counts[corner] > 0) {
        pairs.add(
            new double[] {
              sums[2 * corner] / counts[corner],
              sums[2 * corner + 1] / counts[corner],
              board.cornerX(corner),
              board.cornerY(corner)
            });
      }
    }
    return Homography.fit(pairs);
  }

  private List<SharpnessPeak> peaks(Passes.Pass pass, double[] homography) {
    int patches = PATCHES_X * PATCHES_Y;
    List<List<Integer>> cells = new ArrayList<>();
    double[] sums = new double[patches];
    double[] sumX = new double[patches];
    double[] sumY = new double[patches];
    for (int patch = 0; patch < patches; patch++) {
      cells.add(new ArrayList<>());
    }
    double margin = 0.5 * board.squareMillimetres() / 1000;
    double width = board.squaresX() * board.squareMillimetres() / 1000;
    double height = board.squaresY() * board.squareMillimetres() / 1000;
    int rows = recording.rows();
    // Cells at the image's edge are cut, and lose texture when the image breathes.
    for (int row = 1; row < rows - 1; row++) {
      for (int column = 1; column < recording.columns() - 1; column++) {
        double[] at =
            Homography.map(
                homography,
                Recording.cellCentre(column, recording.columns(), recording.width()),
                Recording.cellCentre(row, rows, recording.height()));
        if (at[0] > margin && at[0] < width - margin && at[1] > margin && at[1] < height - margin) {
          int patch =
              (int) (at[1] / height * PATCHES_Y) * PATCHES_X + (int) (at[0] / width * PATCHES_X);
          int cell = row * recording.columns() + column;
          // The patch is where its texture is: that is what becomes sharp.
          double weight = Sharpness.highest(recording, pass, cell);
          cells.get(patch).add(cell);
          sums[patch] += weight;
          sumX[patch] += weight * at[0];
          sumY[patch] += weight * at[1];
        }
      }
    }
    List<SharpnessPeak> peaks = new ArrayList<>();
    for (int patch = 0; patch < patches; patch++) {
      int count = cells.get(patch).size();
      if (count >= FEWEST_CELLS && sums[patch] > 0) {
        double[] sharpness = Sharpness.of(recording, pass, cells.get(patch));
        SharpnessPeak peak =
            PeakFinder.find(
                pass.samples(), sharpness, sumX[patch] / sums[patch], sumY[patch] / sums[patch]);
        if (peak != null && isSeenAt(pass, peak)) {
          peaks.add(peak);
        }
      }
    }
    return peaks;
  }

  /**
   * Whether the board was found at a peak, where it is sharp: else what was sharp is something
   * else, or the board on its way to another place.
   */
  private boolean isSeenAt(Passes.Pass pass, SharpnessPeak peak) {
    for (int i = 0; i < pass.samples().size(); i++) {
      if (pass.samples().get(i).stampNanos() == peak.lens().stampNanos()) {
        int from = Math.max(0, pass.first() + i - 1);
        int to = Math.min(recording.frames().size(), pass.first() + i + 2);
        return recording.frames().subList(from, to).stream()
            .anyMatch(frame -> frame.corners().length > 0);
      }
    }
    return false;
  }
}
