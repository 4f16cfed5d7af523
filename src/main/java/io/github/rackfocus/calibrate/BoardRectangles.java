package io.github.rackfocus.calibrate;

import io.github.rackfocus.common.NativeLibraries;
import java.util.ArrayList;
import java.util.List;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfInt;
import org.opencv.core.MatOfPoint3f;
import org.opencv.core.Point3;
import org.opencv.core.Size;
import org.opencv.objdetect.CharucoBoard;
import org.opencv.objdetect.Objdetect;

/** The black rectangles that a ChArUco board consists of, exact in millimetres. */
final class BoardRectangles {
  /**
   * A black rectangle.
   *
   * @param x left edge, millimetres from the board's left
   * @param y upper edge, millimetres from the board's top
   */
  record Rectangle(double x, double y, double width, double height) {}

  private BoardRectangles() {}

  /** Returns OpenCV's board, in metres. */
  static CharucoBoard openCvBoard(BoardConfig board) {
    NativeLibraries.loadOpenCv();
    return new CharucoBoard(
        new Size(board.squaresX(), board.squaresY()),
        (float) (board.squareMillimetres() / 1000),
        (float) (board.markerMillimetres() / 1000),
        Objdetect.getPredefinedDictionary(board.dictionaryNumber()));
  }

  /** Returns the rectangles of a board. */
  static List<Rectangle> of(BoardConfig board) {
    CharucoBoard charuco = openCvBoard(board);
    List<Rectangle> black = new ArrayList<>();
    double side = board.squareMillimetres();
    for (int row = 0; row < board.squaresY(); row++) {
      for (int column = row % 2; column < board.squaresX(); column += 2) {
        black.add(new Rectangle(column * side, row * side, side, side));
      }
    }
    MatOfInt ids = charuco.getIds();
    int[] numbers = ids.toArray();
    List<MatOfPoint3f> markers = charuco.getObjPoints();
    int modules = charuco.getDictionary().get_markerSize() + 2;
    Mat bits = new Mat();
    byte[] pixels = new byte[modules * modules];
    for (int i = 0; i < numbers.length; i++) {
      // One pixel a module: the border of a marker is one module wide.
      charuco.getDictionary().generateImageMarker(numbers[i], modules, bits, 1);
      if (bits.type() != CvType.CV_8UC1 || bits.total() != pixels.length) {
        throw new IllegalStateException(
            "a marker is " + bits + "; expected " + modules + " modules");
      }
      bits.get(0, 0, pixels);
      addMarker(black, board, markers.get(i).toArray()[0], pixels, modules);
      markers.get(i).release();
    }
    bits.release();
    ids.release();
    return black;
  }

  private static void addMarker(
      List<Rectangle> black, BoardConfig board, Point3 corner, byte[] pixels, int modules) {
    // OpenCV's points are floats of metres; the marker sits in the middle of its square.
    double square = board.squareMillimetres();
    double margin = (square - board.markerMillimetres()) / 2;
    double left = Math.floor(1000 * corner.x / square) * square + margin;
    double top = Math.floor(1000 * corner.y / square) * square + margin;
    double module = board.markerMillimetres() / modules;
    for (int row = 0; row < modules; row++) {
      int column = 0;
      while (column < modules) {
        int end = column;
        while (end < modules && pixels[row * modules + end] == 0) {
          end++;
        }
        if (end > column) {
          // One rectangle a run: printers leave hairlines between rectangles that touch.
          black.add(
              new Rectangle(
                  left + column * module, top + row * module, (end - column) * module, module));
        }
        column = end + 1;
      }
    }
  }
}
