package io.github.rackfocus.calibrate;

import java.util.Arrays;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;
import org.opencv.objdetect.CharucoBoard;
import org.opencv.objdetect.CharucoDetector;
import org.opencv.objdetect.CharucoParameters;
import org.opencv.objdetect.DetectorParameters;
import org.opencv.objdetect.Objdetect;

/** Finds the corners of a board in images. For one thread. */
final class BoardDetector {
  /** Fewer corners say too little of the pose. */
  static final int FEWEST = 8;

  private static final double SQUARE_PIXELS = 40;

  private final CharucoDetector detector;
  private double offset;
  private final Mat corners = new Mat();
  private final Mat ids = new Mat();
  private int[] numbers = {};
  private double[] pixels = {};

  BoardDetector(BoardConfig board) {
    CharucoBoard charuco = BoardRectangles.openCvBoard(board);
    DetectorParameters parameters = new DetectorParameters();
    parameters.set_cornerRefinementMethod(Objdetect.CORNER_REFINE_SUBPIX);
    this.detector = new CharucoDetector(charuco, new CharucoParameters(), parameters);
    this.offset = measuredOffset(board);
  }

  /**
   * Measures by how much the detector's corners are off, in both directions: half a pixel in some
   * versions of OpenCV (opencv/opencv issue 25539), which would move the principal point.
   */
  private double measuredOffset(BoardConfig board) {
    double side = board.squareMillimetres();
    double scale = SQUARE_PIXELS / side;
    Mat picture = BoardPrinter.render(board, scale, side);
    try {
      Imgproc.GaussianBlur(picture, picture, new Size(0, 0), 0.7);
      if (!detect(picture)) {
        throw new IllegalArgumentException(
            "the board of "
                + board
                + " can't be detected in its own drawing; expected at least "
                + FEWEST
                + " inner corners, and larger markers");
      }
      double sum = 0;
      for (int i = 0; i < numbers.length; i++) {
        // An edge lies between two pixels, whose centres are whole numbers.
        sum += pixels[2 * i] - ((1000 * board.cornerX(numbers[i]) + side) * scale - 0.5);
      }
      return Math.round(2 * sum / numbers.length) / 2.0;
    } finally {
      picture.release();
    }
  }

  /**
   * Looks for the board.
   *
   * @param image 8 bits, one channel
   * @return whether enough corners were found
   */
  boolean detect(Mat image) {
    // Without any marker the detector leaves what was found before.
    corners.release();
    ids.release();
    detector.detectBoard(image, corners, ids);
    int count = (int) ids.total();
    numbers = new int[count];
    float[] found = new float[2 * count];
    if (count > 0) {
      ids.get(0, 0, numbers);
      corners.get(0, 0, found);
    }
    pixels = new double[2 * count];
    for (int i = 0; i < found.length; i++) {
      pixels[i] = found[i] - offset;
    }
    return count >= FEWEST;
  }

  /** Numbers of the corners that were found last. */
  int[] corners() {
    return Arrays.copyOf(numbers, numbers.length);
  }

  /** Column and row of each corner that was found last. */
  double[] pixels() {
    return pixels.clone();
  }
}
