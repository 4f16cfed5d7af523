package io.github.rackfocus.calibrate;

import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import java.util.List;
import java.util.Random;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/**
 * Images of a flat picture, such as a board, through a lens that sweeps: warped by pose and
 * breathing, blurred by the distance of each pixel from focus, with noise.
 */
final class RenderedCamera implements FrameSource {
  static final int WIDTH = 320;
  static final int HEIGHT = 240;
  static final double FOCAL = 330;
  static final double REFERENCE = 5;
  static final double SCALE = 0.008;
  static final double SHIFT_X = 0.4;
  static final double GAIN = 0.9;
  static final double OFFSET = 0.7;
  static final double DELAY = 0.02;
  private static final double LEAST = 1;
  private static final double MOST = 9;
  private static final double BLUR_PIXELS_PER_DIOPTRE = 1.1;
  private static final double[] BLURS = {0.4, 1, 2, 4, 8};
  private static final double RATE_HZ = 30;

  private final Mat picture;
  private final double pixelsPerMetre;
  private final double borderMetres;
  private final List<double[]> poses;
  private final int framesPerPass;
  private final int passesPerPose;
  private final FramePool pool = new FramePool(4);
  private final Random random = new Random(5);
  private int next;

  /**
   * @param picture 8 bits, one channel
   * @param pixelsPerMetre of the picture
   * @param borderMetres of the picture, left of and above the origin of the poses
   * @param poses rotation vector and translation of each, metres
   */
  RenderedCamera(
      Mat picture,
      double pixelsPerMetre,
      double borderMetres,
      List<double[]> poses,
      int framesPerPass,
      int passesPerPose) {
    this.picture = picture;
    this.pixelsPerMetre = pixelsPerMetre;
    this.borderMetres = borderMetres;
    this.poses = poses;
    this.framesPerPass = framesPerPass;
    this.passesPerPose = passesPerPose;
  }

  @Override
  public String name() {
    return "rendered";
  }

  @Override
  public FocusScale scale() {
    return FocusScale.DIOPTRE;
  }

  @Override
  public double[] planeFocus() {
    return new double[] {1, 5, 9};
  }

  @Override
  public Frame next() {
    int framesPerPose = framesPerPass * passesPerPose;
    if (next == poses.size() * framesPerPose) {
      return null;
    }
    int index = next++;
    double seconds = index / RATE_HZ;
    double focus = GAIN * power(seconds - DELAY) + OFFSET;
    Mat image = render(CameraModel.pose(poses.get(index / framesPerPose)), focus);
    Frame frame = pool.tryLease(WIDTH, HEIGHT, false);
    byte[] pixels = new byte[WIDTH * HEIGHT];
    image.get(0, 0, pixels);
    image.release();
    frame.luma().put(0, pixels);
    int direction = (index / framesPerPass) % 2 == 0 ? 1 : -1;
    frame.seal(
        1_000_000_000L + Math.round(seconds * 1e9),
        index,
        new FocusReading(500 + power(seconds), power(seconds), true, 30, direction));
    return frame;
  }

  /** A triangle. */
  private double power(double seconds) {
    double passes = (seconds * RATE_HZ + 0.5) / framesPerPass;
    double within = passes - 2 * Math.floor(passes / 2);
    return LEAST + (MOST - LEAST) * (within < 1 ? within : 2 - within);
  }

  private Mat render(double[] pose, double focus) {
    Mat sharp = new Mat();
    Mat transform = transform(pose, focus);
    Imgproc.warpPerspective(
        picture,
        sharp,
        transform,
        new Size(WIDTH, HEIGHT),
        Imgproc.INTER_AREA,
        Core.BORDER_CONSTANT,
        new Scalar(170));
    transform.release();
    float[][] levels = new float[BLURS.length][WIDTH * HEIGHT];
    Mat blurred = new Mat();
    Mat floats = new Mat();
    for (int level = 0; level < BLURS.length; level++) {
      Imgproc.GaussianBlur(sharp, blurred, new Size(0, 0), BLURS[level]);
      blurred.convertTo(floats, CvType.CV_32F);
      floats.get(0, 0, levels[level]);
    }
    blurred.release();
    floats.release();
    byte[] pixels = new byte[WIDTH * HEIGHT];
    for (int i = 0; i < pixels.length; i++) {
      double blur = BLUR_PIXELS_PER_DIOPTRE * Math.abs(focus - vergence(pose, i)) + 0.4;
      int level = 0;
      while (level < BLURS.length - 2 && BLURS[level + 1] < blur) {
        level++;
      }
      double share = Math.min(1, (blur - BLURS[level]) / (BLURS[level + 1] - BLURS[level]));
      double value =
          levels[level][i]
              + share * (levels[level + 1][i] - levels[level][i])
              + 1.5 * random.nextGaussian();
      pixels[i] = (byte) Math.max(0, Math.min(255, Math.round(20 + 0.8 * value)));
    }
    sharp.put(0, 0, pixels);
    return sharp;
  }

  /** 1 / depth of the plane of the pose at a pixel: linear in the pixel's ray. */
  private static double vergence(double[] pose, int pixel) {
    double x = (pixel % WIDTH - (WIDTH - 1) / 2.0) / FOCAL;
    double y = (pixel / WIDTH - (HEIGHT - 1) / 2.0) / FOCAL;
    double distance = pose[2] * pose[9] + pose[5] * pose[10] + pose[8] * pose[11];
    return (pose[2] * x + pose[5] * y + pose[8]) / distance;
  }

  private Mat transform(double[] pose, double focus) {
    double delta = focus - REFERENCE;
    double grown = FOCAL * (1 + SCALE * delta);
    double cx = (WIDTH - 1) / 2.0 + SHIFT_X * delta;
    double cy = (HEIGHT - 1) / 2.0;
    double[] k = {grown, 0, cx, 0, grown, cy, 0, 0, 1};
    double[] plane = {
      pose[0], pose[1], pose[9], pose[3], pose[4], pose[10], pose[6], pose[7], pose[11]
    };
    // A pixel's centre is half a pixel from its edge, from which the board is measured.
    double scale = 1 / pixelsPerMetre;
    double offset = 0.5 * scale - borderMetres;
    double[] metres = {scale, 0, offset, 0, scale, offset, 0, 0, 1};
    Mat result = new Mat(3, 3, CvType.CV_64F);
    result.put(0, 0, times(times(k, plane), metres));
    return result;
  }

  private static double[] times(double[] a, double[] b) {
    double[] product = new double[9];
    for (int i = 0; i < 9; i++) {
      for (int k = 0; k < 3; k++) {
        product[i] += a[i / 3 * 3 + k] * b[3 * k + i % 3];
      }
    }
    return product;
  }

  @Override
  public long dropped() {
    return 0;
  }

  @Override
  public void close() {
    picture.release();
  }
}
