package io.github.rackfocus.calibrate;

import io.github.rackfocus.common.NativeLibraries;
import io.github.rackfocus.sweep.CameraCalibration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.opencv.calib3d.Calib3d;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfDouble;
import org.opencv.core.MatOfPoint2f;
import org.opencv.core.MatOfPoint3f;
import org.opencv.core.Point;
import org.opencv.core.Point3;

/**
 * A start for the fit, from one frame a view: the focal length with which the board's poses fit
 * best. A search over one number can't go astray, which a fit of all intrinsics does where views
 * are hardly tilted; distortion and the rest are left to the fit that follows.
 */
final class BoardStart {
  /** Focal lengths that are tried, in widths of the image: 90 to 14 degrees of view. */
  private static final double SHORTEST = 0.5;

  private static final double LONGEST = 4;
  private static final double STEP = 1.1;
  private static final double[] ANYWHERE = {0, 0, 0, 0, 0, 0.3};
  private static final double WORST_PIXELS = 20;

  private BoardStart() {}

  /**
   * Sets the poses of the views and the intrinsics.
   *
   * @param known camera matrix and distortion, if they are not to be estimated
   * @param factor on the focal length that was found, to start elsewhere
   * @param flipped views that shall start from the second best pose
   * @param shared receives the intrinsics
   */
  static void set(
      Observations data,
      BoardConfig board,
      @Nullable CameraCalibration known,
      double factor,
      BitSet flipped,
      double[] shared) {
    NativeLibraries.loadOpenCv();
    double middle = middlePower(data);
    List<MatOfPoint3f> objects = new ArrayList<>();
    List<MatOfPoint2f> images = new ArrayList<>();
    for (BoardView view : data.boards()) {
      BoardView.Corners frame = nearest(view, middle);
      objects.add(objectPoints(board, frame));
      images.add(imagePoints(frame));
    }
    try {
      if (known != null) {
        setKnown(known, shared);
        poses(data, objects, images, known.camera(), five(known.distortion()), flipped);
        return;
      }
      double best = Double.POSITIVE_INFINITY;
      double focal = 0;
      for (double each = SHORTEST * data.width(); each <= LONGEST * data.width(); each *= STEP) {
        double error =
            poses(data, objects, images, camera(data, each), new double[5], new BitSet());
        if (error < best) {
          best = error;
          focal = each;
        }
      }
      double[] k = camera(data, factor * focal);
      poses(data, objects, images, k, new double[5], flipped);
      shared[Parameter.FX.ordinal()] = k[0];
      shared[Parameter.FY.ordinal()] = k[4];
      shared[Parameter.CX.ordinal()] = k[2];
      shared[Parameter.CY.ordinal()] = k[5];
    } finally {
      objects.forEach(Mat::release);
      images.forEach(Mat::release);
    }
  }

  private static double[] camera(Observations data, double focal) {
    return new double[] {
      focal, 0, (data.width() - 1) / 2.0, 0, focal, (data.height() - 1) / 2.0, 0, 0, 1
    };
  }

  /** Sets the pose of each view; returns the sum of their errors, pixels. */
  private static double poses(
      Observations data,
      List<MatOfPoint3f> objects,
      List<MatOfPoint2f> images,
      double[] cameraMatrix,
      double[] coefficients,
      BitSet flipped) {
    Mat camera = new Mat(3, 3, CvType.CV_64F);
    camera.put(0, 0, cameraMatrix);
    MatOfDouble distortion = new MatOfDouble(coefficients);
    double sum = 0;
    for (int i = 0; i < objects.size(); i++) {
      List<Candidate> candidates = new ArrayList<>();
      // One method is for planes and knows the pose that looks alike; it fails at times.
      for (int method : new int[] {Calib3d.SOLVEPNP_IPPE, Calib3d.SOLVEPNP_ITERATIVE}) {
        candidates(objects.get(i), images.get(i), camera, distortion, method, candidates);
      }
      candidates.sort(Comparator.comparingDouble(Candidate::error));
      int chosen = flipped.get(i) ? Math.min(1, candidates.size() - 1) : 0;
      if (candidates.isEmpty()) {
        // Somewhere in front of the camera; the fit finds it or leaves the view out.
        System.arraycopy(ANYWHERE, 0, data.boards().get(i).local(), 0, 6);
        sum += WORST_PIXELS;
      } else {
        Candidate candidate = candidates.get(chosen);
        System.arraycopy(candidate.pose(), 0, data.boards().get(i).local(), 0, 6);
        // A view that fits badly says no more than that.
        sum += Math.min(WORST_PIXELS, candidate.error());
      }
    }
    camera.release();
    distortion.release();
    return sum;
  }

  /** A pose of the board and its error, pixels. */
  private record Candidate(double[] pose, double error) {}

  private static void candidates(
      MatOfPoint3f object,
      MatOfPoint2f image,
      Mat camera,
      Mat distortion,
      int method,
      List<Candidate> candidates) {
    List<Mat> rotations = new ArrayList<>();
    List<Mat> translations = new ArrayList<>();
    Mat error = new Mat();
    Calib3d.solvePnPGeneric(
        object,
        image,
        camera,
        distortion,
        rotations,
        translations,
        false,
        method,
        new Mat(),
        new Mat(),
        error);
    double[] part = new double[3];
    for (int i = 0; i < rotations.size(); i++) {
      double[] pose = new double[6];
      rotations.get(i).get(0, 0, part);
      System.arraycopy(part, 0, pose, 0, 3);
      translations.get(i).get(0, 0, part);
      System.arraycopy(part, 0, pose, 3, 3);
      double[] matrix = CameraModel.pose(pose);
      boolean inFront =
          Stream.of(object.toArray())
              .allMatch(point -> CameraModel.depth(matrix, point.x, point.y) > 0);
      if (inFront) {
        candidates.add(new Candidate(pose, error.get(i, 0)[0]));
      }
    }
    rotations.forEach(Mat::release);
    translations.forEach(Mat::release);
    error.release();
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
          "the camera file has "
              + coefficients.length
              + " distortion coefficients; expected at most 5, of plumb_bob");
    }
    double[] five = new double[5];
    System.arraycopy(coefficients, 0, five, 0, coefficients.length);
    return five;
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
