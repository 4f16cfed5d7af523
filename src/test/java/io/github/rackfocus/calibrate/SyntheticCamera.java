package io.github.rackfocus.calibrate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A camera with a lens of known parameters that looks at a board: corners by the equations, with
 * noise, and curves of sharpness, with noise. Nothing here is shared with the code under test but
 * the equations of the camera.
 */
final class SyntheticCamera {
  static final int WIDTH = 640;
  static final int HEIGHT = 480;
  static final BoardConfig BOARD = BoardConfig.DEFAULTS;
  private static final double RATE_HZ = 60;
  private static final double LEAST_POWER = 0;
  private static final double SWEEP = 10;
  private static final double SHARP_ENOUGH = 2.5;
  private static final int PATCHES_X = 3;
  private static final int PATCHES_Y = 2;

  final double[] truth = new double[Parameter.values().length];
  final double reference = 6;
  private final Random random;
  private final double[] periods;
  private final double cornerNoise;
  private final double sharpnessNoise;

  /**
   * @param periods of a sweep up and down, seconds
   */
  SyntheticCamera(long seed, double cornerNoise, double sharpnessNoise, double... periods) {
    this.random = new Random(seed);
    this.periods = periods.clone();
    this.cornerNoise = cornerNoise;
    this.sharpnessNoise = sharpnessNoise;
    set(Parameter.FX, 700 + 40 * random.nextGaussian());
    set(Parameter.FY, truth[0] * (1 + 0.002 * random.nextGaussian()));
    set(Parameter.CX, 320 + 8 * random.nextGaussian());
    set(Parameter.CY, 240 + 8 * random.nextGaussian());
    set(Parameter.K1, -0.15 + 0.05 * random.nextGaussian());
    set(Parameter.K2, 0.05 * random.nextGaussian());
    set(Parameter.P1, 5e-4 * random.nextGaussian());
    set(Parameter.P2, 5e-4 * random.nextGaussian());
    set(Parameter.K3, 0);
    set(Parameter.SCALE, 0.005 + 0.002 * random.nextGaussian());
    set(Parameter.SHIFT_X, 0.3 * random.nextGaussian());
    set(Parameter.SHIFT_Y, 0.3 * random.nextGaussian());
    set(Parameter.GAIN, 0.95 + 0.03 * random.nextGaussian());
    set(Parameter.OFFSET, 1.5 + 0.2 * random.nextGaussian());
    set(Parameter.DELAY, 0.012 + 0.003 * random.nextGaussian());
    set(Parameter.DELAY_DIFFERENCE, 0.001 * random.nextGaussian());
    set(Parameter.HYSTERESIS, 0.03 + 0.01 * random.nextGaussian());
    set(Parameter.TEMPERATURE, -0.01 + 0.003 * random.nextGaussian());
  }

  private void set(Parameter parameter, double value) {
    truth[parameter.ordinal()] = value;
  }

  /** Observes the board, held still in several poses spread over the sweep. */
  Observations observe(int views) {
    Noise noise = new Noise();
    List<BoardView> boards = new ArrayList<>();
    for (int view = 0; view < views; view++) {
      BoardView seen = view(view, views, noise);
      if (seen.frames().size() >= 6) {
        boards.add(seen);
      }
    }
    return new Observations(WIDTH, HEIGHT, 25, noise, boards, List.of(), List.of(), List.of());
  }

  private BoardView view(int index, int views, Noise noise) {
    double nearest = 0.9 * truth[Parameter.GAIN.ordinal()] * SWEEP;
    double vergence = 2.2 + (nearest - 2.2) * (index + random.nextDouble()) / views;
    double z = 1 / vergence;
    double[] turned = {
      0.9 * (random.nextDouble() - 0.5),
      0.9 * (random.nextDouble() - 0.5),
      0.6 * (random.nextDouble() - 0.5),
      0,
      0,
      0
    };
    double[] pose = CameraModel.pose(turned);
    // A point of the board lies in the middle of the image, more or less.
    double bx = 0.03 + 0.105 * random.nextDouble();
    double by = 0.03 + 0.06 * random.nextDouble();
    pose[9] = -(pose[0] * bx + pose[1] * by) + z * 0.3 * (random.nextDouble() - 0.5);
    pose[10] = -(pose[3] * bx + pose[4] * by) + z * 0.2 * (random.nextDouble() - 0.5);
    pose[11] = z - (pose[6] * bx + pose[7] * by);
    double celsius = -8 + 16 * random.nextDouble();
    List<BoardView.Corners> corners = new ArrayList<>();
    List<SharpnessPeak> peaks = new ArrayList<>();
    for (double period : periods) {
      for (int direction : new int[] {1, -1}) {
        List<LensSample> pass = pass(period, direction, celsius);
        pass.forEach(lens -> see(pose, lens, z, corners));
        peaks.addAll(peaks(pose, pass));
      }
    }
    return new BoardView(BOARD, corners, peaks, noise);
  }

  private List<LensSample> pass(double period, int direction, double celsius) {
    List<LensSample> pass = new ArrayList<>();
    double rate = direction * 2 * SWEEP / period;
    double phase = random.nextDouble();
    for (int i = 0; i + 1 < RATE_HZ * period / 2; i++) {
      double done = (i + phase) / RATE_HZ * Math.abs(rate);
      double power = direction > 0 ? LEAST_POWER + done : LEAST_POWER + SWEEP - done;
      pass.add(new LensSample(i, power, rate, celsius));
    }
    return pass;
  }

  private void see(double[] pose, LensSample lens, double z, List<BoardView.Corners> corners) {
    if (Math.abs(lens.focus(truth) - 1 / z) > SHARP_ENOUGH) {
      return;
    }
    int[] numbers = new int[BOARD.corners()];
    double[] pixels = new double[2 * numbers.length];
    int count = 0;
    double[] pixel = new double[2];
    for (int corner = 0; corner < numbers.length; corner++) {
      if (isOutside(pose, BOARD.cornerX(corner), BOARD.cornerY(corner))) {
        continue;
      }
      CameraModel.project(truth, pose, BOARD.cornerX(corner), BOARD.cornerY(corner), pixel);
      CameraModel.breathe(truth, lens.focus(truth) - reference, pixel);
      if (pixel[0] > 5 && pixel[0] < WIDTH - 6 && pixel[1] > 5 && pixel[1] < HEIGHT - 6) {
        numbers[count] = corner;
        pixels[2 * count] = pixel[0] + cornerNoise * random.nextGaussian();
        pixels[2 * count + 1] = pixel[1] + cornerNoise * random.nextGaussian();
        count++;
      }
    }
    if (count >= 12) {
      corners.add(
          new BoardView.Corners(
              lens, Arrays.copyOf(numbers, count), Arrays.copyOf(pixels, 2 * count)));
    }
  }

  /** Far outside the view the polynomial of distortion folds back; no lens does. */
  private static boolean isOutside(double[] pose, double x, double y) {
    double depth = CameraModel.depth(pose, x, y);
    double u = (pose[0] * x + pose[1] * y + pose[9]) / depth;
    double v = (pose[3] * x + pose[4] * y + pose[10]) / depth;
    return depth < 0.05 || Math.hypot(u, v) > 0.7;
  }

  private List<SharpnessPeak> peaks(double[] pose, List<LensSample> pass) {
    List<SharpnessPeak> peaks = new ArrayList<>();
    double[] pixel = new double[2];
    for (int patch = 0; patch < PATCHES_X * PATCHES_Y; patch++) {
      double x = 0.165 * (patch % PATCHES_X + 0.5) / PATCHES_X;
      double y = 0.12 * (patch / PATCHES_X + 0.5) / PATCHES_Y;
      double depth = CameraModel.depth(pose, x, y);
      CameraModel.project(truth, pose, x, y, pixel);
      if (isOutside(pose, x, y)
          || pixel[0] < 40
          || pixel[0] > 600
          || pixel[1] < 40
          || pixel[1] > 440) {
        continue;
      }
      double[] sharpness = new double[pass.size()];
      for (int i = 0; i < sharpness.length; i++) {
        double blur = (pass.get(i).focus(truth) - 1 / depth) / 0.8;
        // Neither Gauss's nor Lorentz's bell: what is fitted is not what is true.
        sharpness[i] =
            20
                + 1000 / Math.pow(1 + blur * blur, 1.5)
                + 1000 * sharpnessNoise * random.nextGaussian();
      }
      SharpnessPeak peak = PeakFinder.find(pass, sharpness, x, y);
      if (peak != null) {
        peaks.add(peak);
      }
    }
    return peaks;
  }

  /** The true value of a key of the result. */
  double truth(String key, double referenceFocus) {
    double delta = referenceFocus - reference;
    double grown = 1 + delta * Parameter.SCALE.in(truth);
    return switch (key) {
      // A reference view at another focus is larger and shifted; so is what breathes from there.
      case "fx" -> Parameter.FX.in(truth) * grown;
      case "fy" -> Parameter.FY.in(truth) * grown;
      case "cx" -> Parameter.CX.in(truth) + delta * Parameter.SHIFT_X.in(truth);
      case "cy" -> Parameter.CY.in(truth) + delta * Parameter.SHIFT_Y.in(truth);
      case "breathing.scale_per_dioptre" -> Parameter.SCALE.in(truth) / grown;
      case "lag_down" -> -Parameter.DELAY_DIFFERENCE.in(truth);
      default ->
          Arrays.stream(Parameter.values())
              .filter(each -> each.key().equals(key))
              .findFirst()
              .orElseThrow()
              .in(truth);
    };
  }

  /**
   * The error of depth with a calibration relative to that with the true one: root mean square over
   * the sweep, in both directions, where the focus at a pixel is measured to 0.05 dioptres.
   */
  double depthErrorRatio(CalibrationResult result) {
    double[] found = truth.clone();
    found[Parameter.GAIN.ordinal()] = result.value("power_gain", 1);
    found[Parameter.OFFSET.ordinal()] = result.value("power_offset", 0);
    found[Parameter.HYSTERESIS.ordinal()] = result.value("hysteresis", 0);
    found[Parameter.TEMPERATURE.ordinal()] = result.value("temperature_coefficient", 0);
    double up = result.value("clock_offset", 0) + result.value("lag_up", 0);
    double down = result.value("clock_offset", 0) + result.value("lag_down", 0);
    found[Parameter.DELAY.ordinal()] = (up + down) / 2;
    found[Parameter.DELAY_DIFFERENCE.ordinal()] = (up - down) / 2;
    Random errors = new Random(1);
    double own = 0;
    double best = 0;
    for (double period : periods) {
      for (int direction : new int[] {1, -1}) {
        double rate = direction * 2 * SWEEP / period;
        for (double power = 1.5; power < SWEEP; power += 0.01) {
          LensSample lens = new LensSample(0, power, rate, 0);
          double focus = lens.focus(truth);
          double measured = 0.05 * errors.nextGaussian();
          double depth = 1 / focus;
          best += Math.pow(1 / (focus + measured) - depth, 2);
          own += Math.pow(1 / (lens.focus(found) + measured) - depth, 2);
        }
      }
    }
    return Math.sqrt(own / best);
  }
}
