package io.github.rackfocus.sweep;

import java.util.Arrays;

/**
 * What the matrices of a calibration must be (REP 104, sensor_msgs/CameraInfo), whether they come
 * from a file or a topic. Each fault is an IllegalArgumentException that states the matrix, what
 * was found and what was expected.
 */
final class CalibrationChecks {
  /** Of R, whose numbers a file may state with four digits. */
  private static final double ROTATION_TOLERANCE = 2e-3;

  /** Of the numbers of K and P that are 0 or 1 by definition. */
  private static final double FORM_TOLERANCE = 1e-6;

  /** Beyond this share of the image, from its middle, a principal point is not of this image. */
  private static final double LARGEST_SHIFT = 0.2;

  private static final int GRID = 9;

  private CalibrationChecks() {}

  static void finite(String name, double[] numbers, int expected) {
    if (numbers.length != expected) {
      throw new IllegalArgumentException(
          name + " has " + numbers.length + " numbers; expected " + expected);
    }
    for (int i = 0; i < numbers.length; i++) {
      if (!Double.isFinite(numbers[i])) {
        throw new IllegalArgumentException(
            name + " has " + numbers[i] + " as number " + (i + 1) + "; expected finite numbers");
      }
    }
  }

  /** Checks K: [fx 0 cx; 0 fy cy; 0 0 1]. */
  static void camera(double[] k) {
    calibrated("camera_matrix", k);
    focalLengths("camera_matrix", k[0], k[4]);
    form("camera_matrix", k, new int[] {1, 3, 6, 7}, 8, "[fx 0 cx, 0 fy cy, 0 0 1] without skew");
  }

  /** Checks R: a rotation, the identity for a single camera. */
  static void rotation(double[] r) {
    calibrated("rectification_matrix", r);
    double determinant =
        r[0] * (r[4] * r[8] - r[5] * r[7])
            - r[1] * (r[3] * r[8] - r[5] * r[6])
            + r[2] * (r[3] * r[7] - r[4] * r[6]);
    boolean orthonormal = true;
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        double product =
            r[3 * i] * r[3 * j] + r[3 * i + 1] * r[3 * j + 1] + r[3 * i + 2] * r[3 * j + 2];
        orthonormal &= Math.abs(product - (i == j ? 1 : 0)) <= ROTATION_TOLERANCE;
      }
    }
    if (!orthonormal || determinant < 0) {
      throw new IllegalArgumentException(
          "rectification_matrix is not a rotation (its determinant is "
              + (float) determinant
              + "); expected one, which for a single camera is the identity");
    }
  }

  /** Checks P: [fx 0 cx Tx; 0 fy cy Ty; 0 0 1 0]. */
  static void projection(double[] p) {
    calibrated("projection_matrix", p);
    focalLengths("projection_matrix", p[0], p[5]);
    form(
        "projection_matrix",
        p,
        new int[] {1, 4, 8, 9, 11},
        10,
        "[fx 0 cx Tx, 0 fy cy Ty, 0 0 1 0] without skew");
  }

  /**
   * Checks that matrices and size are of the same image: not, for example, the matrices of a binned
   * image with the size of the full one.
   */
  static void sameImage(CameraCalibration calibration) {
    double[] k = calibration.camera();
    int width = calibration.width();
    int height = calibration.height();
    double x = k[2] / width;
    double y = k[5] / height;
    boolean scaled =
        x < 0.5 - LARGEST_SHIFT && y < 0.5 - LARGEST_SHIFT && Math.abs(x - y) < 0.1
            || x > 0.5 + LARGEST_SHIFT && y > 0.5 + LARGEST_SHIFT;
    if (scaled || !(x >= 0 && x <= 1 && y >= 0 && y <= 1)) {
      throw new IllegalArgumentException(
          "camera_matrix has its principal point at "
              + (float) k[2]
              + ", "
              + (float) k[5]
              + " in an image of "
              + width
              + " x "
              + height
              + "; expected it near the middle: a matrix and a size of the same image, neither"
              + " binned nor scaled");
    }
    if (sharedView(calibration) < 0.25) {
      throw new IllegalArgumentException(
          "rectification_matrix, projection_matrix and distortion_coefficients show less than a quarter of the camera's"
              + " image of "
              + width
              + " x "
              + height
              + "; expected those of the same image");
    }
  }

  /** Returns the share of the rectified image that the camera sees. */
  private static double sharedView(CameraCalibration calibration) {
    double[] k = calibration.camera();
    double[] r = calibration.rectification();
    double[] p = calibration.rectifiedCamera();
    int width = calibration.width();
    int height = calibration.height();
    int seen = 0;
    for (int i = 0; i < GRID * GRID; i++) {
      int across = i % GRID;
      int down = i / GRID;
      double x = ((across + 0.5) * width / GRID - p[2]) / p[0];
      double y = ((down + 0.5) * height / GRID - p[5]) / p[4];
      // A rotation's inverse is its transpose.
      double cameraX = r[0] * x + r[3] * y + r[6];
      double cameraY = r[1] * x + r[4] * y + r[7];
      double cameraZ = r[2] * x + r[5] * y + r[8];
      double scale = distortionScale(calibration, cameraX / cameraZ, cameraY / cameraZ);
      double column = k[0] * scale * cameraX / cameraZ + k[2];
      double row = k[4] * scale * cameraY / cameraZ + k[5];
      if (cameraZ > 0 && column >= 0 && column < width && row >= 0 && row < height) {
        seen++;
      }
    }
    return (double) seen / (GRID * GRID);
  }

  /** Returns the radial part of the distortion, as a factor; the tangential one is small. */
  private static double distortionScale(CameraCalibration calibration, double x, double y) {
    double[] d = calibration.distortion();
    double square = x * x + y * y;
    if (calibration.model() == CameraCalibration.DistortionModel.EQUIDISTANT) {
      double theta = Math.atan(Math.sqrt(square));
      double powers = theta * theta;
      return square == 0
          ? 1
          : theta
              * (1
                  + powers
                      * (at(d, 0) + powers * (at(d, 1) + powers * (at(d, 2) + powers * at(d, 3)))))
              / Math.sqrt(square);
    }
    double above = 1 + square * (at(d, 0) + square * (at(d, 1) + square * at(d, 4)));
    double below = 1 + square * (at(d, 5) + square * (at(d, 6) + square * at(d, 7)));
    return above / below;
  }

  private static double at(double[] coefficients, int index) {
    return index < coefficients.length ? coefficients[index] : 0;
  }

  private static void calibrated(String name, double[] numbers) {
    for (double number : numbers) {
      if (number != 0) {
        return;
      }
    }
    throw new IllegalArgumentException(
        name + " is all zeros, as of a camera that is not calibrated; expected a calibration");
  }

  private static void focalLengths(String name, double x, double y) {
    if (!(x > 0 && y > 0)) {
      throw new IllegalArgumentException(
          name + " has focal lengths " + x + " and " + y + "; expected more than 0 pixels");
    }
  }

  private static void form(String name, double[] numbers, int[] zeros, int one, String expected) {
    boolean right = Math.abs(numbers[one] - 1) <= FORM_TOLERANCE;
    for (int zero : zeros) {
      right &= Math.abs(numbers[zero]) <= FORM_TOLERANCE * numbers[0];
    }
    if (!right) {
      throw new IllegalArgumentException(
          name + " is " + Arrays.toString(numbers) + "; expected " + expected);
    }
  }
}
