package io.github.rackfocus.depth;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Point;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/**
 * Measures the sharpness of each pixel of an image: absolute second differences [1, −2, 1] along
 * several directions and at several dilations, summed, then averaged over a square window.
 *
 * <p>Two published measures are of this form. The sum-modified Laplacian (Nayar and Nakagawa, Shape
 * from Focus, PAMI 1994, eq. 8 and 9) has the two axes and dilation 1; the directional dilated
 * Laplacian (Ashfaq and Mahmood, arXiv 2512.10498) also has the diagonals and dilations 1 to 4.
 *
 * <p>Sums are exact in 16 bits, so an image gives the same numbers every time. Borders are mirrored
 * without repeating the edge. Keeps its matrices between images; for one thread.
 */
final class FocusMeasure implements AutoCloseable {
  private static final int[][] AXES = {{1, 0}, {0, 1}};
  private static final int[][] AXES_AND_DIAGONALS = {{1, 0}, {0, 1}, {1, 1}, {1, -1}};

  private final int[][] directions;
  private final int dilations;
  private final Size window;
  private final Mat wide8 = new Mat();
  private final Mat wide16 = new Mat();
  private final Mat twice = new Mat();
  private final Mat response = new Mat();
  private final Mat sum = new Mat();
  private final List<Mat> neighbours = new ArrayList<>();
  private @Nullable Mat centre;

  private FocusMeasure(int[][] directions, int dilations, int window) {
    this.directions = directions;
    this.dilations = dilations;
    this.window = new Size(window, window);
  }

  /** Sum-modified Laplacian over a window of 9. */
  static FocusMeasure sumModifiedLaplacian() {
    return new FocusMeasure(AXES, 1, 9);
  }

  /** Directional dilated Laplacian, 4 directions at dilations 1 to 4, over a window of 15. */
  static FocusMeasure directionalDilatedLaplacian() {
    return new FocusMeasure(AXES_AND_DIAGONALS, 4, 15);
  }

  /**
   * Measures one image.
   *
   * @param luma 8-bit, one channel
   * @param sharpness receives one float per pixel, in luma steps, 0 or more
   */
  void measure(Mat luma, Mat sharpness) {
    Core.copyMakeBorder(
        luma, wide8, dilations, dilations, dilations, dilations, Core.BORDER_REFLECT_101);
    wide8.convertTo(wide16, CvType.CV_16S);
    Mat middle = viewsOf(luma.rows(), luma.cols());
    Core.add(middle, middle, twice);
    sum.create(luma.rows(), luma.cols(), CvType.CV_16S);
    sum.setTo(new Scalar(0));
    for (int i = 0; i < neighbours.size(); i += 2) {
      Core.add(neighbours.get(i), neighbours.get(i + 1), response);
      Core.absdiff(response, twice, response);
      Core.add(sum, response, sum);
    }
    Imgproc.boxFilter(
        sum, sharpness, CvType.CV_32F, window, new Point(-1, -1), true, Core.BORDER_REFLECT_101);
  }

  /** Shifted views of the padded image; created again only if the image size changes. */
  private Mat viewsOf(int rows, int columns) {
    Mat middle = centre;
    if (middle != null && middle.rows() == rows && middle.cols() == columns) {
      return middle;
    }
    releaseViews();
    for (int dilation = 1; dilation <= dilations; dilation++) {
      for (int[] direction : directions) {
        int dx = dilation * direction[0];
        int dy = dilation * direction[1];
        neighbours.add(view(rows, columns, dx, dy));
        neighbours.add(view(rows, columns, -dx, -dy));
      }
    }
    middle = view(rows, columns, 0, 0);
    centre = middle;
    return middle;
  }

  private Mat view(int rows, int columns, int dx, int dy) {
    int top = dilations + dy;
    int left = dilations + dx;
    return wide16.submat(top, top + rows, left, left + columns);
  }

  private void releaseViews() {
    neighbours.forEach(Mat::release);
    neighbours.clear();
    if (centre != null) {
      centre.release();
      centre = null;
    }
  }

  @Override
  public void close() {
    releaseViews();
    for (Mat mat : List.of(wide8, wide16, twice, response, sum)) {
      mat.release();
    }
  }
}
