package io.github.rackfocus.calibrate;

import java.util.Arrays;
import org.opencv.core.Mat;
import org.opencv.objdetect.CharucoBoard;
import org.opencv.objdetect.CharucoDetector;
import org.opencv.objdetect.CharucoParameters;
import org.opencv.objdetect.DetectorParameters;
import org.opencv.objdetect.Objdetect;

/** Finds the corners of a board in images. For one thread. */
final class BoardDetector {
  /** Fewer corners say too little of the pose. */
  static final int FEWEST = 8;

  private final CharucoDetector detector;
  private final Mat corners = new Mat();
  private final Mat ids = new Mat();
  private int[] numbers = {};
  private double[] pixels = {};

  BoardDetector(BoardConfig board) {
    CharucoBoard charuco = BoardRectangles.openCvBoard(board);
    DetectorParameters parameters = new DetectorParameters();
    parameters.set_cornerRefinementMethod(Objdetect.CORNER_REFINE_SUBPIX);
    this.detector = new CharucoDetector(charuco, new CharucoParameters(), parameters);
  }

  /**
   * Looks for the board.
   *
   * @param image 8 bits, one channel
   * @return whether enough corners were found
   */
  boolean detect(Mat image) {
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
      pixels[i] = found[i];
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
