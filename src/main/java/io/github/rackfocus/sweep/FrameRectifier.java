package io.github.rackfocus.sweep;

import io.github.rackfocus.common.NativeLibraries;
import org.opencv.calib3d.Calib3d;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/**
 * Removes a camera's distortion from its images. The maps are computed once; an image costs one
 * bilinear lookup per pixel and allocates nothing. Pixels outside the camera's view are black. For
 * one thread.
 */
public final class FrameRectifier implements AutoCloseable {
  private static final Scalar BLACK = new Scalar(0);

  private final CameraCalibration calibration;
  private final Mat coordinates = new Mat();
  private final Mat fractions = new Mat();

  /** Computes the maps; loads OpenCV. */
  public FrameRectifier(CameraCalibration calibration) {
    this.calibration = calibration;
    NativeLibraries.loadOpenCv();
    Mat camera = matrix(3, 3, calibration.camera());
    double[] given = calibration.distortion();
    Mat distortion = given.length == 0 ? new Mat() : matrix(1, given.length, given);
    Mat rotation = matrix(3, 3, calibration.rectification());
    Mat rectified = matrix(3, 3, calibration.rectifiedCamera());
    Size size = new Size(calibration.width(), calibration.height());
    try {
      if (calibration.model() == CameraCalibration.DistortionModel.EQUIDISTANT) {
        Mat four = given.length == 0 ? matrix(1, 4, 0, 0, 0, 0) : distortion;
        Calib3d.fisheye_initUndistortRectifyMap(
            camera, four, rotation, rectified, size, CvType.CV_16SC2, coordinates, fractions);
      } else {
        Calib3d.initUndistortRectifyMap(
            camera, distortion, rotation, rectified, size, CvType.CV_16SC2, coordinates, fractions);
      }
    } finally {
      camera.release();
      distortion.release();
      rotation.release();
      rectified.release();
    }
  }

  /** Calibration used to rectify. */
  public CameraCalibration calibration() {
    return calibration;
  }

  /**
   * Rectifies an image.
   *
   * @param from 8 bits, one or three channels, of the calibration's size
   * @param to the same type and size, in other memory
   */
  public void rectify(Mat from, Mat to) {
    Imgproc.remap(
        from, to, coordinates, fractions, Imgproc.INTER_LINEAR, Core.BORDER_CONSTANT, BLACK);
  }

  @Override
  public void close() {
    coordinates.release();
    fractions.release();
  }

  private static Mat matrix(int rows, int columns, double... numbers) {
    Mat mat = new Mat(rows, columns, CvType.CV_64F);
    mat.put(0, 0, numbers);
    return mat;
  }
}
