package io.github.rackfocus.sweep;

import io.github.rackfocus.frame.Frame;

/**
 * Watches, in the sharpness of the frames, whether the lens readings are true.
 *
 * <p><b>Clock offset.</b> A sweep back and forth sees every distance twice. If the readings are
 * early or late, the sharpness over the focus of the way up is shifted against that of the way down
 * by twice the time times the rate of the lens. Hysteresis of the lens looks the same at one rate.
 * A sweep in one direction only (a saw) does not show it.
 *
 * <p><b>Temperature drift.</b> If the focus of a power drifts with the temperature, the sharpness
 * over the focus is shifted against that of the start. That can be told only where camera and scene
 * stay as they were at the start.
 *
 * <p>Nothing is corrected. Each frame costs a pass over at most 40,000 of its pixels; nothing is
 * allocated per frame. For one thread; the results may be read by any.
 */
public final class LensWatch {
  /** Greatest shift that is found. */
  private static final double MAX_PLANES = 2;

  /** Pairs of passes before a clock offset is stated. */
  private static final int ENOUGH_PAIRS = 3;

  /** Weight of earlier passes, relative to the pass after. */
  private static final double FADING = 0.8;

  /** Longest time between two frames of a pass. */
  private static final long MAX_GAP_NANOS = 2_000_000_000L;

  /** Standard error above which a result is none. */
  private static final double MAX_SIGMA_PLANES = 0.1;

  /** Standard error in planes, and relative to the shift, that the method itself has. */
  private static final double METHOD_SIGMA_PLANES = 0.01;

  private static final double METHOD_SIGMA_SHARE = 0.05;

  /**
   * What was measured of a shift.
   *
   * @param value in the unit of the quantity; NaN if it is not visible
   * @param sigma its standard error
   * @param planes the value as a shift in planes
   * @param celsius for a drift, the temperature relative to the start; else NaN
   */
  public record Shift(double value, double sigma, double planes, double celsius) {
    /** Nothing is visible. */
    public static final Shift UNKNOWN = new Shift(Double.NaN, Double.NaN, Double.NaN, Double.NaN);

    /** Whether something is visible. */
    public boolean isKnown() {
      return !Double.isNaN(value);
    }

    /** Whether it is larger than its standard error explains, and large enough to matter. */
    public boolean matters() {
      return Math.abs(value) > 4 * sigma && Math.abs(planes) >= MIN_PLANES;
    }
  }

  /** Shift below which depth hardly suffers. */
  private static final double MIN_PLANES = 0.1;

  private final double planeStep;
  private final double leastStep;
  private final PassShift offsets = new PassShift(true, FADING);
  private final PassShift drifts = new PassShift(false, 0);
  private SweepPass current = new SweepPass();
  private SweepPass previous = new SweepPass();
  private final SweepPass start = new SweepPass();
  private long lastStampNanos;
  private double lastFocus = Double.NaN;
  private final double[] clockOffset = {Double.NaN, Double.NaN, Double.NaN, Double.NaN};
  private final double[] drift = {Double.NaN, Double.NaN, Double.NaN, Double.NaN};
  private long counted;
  private volatile long turns;

  public LensWatch(FocusAxis axis) {
    planeStep = (axis.nearest() - axis.farthest()) / (axis.planes() - 1);
    leastStep = planeStep * Math.max(0.1, axis.planes() / 120.0);
  }

  /** Looks at the next frame, as the camera sent it; the caller keeps its lease. */
  public void add(Frame frame) {
    double focus = frame.focus().focus();
    long gap = frame.stampNanos() - lastStampNanos;
    if (!Double.isFinite(focus) || gap <= 0 || gap > MAX_GAP_NANOS || current.count() == 0) {
      boolean usable = Double.isFinite(focus);
      if (!usable && gap > 0 && gap <= MAX_GAP_NANOS) {
        return; // One frame without a reading does not end a pass.
      }
      current.clear();
      previous.clear();
      if (usable) {
        note(frame);
        current.add(frame, 0);
      }
      return;
    }
    double step = focus - lastFocus;
    if (Math.abs(step) < leastStep) {
      return;
    }
    int motion = step > 0 ? 1 : -1;
    if (current.direction() != 0 && motion != current.direction()) {
      turn();
    }
    note(frame);
    current.add(frame, motion);
  }

  private void note(Frame frame) {
    lastStampNanos = frame.stampNanos();
    lastFocus = frame.focus().focus();
  }

  /** Ends a pass. */
  private void turn() {
    if (current.isEnough()) {
      if (previous.isEnough() && previous.direction() == -current.direction()) {
        compareWays();
      }
      compareWithStart();
      counted++;
      turns = counted;
    }
    SweepPass ended = current;
    current = previous;
    previous = ended;
    current.beginWithLastOf(ended);
  }

  private void compareWays() {
    double rate = Math.min(previous.meanRate(), current.meanRate());
    offsets.add(previous, current, MAX_PLANES * planeStep / rate);
    boolean visible = offsets.pairs() >= ENOUGH_PAIRS && offsets.estimate();
    store(visible, offsets, rate / planeStep, Double.NaN, clockOffset);
  }

  private void compareWithStart() {
    if (!start.isEnough()) {
      if (!Double.isNaN(current.celsius())) {
        start.copyFrom(current);
      }
    } else if (start.direction() == current.direction()) {
      drifts.clear();
      drifts.add(start, current, MAX_PLANES * planeStep);
      store(drifts.estimate(), drifts, 1 / planeStep, current.celsius() - start.celsius(), drift);
    }
  }

  private static void store(
      boolean visible, PassShift found, double planesPerUnit, double celsius, double[] into) {
    double planes = found.value() * planesPerUnit;
    double sigma =
        Math.hypot(
            found.sigma() * planesPerUnit,
            Math.max(METHOD_SIGMA_PLANES, METHOD_SIGMA_SHARE * Math.abs(planes)));
    boolean isKnown = visible && sigma <= MAX_SIGMA_PLANES;
    synchronized (into) {
      into[0] = isKnown ? found.value() : Double.NaN;
      into[1] = isKnown ? sigma / planesPerUnit : Double.NaN;
      into[2] = isKnown ? planes : Double.NaN;
      into[3] = celsius;
    }
  }

  private static Shift read(double[] from) {
    synchronized (from) {
      return Double.isNaN(from[0]) ? Shift.UNKNOWN : new Shift(from[0], from[1], from[2], from[3]);
    }
  }

  /** Number of passes that were looked at; the results change with it. */
  public long turns() {
    return turns;
  }

  /**
   * By how much the frames are taken later than their readings say, seconds: what to add to {@code
   * lens.exposureOffset}. Unknown if the sweep or the scene does not show it.
   */
  public Shift clockOffset() {
    return read(clockOffset);
  }

  /**
   * By how much the focus has grown since the start at equal readings, dioptres. Unknown if that is
   * not visible.
   */
  public Shift drift() {
    return read(drift);
  }
}
