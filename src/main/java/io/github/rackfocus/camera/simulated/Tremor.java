package io.github.rackfocus.camera.simulated;

import java.util.stream.IntStream;

/**
 * A band-limited random motion: a sum of sinusoids of fixed frequencies whose amplitudes fall with
 * 1 / frequency, as a hand's tremor does. It repeats after its loop. Immutable.
 */
final class Tremor {
  /** Lowest frequency, Hz. */
  static final double LOW_HZ = 0.5;

  /** Highest frequency, Hz. */
  static final double HIGH_HZ = 8;

  /** Highest frequency as a share of the frame rate, so that frames don't alias it. */
  private static final double MAX_PER_FRAME = 0.48;

  private static final int COUNT = 12;

  private final double[] omegas;
  private final double[] phases;
  private final double[] amplitudes;

  private Tremor(double[] omegas, double[] phases, double[] amplitudes) {
    this.omegas = omegas;
    this.phases = phases;
    this.amplitudes = amplitudes;
  }

  /**
   * Draws a motion of unit strength.
   *
   * @param rateHz frame rate
   * @param loopSeconds time after which it repeats
   * @param perFrame true: the RMS change from one frame to the next is 1; false: the RMS is 1
   * @throws IllegalArgumentException if no frequency of the band repeats in the loop
   */
  static Tremor draw(SeededRandom random, double rateHz, double loopSeconds, boolean perFrame) {
    int first = (int) Math.ceil(LOW_HZ * loopSeconds - 1e-9);
    int last = (int) Math.floor(Math.min(HIGH_HZ, MAX_PER_FRAME * rateHz) * loopSeconds + 1e-9);
    if (last < Math.max(1, first)) {
      throw new IllegalArgumentException(
          "motion repeats after "
              + loopSeconds
              + " s at "
              + rateHz
              + " Hz, which leaves no frequency for a shake, whose band is 0.5 Hz to the lower of 8"
              + " Hz and 0.48 times the rate; expected a higher format.rateHz, more"
              + " playback.prerenderedSweeps, or 0");
    }
    first = Math.max(1, first);
    // Distinct multiples of the loop's frequency, so that squares of amplitudes add up.
    int[] multiples = IntStream.rangeClosed(first, last).toArray();
    int count = Math.min(COUNT, multiples.length);
    double[] omegas = new double[count];
    double[] phases = new double[count];
    double[] amplitudes = new double[count];
    double square = 0;
    for (int i = 0; i < count; i++) {
      int other = i + random.below(multiples.length - i);
      int multiple = multiples[other];
      multiples[other] = multiples[i];
      double hertz = multiple / loopSeconds;
      omegas[i] = 2 * Math.PI * hertz;
      phases[i] = random.between(0, 2 * Math.PI);
      amplitudes[i] = 1 / hertz;
      double change = perFrame ? 2 * Math.sin(Math.PI * hertz / rateHz) : 1;
      square += amplitudes[i] * amplitudes[i] * change * change / 2;
    }
    for (int i = 0; i < count; i++) {
      amplitudes[i] /= Math.sqrt(square);
    }
    return new Tremor(omegas, phases, amplitudes);
  }

  /** Returns the displacement at a time. */
  double at(double seconds) {
    double sum = 0;
    for (int i = 0; i < omegas.length; i++) {
      sum += amplitudes[i] * Math.sin(omegas[i] * seconds + phases[i]);
    }
    return sum;
  }

  /** Returns a bound of the displacement. */
  double peak() {
    double sum = 0;
    for (double amplitude : amplitudes) {
      sum += amplitude;
    }
    return sum;
  }
}
