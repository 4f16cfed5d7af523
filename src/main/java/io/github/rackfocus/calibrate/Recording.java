package io.github.rackfocus.calibrate;

import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.common.NativeLibraries;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.Frame;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/**
 * The frames of one recording, reduced to what a calibration needs.
 *
 * @param name of the source
 * @param width of the images, pixels
 * @param height of the images, pixels
 * @param frames in the order of their stamps
 * @param withoutReading frames without a lens reading, which were left out
 * @param byFocus whether the driver reports focus and no lens power
 */
record Recording(
    String name,
    int width,
    int height,
    List<FrameRecord> frames,
    int withoutReading,
    boolean byFocus) {
  /** Side of the cells of which sharpness is kept, pixels. */
  static final int CELL = 16;

  /** Ten minutes at 60 frames per second; with VGA images 170 MB. */
  static final int MAX_FRAMES = 36_000;

  /** Called for each frame while its pixels are there. */
  @FunctionalInterface
  interface FrameListener {
    /** Looks at the pixels; 8 bits, one channel. */
    void frame(int index, FrameRecord frame, Mat image);
  }

  /** Returns the cells in a row of an image. */
  int columns() {
    return (width + CELL - 1) / CELL;
  }

  /** Returns the cells in a column of an image. */
  int rows() {
    return (height + CELL - 1) / CELL;
  }

  /**
   * Returns the column or row of a pixel, whole at its centre, at the middle of a cell.
   *
   * @param cells cells along the image's side
   * @param side pixels along it
   */
  static double cellCentre(int index, int cells, int side) {
    return (index + 0.5) * side / cells - 0.5;
  }

  /**
   * Reads a source to its end; the caller closes it.
   *
   * @param detector null if no board is expected
   * @param movingWithoutDirection whether a reading without direction may be of a moving lens
   * @param listener for the pixels; null if nobody needs them
   * @throws IOException if the source fails, its focus is an index, or it has too many frames or
   *     none with a reading
   */
  static Recording read(
      FrameSource source,
      @Nullable BoardDetector detector,
      boolean movingWithoutDirection,
      @Nullable FrameListener listener)
      throws IOException, InterruptedException {
    if (!source.scale().isMetric()) {
      throw new CalibrationException(
          source.name()
              + ": its focus is an index; expected dioptres, since a lens cannot be calibrated"
              + " without them");
    }
    NativeLibraries.loadOpenCv();
    List<FrameRecord> frames = new ArrayList<>();
    int without = 0;
    boolean byFocus = false;
    int width = 0;
    int height = 0;
    Frame frame;
    while ((frame = source.next()) != null) {
      try (Frame closing = frame) {
        FocusReading reading = closing.focus();
        if (!reading.isKnown()) {
          without++;
          continue;
        }
        if (frames.size() == MAX_FRAMES) {
          throw new CalibrationException(
              source.name()
                  + " has more than "
                  + MAX_FRAMES
                  + " frames; expected a shorter recording");
        }
        if (width != 0 && (closing.width() != width || closing.height() != height)) {
          throw new CalibrationException(
              source.name()
                  + ": a frame is "
                  + closing.width()
                  + " x "
                  + closing.height()
                  + " after frames of "
                  + width
                  + " x "
                  + height
                  + "; expected one size");
        }
        width = closing.width();
        height = closing.height();
        boolean hasPower = Double.isFinite(reading.lensPowerDioptres());
        byFocus |= !hasPower;
        Mat image = new Mat(height, width, CvType.CV_8UC1, closing.luma());
        boolean found = detector != null && detector.detect(image);
        FrameRecord record =
            new FrameRecord(
                closing.stampNanos(),
                hasPower ? reading.lensPowerDioptres() : reading.focus(),
                reading.direction() != 0 || movingWithoutDirection,
                reading.temperatureCelsius(),
                found && detector != null ? detector.corners() : new int[0],
                found && detector != null ? detector.pixels() : new double[0],
                sharpness(image));
        if (listener != null) {
          listener.frame(frames.size(), record, image);
        }
        frames.add(record);
        image.release();
      }
    }
    if (frames.isEmpty()) {
      throw new CalibrationException(
          source.name()
              + " has no frame with a lens reading ("
              + without
              + " without); expected lens"
              + " readings, see lens.input");
    }
    return new Recording(source.name(), width, height, List.copyOf(frames), without, byFocus);
  }

  /** The mean square of the Laplacian in cells: falls with the third power of blur. */
  private static float[] sharpness(Mat image) {
    Mat smooth = new Mat();
    Mat laplacian = new Mat();
    Mat small = new Mat();
    int columns = (image.cols() + CELL - 1) / CELL;
    int rows = (image.rows() + CELL - 1) / CELL;
    float[] cells = new float[columns * rows];
    try {
      // A little smoothing first: else the noise of dark images outweighs the texture.
      Imgproc.GaussianBlur(image, smooth, new Size(5, 5), 1);
      Imgproc.Laplacian(smooth, laplacian, CvType.CV_32F, 1);
      Core.multiply(laplacian, laplacian, laplacian);
      Imgproc.resize(laplacian, small, new Size(columns, rows), 0, 0, Imgproc.INTER_AREA);
      small.get(0, 0, cells);
    } finally {
      smooth.release();
      laplacian.release();
      small.release();
    }
    return cells;
  }
}
