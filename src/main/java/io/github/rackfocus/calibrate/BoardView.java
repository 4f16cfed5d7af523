package io.github.rackfocus.calibrate;

import java.util.List;

/**
 * What was seen of a board that did not move: its corners in many frames, and peaks of sharpness.
 */
final class BoardView implements LeastSquares.Block {
  /**
   * The corners of the board in a frame.
   *
   * @param corners numbers of the corners
   * @param pixels column and row of each
   */
  record Corners(LensSample lens, int[] corners, double[] pixels) {}

  private static final double[] STEPS = {1e-6, 1e-6, 1e-6, 1e-7, 1e-7, 1e-7};

  private final BoardConfig board;
  private final List<Corners> frames;
  private final List<SharpnessPeak> peaks;
  private final Noise noise;
  private final double[] pose = new double[6];
  private final int cornerCount;

  /**
   * @param noise shared by all blocks of a fit
   */
  BoardView(BoardConfig board, List<Corners> frames, List<SharpnessPeak> peaks, Noise noise) {
    this.board = board;
    this.frames = List.copyOf(frames);
    this.peaks = List.copyOf(peaks);
    this.noise = noise;
    this.cornerCount = frames.stream().mapToInt(each -> each.corners().length).sum();
  }

  List<Corners> frames() {
    return frames;
  }

  List<SharpnessPeak> peaks() {
    return peaks;
  }

  /** Number of corners seen, in all frames together. */
  int cornerCount() {
    return cornerCount;
  }

  /** Rotation vector and translation of the board, metres; changed by the solver. */
  @Override
  public double[] local() {
    return pose;
  }

  @Override
  public double[] localSteps() {
    return STEPS;
  }

  @Override
  public int size() {
    return 2 * cornerCount + peaks.size();
  }

  /** Vergence of a patch of the board, dioptres. */
  double vergence(double[] shared, SharpnessPeak peak) {
    double depth = CameraModel.depth(CameraModel.pose(pose), peak.x(), peak.y());
    return 1 / (depth - Parameter.DEPTH_OFFSET.in(shared));
  }

  /** Root mean square of the corners' residuals, in standard errors. */
  double cornerError(double[] shared) {
    double[] residuals = new double[size()];
    residuals(shared, pose, residuals);
    double sum = 0;
    for (int i = 0; i < 2 * cornerCount; i++) {
      sum += residuals[i] * residuals[i];
    }
    return Math.sqrt(sum / (2 * cornerCount));
  }

  @Override
  public void residuals(double[] shared, double[] local, double[] out) {
    double[] matrix = CameraModel.pose(local);
    double[] reference = new double[2 * board.corners()];
    boolean[] known = new boolean[board.corners()];
    double[] pixel = new double[2];
    int at = 0;
    for (Corners frame : frames) {
      int[] corners = frame.corners();
      for (int i = 0; i < corners.length; i++) {
        int corner = corners[i];
        // The board rests, so a corner has one place in the reference view.
        if (!known[corner]) {
          CameraModel.project(shared, matrix, board.cornerX(corner), board.cornerY(corner), pixel);
          reference[2 * corner] = pixel[0];
          reference[2 * corner + 1] = pixel[1];
          known[corner] = true;
        }
        pixel[0] = reference[2 * corner];
        pixel[1] = reference[2 * corner + 1];
        noise.breathe(shared, frame.lens(), pixel);
        out[at++] = (pixel[0] - frame.pixels()[2 * i]) / noise.cornerPixels;
        out[at++] = (pixel[1] - frame.pixels()[2 * i + 1]) / noise.cornerPixels;
      }
    }
    double offset = Parameter.DEPTH_OFFSET.in(shared);
    for (SharpnessPeak peak : peaks) {
      double depth = CameraModel.depth(matrix, peak.x(), peak.y());
      out[at++] = noise.peakResidual(shared, peak, 1 / (depth - offset));
    }
  }
}
