package io.github.rackfocus.registration;

import io.github.rackfocus.frame.Affine;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.frame.TestFrames;
import java.util.Random;

/** A smooth random texture that is defined everywhere, so that its motion is known exactly. */
public final class Texture {
  private static final int WAVES = 40;

  private final double[] frequencyX = new double[WAVES];
  private final double[] frequencyY = new double[WAVES];
  private final double[] phase = new double[WAVES];

  public Texture(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < WAVES; i++) {
      // Wavelengths of 12 to 80 pixels in all directions.
      double wavelength = 12 * Math.pow(80 / 12.0, random.nextDouble());
      double direction = 2 * Math.PI * random.nextDouble();
      frequencyX[i] = 2 * Math.PI * Math.cos(direction) / wavelength;
      frequencyY[i] = 2 * Math.PI * Math.sin(direction) / wavelength;
      phase[i] = 2 * Math.PI * random.nextDouble();
    }
  }

  /** Luma at a point. */
  public double at(double x, double y) {
    double sum = 0;
    for (int i = 0; i < WAVES; i++) {
      sum += Math.cos(frequencyX[i] * x + frequencyY[i] * y + phase[i]);
    }
    return Math.max(0, Math.min(255, 128 + 90 * sum / Math.sqrt(2.0 * WAVES)));
  }

  /**
   * A frame of the texture.
   *
   * @param viewToImage where a point of the texture's own view is in the frame
   */
  public Frame frame(
      FramePool pool, int width, int height, Affine viewToImage, long number, double focus) {
    Affine imageToView = new Affine().setInverse(viewToImage);
    return TestFrames.of(
        pool,
        width,
        height,
        (x, y) -> (int) Math.round(at(imageToView.x(x, y), imageToView.y(x, y))),
        number * 1_000_000,
        FocusReading.at(focus));
  }
}
