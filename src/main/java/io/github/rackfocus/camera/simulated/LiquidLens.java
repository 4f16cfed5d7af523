package io.github.rackfocus.camera.simulated;

/**
 * A liquid lens, modelled as a damped oscillator with hysteresis.
 *
 * <p>{@code x'' = w^2 (p - x) - 2 z w x'}, with natural frequency w, damping ratio z and p the
 * command after a play operator of the given width (the simplest model of hysteresis:
 * Krasnosel'skii and Pokrovskii 1989). Each step is the exact solution for a constant command, so
 * that it is stable for any step width. Not thread-safe.
 */
final class LiquidLens {
  private final double omega;
  private final double damping;
  private final double halfPlay;
  private double target;
  private double focus;
  private double velocity;

  /**
   * @param naturalFrequencyHz undamped natural frequency
   * @param dampingRatio damping ratio; the lens rings below 1
   * @param hysteresisDioptres full width of the hysteresis
   * @param focus initial focus, at rest
   */
  LiquidLens(
      double naturalFrequencyHz, double dampingRatio, double hysteresisDioptres, double focus) {
    this.omega = 2 * Math.PI * naturalFrequencyHz;
    this.damping = dampingRatio;
    this.halfPlay = hysteresisDioptres / 2;
    this.target = focus;
    this.focus = focus;
  }

  /** Advances the time with a constant command. */
  void advance(double command, double seconds) {
    target = Math.min(Math.max(target, command - halfPlay), command + halfPlay);
    double y = focus - target;
    double decay = Math.exp(-damping * omega * seconds);
    double discriminant = damping * damping - 1;
    double cos;
    double sin;
    if (Math.abs(discriminant) < 1e-9) {
      cos = 1;
      sin = seconds;
    } else if (discriminant < 0) {
      double ringing = omega * Math.sqrt(-discriminant);
      cos = Math.cos(ringing * seconds);
      sin = Math.sin(ringing * seconds) / ringing;
    } else {
      double creep = omega * Math.sqrt(discriminant);
      // Includes the decay, because cosh alone overflows for long steps.
      double slow = Math.exp((creep - damping * omega) * seconds);
      double fast = Math.exp(-(creep + damping * omega) * seconds);
      decay = 1;
      cos = (slow + fast) / 2;
      sin = (slow - fast) / (2 * creep);
    }
    double drift = velocity + damping * omega * y;
    focus = target + decay * (y * cos + drift * sin);
    velocity = decay * (velocity * cos - (damping * omega * velocity + omega * omega * y) * sin);
  }

  /** Returns the actual focus in dioptres. */
  double focus() {
    return focus;
  }

  /** Returns the velocity in dioptres per second. */
  double velocity() {
    return velocity;
  }

  /** Returns the distance to the target, the command after hysteresis, in dioptres. */
  double error() {
    return Math.abs(focus - target);
  }
}
