package io.github.rackfocus.depth;

import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.sweep.FocalStack;
import java.nio.ByteBuffer;

/**
 * Focal stacks of a textured slope, made without any image file and the same on every machine.
 *
 * <p>The slope's position on the focus axis rises from left to right, {@link #truth}. Two ways to
 * lose sharpness away from it: {@link #frame} only loses contrast, which is quick and exact, and
 * {@link #blurredStack} is a Gaussian defocus with sensor noise, which is what a camera does.
 */
public final class SyntheticStack {
  /** Nominal ends of every axis made here, dioptres. */
  static final double FARTHEST = 1.5;

  static final double NEAREST = 9.0;

  /** Nanoseconds between the frames of these sweeps. */
  static final long PERIOD_NANOS = 10_000_000;

  private static final double LEAST = 0.15;
  private static final double MOST = 0.85;

  private SyntheticStack() {}

  /**
   * Position of the slope at a column: {@value #LEAST} at the left, {@value #MOST} at the right.
   */
  public static double truth(int x, int width) {
    return LEAST + (MOST - LEAST) * x / (width - 1.0);
  }

  /**
   * Focus of the planes, far to near: unequal steps, as a real lens gives them.
   *
   * @param planes at least 2
   */
  public static double[] focus(int planes) {
    double[] focus = new double[planes];
    for (int z = 0; z < planes; z++) {
      boolean end = z == 0 || z == planes - 1;
      double jitter = end ? 0 : 0.4 * (random(1_000_000 + z) - 0.5);
      focus[z] = FARTHEST + (NEAREST - FARTHEST) * (z + jitter) / (planes - 1.0);
    }
    return focus;
  }

  /** A stack of the slope with one frame a plane, numbered from 0, the last the newest. */
  public static FocalStack stack(FramePool pool, int width, int height, int planes) {
    double[] focus = focus(planes);
    Frame[] frames = new Frame[planes];
    for (int z = 0; z < planes; z++) {
      frames[z] = frame(pool, width, height, focus[z], z, 0);
    }
    return stackOf(frames, planes - 1);
  }

  /** A stack of frames that carry their own focus; takes over one lease of each. */
  public static FocalStack stackOf(Frame[] frames, int reference) {
    double[] focus = new double[frames.length];
    for (int z = 0; z < frames.length; z++) {
      focus[z] = frames[z].focus().focus();
    }
    return new FocalStack(FocusScale.DIOPTRE, frames, focus, new boolean[frames.length], reference);
  }

  /**
   * A frame of the slope whose contrast falls with the distance from focus.
   *
   * @param focus dioptres
   * @param sequence of the frame; its stamp follows from it
   * @param shift added to the slope's position, so that two frames of one plane can differ
   */
  public static Frame frame(
      FramePool pool, int width, int height, double focus, long sequence, double shift) {
    return frame(pool, width, height, focus, sequence, sequence * PERIOD_NANOS, shift);
  }

  /** The same with a stamp of its own, as a source has that starts to count again. */
  public static Frame frame(
      FramePool pool,
      int width,
      int height,
      double focus,
      long sequence,
      long stampNanos,
      double shift) {
    double position = (focus - FARTHEST) / (NEAREST - FARTHEST);
    Frame frame = lease(pool, width, height);
    ByteBuffer luma = frame.luma();
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double away = 6 * (position - truth(x, width) - shift);
        double value = 0.5 + (random((long) y * width + x) - 0.5) / (1 + away * away);
        luma.put(y * width + x, toByte(255 * value));
      }
    }
    return frame.seal(stampNanos, sequence, FocusReading.at(focus));
  }

  /**
   * How a camera sees the slope.
   *
   * @param sigmaPixels Gaussian blur of what lies a whole sweep away from the plane in focus
   * @param noise standard deviation of the sensor's noise, of 255
   * @param leastContrast contrast of the texture in the bottom row, falling from 1 in the top row
   *     in equal ratios
   */
  public record Optics(double sigmaPixels, double noise, double leastContrast) {}

  /** A stack of the slope as a camera sees it, numbered from {@code firstSequence}. */
  public static FocalStack blurredStack(
      FramePool pool, int width, int height, int planes, long firstSequence, Optics optics) {
    double[] focus = focus(planes);
    Frame[] frames = new Frame[planes];
    for (int z = 0; z < planes; z++) {
      frames[z] = blurredFrame(pool, width, height, focus[z], firstSequence + z, optics);
    }
    return stackOf(frames, planes - 1);
  }

  private static Frame blurredFrame(
      FramePool pool, int width, int height, double focus, long sequence, Optics optics) {
    double position = (focus - FARTHEST) / (NEAREST - FARTHEST);
    int reach = (int) Math.ceil(3.5 * (optics.sigmaPixels() + 0.5));
    double[] surface = surface(width, height, optics.leastContrast());
    double[] rows = new double[width * height];
    Frame frame = lease(pool, width, height);
    for (int x = 0; x < width; x++) {
      double sigma = optics.sigmaPixels() * Math.abs(position - truth(x, width));
      double[] kernel = gaussian(sigma, reach);
      for (int y = 0; y < height; y++) {
        double sum = 0;
        for (int i = -reach; i <= reach; i++) {
          sum += kernel[i + reach] * surface[y * width + Math.floorMod(x + i, width)];
        }
        rows[y * width + x] = sum;
      }
      for (int y = 0; y < height; y++) {
        double sum = 0;
        for (int i = -reach; i <= reach; i++) {
          sum += kernel[i + reach] * rows[Math.floorMod(y + i, height) * width + x];
        }
        double grain = optics.noise() * gauss(sequence * 1_000_003L + (long) y * width + x);
        frame.luma().put(y * width + x, toByte(255 * sum + grain));
      }
    }
    return seal(frame, focus, sequence);
  }

  /** Luma of the slope's surface: grain of one and of four pixels. */
  private static double[] surface(int width, int height, double leastContrast) {
    double[] luma = new double[width * height];
    for (int y = 0; y < height; y++) {
      double contrast = Math.pow(leastContrast, y / (height - 1.0));
      for (int x = 0; x < width; x++) {
        double fine = random(7_000_000L + y * 4099L + x);
        double coarse = random(9_000_000L + (y >> 2) * 4099L + (x >> 2));
        luma[y * width + x] = 0.5 + 0.8 * contrast * (0.6 * fine + 0.4 * coarse - 0.5);
      }
    }
    return luma;
  }

  /** A frame without any texture. */
  public static Frame flatFrame(
      FramePool pool, int width, int height, double focus, long sequence, int level) {
    Frame frame = lease(pool, width, height);
    for (int i = 0; i < frame.pixels(); i++) {
      frame.luma().put(i, (byte) level);
    }
    return seal(frame, focus, sequence);
  }

  /** A stack without any texture. */
  public static FocalStack flatStack(FramePool pool, int width, int height, int planes, int level) {
    double[] focus = focus(planes);
    Frame[] flat = new Frame[planes];
    for (int z = 0; z < planes; z++) {
      flat[z] = flatFrame(pool, width, height, focus[z], z, level);
    }
    return stackOf(flat, planes - 1);
  }

  /** The same stack with a plane that has no frame, for which the next farther one stands in. */
  public static FocalStack withStandIn(FocalStack stack, int plane) {
    int planes = stack.planes();
    Frame[] next = new Frame[planes];
    double[] focus = new double[planes];
    boolean[] missing = new boolean[planes];
    for (int z = 0; z < planes; z++) {
      missing[z] = z == plane;
      next[z] = stack.frame(missing[z] ? z - 1 : z).retain();
      focus[z] = stack.focus(z);
    }
    return new FocalStack(stack.scale(), next, focus, missing, planes - 1);
  }

  private static Frame lease(FramePool pool, int width, int height) {
    Frame frame = pool.tryLease(width, height, false);
    if (frame == null) {
      throw new IllegalStateException("the test's frame pool is too small");
    }
    return frame;
  }

  private static Frame seal(Frame frame, double focus, long sequence) {
    return frame.seal(sequence * PERIOD_NANOS, sequence, FocusReading.at(focus));
  }

  private static double[] gaussian(double sigma, int reach) {
    double width = Math.max(sigma, 0.35);
    double[] kernel = new double[2 * reach + 1];
    double sum = 0;
    for (int i = -reach; i <= reach; i++) {
      double weight = Math.abs(i) > 3.5 * width ? 0 : Math.exp(-0.5 * i * i / (width * width));
      kernel[i + reach] = weight;
      sum += weight;
    }
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] /= sum;
    }
    return kernel;
  }

  private static byte toByte(double value) {
    return (byte) Math.max(0, Math.min(255, Math.round(value)));
  }

  private static double gauss(long index) {
    double radius = Math.sqrt(-2 * Math.log(1 - random(2 * index)));
    return radius * Math.cos(2 * Math.PI * random(2 * index + 1));
  }

  /** Uniform in [0, 1), by splitmix64 of the index. */
  private static double random(long index) {
    long z = 20261120L + index + 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return ((z ^ (z >>> 31)) >>> 11) * 0x1.0p-53;
  }
}
