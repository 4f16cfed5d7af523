package io.github.rackfocus.node;

import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.sweep.FocusAxis;
import io.github.rackfocus.sweep.LensWatch;
import io.github.rackfocus.sweep.LensWatch.Shift;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns when the frames show that the lens readings are not true: once, and again when what they
 * show has changed. Nothing is corrected. Frames come from one thread; the results may be read by
 * any.
 */
final class LensMonitor {
  private static final Logger LOG = LoggerFactory.getLogger(LensMonitor.class);

  /** Passes between two looks at the results. */
  private static final int TURNS_BETWEEN = 4;

  /** Change of temperature from which a drift is said to come from it. */
  private static final double MIN_CELSIUS = 3;

  private final String source;
  private final double exposureOffsetSeconds;
  private final LensWatch watch;
  private long turns;
  private Shift warnedOffset = Shift.UNKNOWN;
  private Shift warnedDrift = Shift.UNKNOWN;

  /**
   * @param source of the frames, for messages
   * @param exposureOffsetSeconds the configured {@code lens.exposureOffset}
   */
  LensMonitor(String source, FocusAxis axis, double exposureOffsetSeconds) {
    this.source = source;
    this.exposureOffsetSeconds = exposureOffsetSeconds;
    this.watch = new LensWatch(axis);
  }

  /** Looks at the next frame; the caller keeps its lease. */
  void add(Frame frame) {
    watch.add(frame);
    if (watch.turns() >= turns + TURNS_BETWEEN) {
      turns = watch.turns();
      warnOfOffset(watch.clockOffset());
      warnOfDrift(watch.drift());
    }
  }

  /** What is known of the readings' clock, seconds. */
  Shift clockOffset() {
    return watch.clockOffset();
  }

  /** What is known of the drift since the start, dioptres. */
  Shift drift() {
    return watch.drift();
  }

  private void warnOfOffset(Shift now) {
    if (!isNews(now, warnedOffset)) {
      return;
    }
    warnedOffset = now;
    LOG.warn(
        "{}: the sharpness on the way up and on the way down does not agree: images are taken"
            + " {} s {} than their lens readings say (standard error {} s, {} planes). Set"
            + " lens.exposureOffset to {}, or {} clock_offset in the camera file by {} s. A"
            + " lens with hysteresis looks the same; 'rackfocus calibrate' tells them apart",
        source,
        number(Math.abs(now.value())),
        now.value() > 0 ? "later" : "earlier",
        number(now.sigma()),
        number(Math.abs(now.planes())),
        number(exposureOffsetSeconds + now.value()),
        now.value() > 0 ? "lower" : "raise",
        number(Math.abs(now.value())));
  }

  private void warnOfDrift(Shift now) {
    if (!isNews(now, warnedDrift) || !(Math.abs(now.celsius()) >= MIN_CELSIUS)) {
      return;
    }
    warnedDrift = now;
    LOG.warn(
        "{}: focus has drifted by {} dioptres ({} planes, standard error {} dioptres) while the"
            + " temperature of the lens changed by {} °C, so depth is off by as much. Set"
            + " temperature_coefficient in the camera file {} by {} dioptres per °C, and let the"
            + " driver report lens power",
        source,
        number(now.value()),
        number(now.planes()),
        number(now.sigma()),
        number(now.celsius()),
        now.value() / now.celsius() < 0 ? "lower" : "higher",
        number(Math.abs(now.value() / now.celsius())));
  }

  /** Whether something matters that was not said yet. */
  private static boolean isNews(Shift now, Shift said) {
    return now.matters()
        && (!said.isKnown()
            || (Math.abs(now.value() - said.value()) > 4 * now.sigma()
                && Math.abs(now.planes() - said.planes()) >= 0.1));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }
}
