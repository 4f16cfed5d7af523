package io.github.rackfocus.calibrate;

import io.github.rackfocus.common.NativeLibraries;
import io.github.rackfocus.sweep.CameraCalibration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.opencv.calib3d.Calib3d;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfDouble;
import org.opencv.core.MatOfPoint2f;
import org.opencv.core.MatOfPoint3f;
import org.opencv.core.Point;
import org.opencv.core.Point3;
import org.opencv.core.Size;

/** A start for the fit: camera matrix, distortion and poses by OpenCV, from one frame a view. */
final class BoardStart {
  private static final int MATRIX = 9;

  private BoardStart() {}

  /**
   * Sets the poses of the views and the intrinsics.
   *
   * @param known camera matrix and distortion, if they are not to be estimated
   * @param shared receives the intrinsics
   */
  static void set(
      Observations data, BoardConfig board, @Nullable CameraCalibration known, double[] shared) {
    NativeLibraries.loadOpenCv();
    List<Mat> objects = new ArrayList<>();
    List<Mat> images = new ArrayList<>();
    double middle = middlePower(data);
    for (BoardView view : data.boards()) {
      BoardView.Corners frame = nearest(view, middle);
      objects.add(objectPoints(board, frame));
      images.add(imagePoints(frame));
    }
    Mat camera = Mat.eye(3, 3, CvType.CV_64F);
    Mat distortion = Mat.zeros(1, 5, CvType.CV_64F);
    List<Mat> rotations = new ArrayList<>();
    List<Mat> translations = new ArrayList<>();
    if (known == null) {
      Calib3d.calibrateCamera(
          objects,
          images,
          new Size(data.width(), data.height()),
          camera,
          distortion,
          rotations,
          translations,
          Calib3d.CALIB_FIX_K3);
    } else {
      camera.put(0, 0, known.camera());
      distortion.put(0, 0, five(known.distortion()));
      for (int i = 0; i < objects.size(); i++) {
        Mat rotation = new Mat();
        Mat translation = new Mat();
        MatOfDouble coefficients = new MatOfDouble(five(known.distortion()));
        Calib3d.solvePnP(
            new MatOfPoint3f(objects.get(i)),
            new MatOfPoint2f(images.get(i)),
            camera,
            coefficients,
            rotation,
            translation);
        coefficients.release();
        rotations.add(rotation);
        translations.add(translation);
      }
    }
    intrinsics(camera, distortion, shared);
    for (int i = 0; i < objects.size(); i++) {
      double[] pose = data.boards().get(i).local();
      double[] part = new double[3];
      rotations.get(i).get(0, 0, part);
      System.arraycopy(part, 0, pose, 0, 3);
      translations.get(i).get(0, 0, part);
      System.arraycopy(part, 0, pose, 3, 3);
    }
    camera.release();
    distortion.release();
    List.of(objects, images, rotations, translations).forEach(list -> list.forEach(Mat::release));
  }

  /** Copies a known calibration, which needs Brown's model with at most five coefficients. */
  static void setKnown(CameraCalibration known, double[] shared) {
    double[] k = known.camera();
    shared[Parameter.FX.ordinal()] = k[0];
    shared[Parameter.FY.ordinal()] = k[4];
    shared[Parameter.CX.ordinal()] = k[2];
    shared[Parameter.CY.ordinal()] = k[5];
    double[] distortion = five(known.distortion());
    System.arraycopy(distortion, 0, shared, Parameter.K1.ordinal(), distortion.length);
  }

  private static double[] five(double[] coefficients) {
    if (coefficients.length > 5) {
      throw new IllegalArgumentException(
          "the camera file has " + coefficients.length
              + " distortion coefficients; expected at most 5, of plumb_bob");
    }
    double[] five = new double[5];
    System.arraycopy(coefficients, 0, five, 0, coefficients.length);
    return five;
  }

  private static void intrinsics(Mat camera, Mat distortion, double[] shared) {
    double[] k = new double[MATRIX];
    camera.get(0, 0, k);
    shared[Parameter.FX.ordinal()] = k[0];
    shared[Parameter.FY.ordinal()] = k[4];
    shared[Parameter.CX.ordinal()] = k[2];
    shared[Parameter.CY.ordinal()] = k[5];
    double[] five = new double[5];
    distortion.get(0, 0, five);
    System.arraycopy(five, 0, shared, Parameter.K1.ordinal(), five.length);
  }

  private static double middlePower(Observations data) {
    double[] powers =
        data.positionSamples().stream().mapToDouble(LensSample::power).sorted().toArray();
    return powers[powers.length / 2];
  }

  /** Returns the frame nearest to a lens power among those that see most of what the view shows. */
  private static BoardView.Corners nearest(BoardView view, double power) {
    int most = view.frames().stream().mapToInt(each -> each.corners().length).max().orElseThrow();
    return view.frames().stream()
        .filter(each -> 10 * each.corners().length >= 8 * most)
        .min(Comparator.comparingDouble(each -> Math.abs(each.lens().power() - power)))
        .orElseThrow();
  }

  private static MatOfPoint3f objectPoints(BoardConfig board, BoardView.Corners frame) {
    Point3[] points = new Point3[frame.corners().length];
    for (int i = 0; i < points.length; i++) {
      int corner = frame.corners()[i];
      points[i] = new Point3(board.cornerX(corner), board.cornerY(corner), 0);
    }
    return new MatOfPoint3f(points);
  }

  private static MatOfPoint2f imagePoints(BoardView.Corners frame) {
    Point[] points = new Point[frame.corners().length];
    for (int i = 0; i < points.length; i++) {
      points[i] = new Point(frame.pixels()[2 * i], frame.pixels()[2 * i + 1]);
    }
    return new MatOfPoint2f(points);
  }
}
