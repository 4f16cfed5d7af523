package io.github.rackfocus.camera.simulated;

import java.nio.ByteBuffer;

/**
 * Converts linear light to 8-bit luma with noise.
 *
 * <p>Signal {@code g s}; variance {@code g^2 (s / fullWell + (read / fullWell)^2)}; then gamma 2.2
 * with a linear toe. Noise comes from a table of normal numbers with a random offset per row, so
 * that it costs one multiplication per pixel. Not thread-safe.
 */
final class SensorModel {
  private static final int FRACTION_BITS = 7;
  private static final int LEVELS = 512;
  private static final int TABLE = 1 << 16;
  private static final double GAMMA = 1 / 2.2;

  /** Linear below this value, because the slope of the power law is infinite at 0. */
  private static final double TOE = 0.004;

  /** Where brightness varies, light up to this multiple of saturation is told apart. */
  private static final double HEADROOM = 8;

  /** Largest luma in units of the base. */
  private static final double WHITE = 255 << FRACTION_BITS;

  /** Luma at the toe's end, in units of the base. */
  private static final double KNEE = WHITE * Math.pow(TOE, GAMMA);

  private final SimulatedCameraConfig.Sensor sensor;
  private final Brightness brightness;
  private final double gain;
  private final long seed;
  private final short[] normal = new short[TABLE];
  private final short[] toe = new short[(int) KNEE + 1];
  private final byte[] row;
  private double sigmaGain;
  private int[] sigma;

  SensorModel(SimulatedCameraConfig config) {
    this.sensor = config.sensor();
    this.brightness = new Brightness(config);
    this.gain = sensor.gain();
    this.seed = config.scene().seed();
    this.row = new byte[config.format().width()];
    fillTable();
    this.sigmaGain = gain;
    this.sigma = sigmas(gain);
    for (int i = 0; i < toe.length; i++) {
      toe[i] = (short) Math.rint(WHITE * encode(Math.pow((i + 0.5) / WHITE, 1 / GAMMA)));
    }
  }

  private int[] sigmas(double gain) {
    int[] sigmas = new int[LEVELS];
    double read = sensor.readNoiseElectrons() / sensor.fullWellElectrons();
    for (int level = 0; level < LEVELS; level++) {
      double output = (level + 0.5) / 255;
      double linear = decode(output);
      double variance = gain * gain * (linear / gain / sensor.fullWellElectrons() + read * read);
      double lumaSigma = 255 * slope(linear) * Math.sqrt(variance);
      // In quarters of the unit of the base, so that weak noise is not rounded to 0.
      sigmas[level] = (int) Math.min(1 << 14, Math.rint(lumaSigma * (4 << FRACTION_BITS)));
    }
    return sigmas;
  }

  private void fillTable() {
    SeededRandom random = new SeededRandom(seed, 2, 0);
    double[] drawn = new double[TABLE];
    double mean = 0;
    for (int i = 0; i < TABLE; i++) {
      drawn[i] = Math.max(-6, Math.min(6, random.gaussian()));
      mean += drawn[i] / TABLE;
    }
    for (int i = 0; i < TABLE; i++) {
      normal[i] = (short) Math.rint((drawn[i] - mean) * 1024);
    }
  }

  /** Returns luma without noise, in 1/128, of linear light. */
  short[] base(float[] light) {
    short[] base = new short[light.length];
    if (brightness.varies()) {
      for (int i = 0; i < light.length; i++) {
        double luma = WHITE * Math.pow(Math.max(0, light[i]) * gain / HEADROOM, GAMMA);
        base[i] = (short) Math.min(Short.MAX_VALUE, Math.rint(luma));
      }
      return base;
    }
    for (int i = 0; i < light.length; i++) {
      double luma = 255 * encode(Math.max(0, light[i]) * gain);
      base[i] = (short) Math.min(Short.MAX_VALUE, Math.rint(luma * (1 << FRACTION_BITS)));
    }
    return base;
  }

  /** Writes luma with the noise of a frame. */
  void expose(short[] base, long sequence, ByteBuffer luma) {
    SeededRandom random = new SeededRandom(seed, 3, sequence);
    if (brightness.varies()) {
      exposeVarying(base, sequence, random, luma);
      return;
    }
    int width = row.length;
    int half = 1 << (FRACTION_BITS - 1);
    for (int start = 0; start < base.length; start += width) {
      int entry = (int) random.nextLong();
      for (int x = 0; x < width; x++) {
        int clean = base[start + x];
        int noise = sigma[clean >> FRACTION_BITS] * normal[(entry + x) & (TABLE - 1)] >> 12;
        int value = clean + noise + half >> FRACTION_BITS;
        row[x] = (byte) Math.max(0, Math.min(255, value));
      }
      luma.put(start, row);
    }
  }

  /** Writes luma of a frame with its own gain and flicker. */
  private void exposeVarying(short[] base, long sequence, SeededRandom random, ByteBuffer luma) {
    double change = brightness.gain(sequence);
    if (Double.compare(sigmaGain, gain * change) != 0) {
      sigmaGain = gain * change;
      sigma = sigmas(sigmaGain);
    }
    int width = row.length;
    int half = 1 << (FRACTION_BITS - 1);
    for (int start = 0; start < base.length; start += width) {
      int entry = (int) random.nextLong();
      double light = brightness.flicker(sequence, start / width) * change * HEADROOM;
      float factor = (float) Math.pow(light, GAMMA);
      for (int x = 0; x < width; x++) {
        float bright = base[start + x] * factor;
        int clean = bright < toe.length ? toe[(int) bright] : (int) Math.min(0x7fff, bright + 0.5f);
        int noise = sigma[clean >> FRACTION_BITS] * normal[(entry + x) & (TABLE - 1)] >> 12;
        int value = clean + noise + half >> FRACTION_BITS;
        row[x] = (byte) Math.max(0, Math.min(255, value));
      }
      luma.put(start, row);
    }
  }

  /** Applies the gamma curve; values above 1 are not clipped. */
  static double encode(double linear) {
    return linear < TOE ? linear * Math.pow(TOE, GAMMA) / TOE : Math.pow(linear, GAMMA);
  }

  private static double decode(double output) {
    double knee = Math.pow(TOE, GAMMA);
    return output < knee ? output * TOE / knee : Math.pow(output, 1 / GAMMA);
  }

  private static double slope(double linear) {
    return linear < TOE ? Math.pow(TOE, GAMMA) / TOE : GAMMA * Math.pow(linear, GAMMA - 1);
  }
}
