package io.github.rackfocus.sweep;

import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.LensWarp;
import io.github.rackfocus.frame.TimeJump;
import io.github.rackfocus.registration.FrameRegistration;
import io.github.rackfocus.registration.RegistrationMode;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the newest frame of every plane while the lens sweeps, and provides a whole stack after
 * every frame.
 *
 * <p>A frame goes to the plane of its actual focus reading. Late frames, duplicates and readings
 * outside the sweep are rejected with a cause. A change of the image size or a time jump (a bag
 * that loops) empties the stack. A frame of an unsettled lens does not replace a fresh settled one.
 * Stack time is the stamp of the newest frame; the stack is ready while the age of every plane is
 * at most {@code maxStackAge}. For one thread; the stacks it provides may be used on any.
 */
public final class RollingFocalStack implements AutoCloseable {
  private final FocusAxis axis;
  private final RollingStackConfig options;
  private final @Nullable Frame[] newest;
  private final SweepPeriod period;
  private final @Nullable MotionDetector motion;
  private final @Nullable LensWarp lens;
  private @Nullable FrameRegistration registration;
  private final FocalStackPool pool;
  private final @Nullable Frame[] chosen;
  private final double[] focus;
  private final boolean[] missing;
  private int reference = -1;
  private int placedSinceStack;
  private long placed;
  private long stackStamp;
  private final TimeJump timeJump = new TimeJump();

  public RollingFocalStack(FocusAxis axis, RollingStackConfig options) {
    this(axis, options, null);
  }

  /**
   * @param lens the calibrated lens, whose part of the motion is known; null to learn it
   */
  public RollingFocalStack(FocusAxis axis, RollingStackConfig options, @Nullable LensWarp lens) {
    this.axis = axis;
    this.options = options;
    this.newest = new Frame[axis.planes()];
    this.pool = new FocalStackPool(axis.planes());
    this.chosen = new Frame[axis.planes()];
    this.focus = new double[axis.planes()];
    this.missing = new boolean[axis.planes()];
    this.period = new SweepPeriod(axis.planes());
    this.motion =
        options.motionThreshold() > 0
            ? new MotionDetector(axis.planes(), options.motionThreshold())
            : null;
    this.lens = lens;
    this.registration = registration(options.registration());
  }

  private @Nullable FrameRegistration registration(RegistrationMode mode) {
    return mode == RegistrationMode.OFF
        ? null
        : new FrameRegistration(mode, axis.planes(), axis.farthest(), axis.nearest(), lens);
  }

  /**
   * Changes which motion is removed, and empties the stack: its frames are in another view.
   *
   * @return false if that motion is removed already; nothing is changed then
   */
  public boolean useRegistration(RegistrationMode mode) {
    if (mode == (registration == null ? RegistrationMode.OFF : registration.mode())) {
      return false;
    }
    clear();
    if (registration != null) {
      registration.close();
    }
    registration = registration(mode);
    return true;
  }

  /** The nominal planes. */
  public FocusAxis axis() {
    return axis;
  }

  /**
   * Offers a frame.
   *
   * @param frame sealed and with its reading; the caller keeps its lease, the stack adds its own
   */
  public FrameResult offer(Frame frame) {
    double reading = frame.focus().focus();
    if (Double.isNaN(reading)) {
      return FrameResult.NO_READING;
    }
    // Below 0 dioptres the lens is beyond infinity, where nothing is in focus.
    int plane = axis.scale().isMetric() && reading < 0 ? -1 : axis.planeOf(reading);
    if (plane < 0) {
      return FrameResult.OUT_OF_SWEEP;
    }
    FrameResult placement = FrameResult.PLACED;
    boolean duplicate = holdsStamp(frame.stampNanos());
    Frame latest = latest();
    if (latest != null && (latest.width() != frame.width() || latest.height() != frame.height())) {
      clear();
      placement = FrameResult.RESTARTED_BY_SIZE;
    } else if (duplicate || isLate(frame, plane)) {
      if (!isBeforeLatest(frame) || !timeJump.isJump(frame.stampNanos())) {
        return duplicate ? FrameResult.DUPLICATE : FrameResult.LATE;
      }
      clear();
      placement = FrameResult.RESTARTED_BY_TIME;
    }
    timeJump.reset();
    if (!frame.focus().settled() && holdsSettled(plane, frame.stampNanos())) {
      return FrameResult.UNSETTLED;
    }
    return register(frame, plane, placement);
  }

  /**
   * Whether a plane has a settled frame that is fresh at a time. That time is also the stack's from
   * now on: planes grow old while only frames arrive that are not used.
   */
  private boolean holdsSettled(int plane, long stampNanos) {
    Frame latest = latest();
    stackStamp = latest == null ? stampNanos : Math.max(stampNanos, latest.stampNanos());
    Frame held = newest[plane];
    return held != null && held.focus().settled() && isFresh(plane);
  }

  /** Brings the frame into the common view and places it. */
  private FrameResult register(Frame frame, int plane, FrameResult placement) {
    FrameRegistration by = registration;
    if (by == null) {
      place(frame.retain(), plane);
      return placement;
    }
    FrameResult result = placement;
    Frame registered = by.register(frame, plane);
    if (registered == null && by.isLost()) {
      clear();
      by.restart();
      registered = by.register(frame, plane);
      result = FrameResult.RESTARTED_BY_MOTION;
    }
    if (registered == null) {
      return FrameResult.UNREGISTERED;
    }
    place(registered, plane);
    return result;
  }

  /** How frames are registered, for health; null if they are not. */
  public @Nullable FrameRegistration registration() {
    return registration;
  }

  /**
   * Returns a stack of the newest frames if one is due and ready.
   *
   * @return a stack that the caller closes, or null if fewer than {@code everyNth} frames were
   *     placed since the last one, or a plane is missing or stale
   */
  public @Nullable FocalStack takeStack() {
    if (placedSinceStack < options.everyNth()) {
      return null;
    }
    makeKeyframe();
    FocalStack stack = assemble();
    if (stack != null) {
      placedSinceStack = 0;
    }
    return stack;
  }

  /** Moves all planes into the view of the newest frame when the camera has moved too far. */
  private void makeKeyframe() {
    FrameRegistration by = registration;
    if (by == null || !by.isKeyframeDue(isReady())) {
      return;
    }
    by.rebase(newest);
    if (motion != null) {
      for (int plane = 0; plane < newest.length; plane++) {
        Frame frame = newest[plane];
        if (frame != null) {
          motion.remember(frame, plane);
        }
      }
    }
  }

  /** Whether every plane has a fresh frame. */
  public boolean isReady() {
    return reference >= 0 && freshPlanes() == axis.planes();
  }

  /** Number of planes with a fresh frame. */
  public int freshPlanes() {
    int fresh = 0;
    for (int plane = 0; plane < axis.planes(); plane++) {
      fresh += isFresh(plane) ? 1 : 0;
    }
    return fresh;
  }

  /** The measured sweep period, nanoseconds; 0 until a plane was visited twice. */
  public long measuredPeriodNanos() {
    return period.nanos();
  }

  /**
   * Maximum age of a plane, nanoseconds. Until the sweep period is measured it follows from the
   * time between visits of planes; {@code Long.MAX_VALUE} until two planes were visited.
   */
  public long maxStackAgeNanos() {
    if (options.maxStackAgeNanos() > 0) {
      return options.maxStackAgeNanos();
    }
    return period.maxAgeNanos();
  }

  /** Empties the stack and closes its frames; the measured sweep period is discarded too. */
  public void clear() {
    for (int plane = 0; plane < newest.length; plane++) {
      Frame frame = newest[plane];
      if (frame != null) {
        frame.close();
      }
      newest[plane] = null;
    }
    reference = -1;
    placedSinceStack = 0;
    timeJump.reset();
    period.forget();
    if (motion != null) {
      motion.forget();
    }
    if (registration != null) {
      registration.clear();
    }
  }

  @Override
  public void close() {
    clear();
    if (registration != null) {
      registration.close();
    }
  }

  /** Takes over the lease of a frame. */
  private void place(Frame frame, int plane) {
    if (motion != null) {
      motion.compare(frame, plane, planeStep(plane));
    }
    Frame before = newest[plane];
    newest[plane] = frame;
    Frame latest = latest();
    if (latest == null || plane == reference || frame.stampNanos() > latest.stampNanos()) {
      reference = plane;
    }
    stackStamp = newest[reference] == frame ? frame.stampNanos() : stackStamp;
    period.visited(plane, frame.stampNanos());
    if (before != null) {
      before.close();
    }
    placedSinceStack++;
    placed++;
  }

  private boolean isLate(Frame frame, int plane) {
    Frame latest = latest();
    Frame before = newest[plane];
    return (before != null && frame.stampNanos() < before.stampNanos())
        || (latest != null && latest.stampNanos() - frame.stampNanos() > maxStackAgeNanos());
  }

  private boolean isBeforeLatest(Frame frame) {
    Frame latest = latest();
    return latest != null && frame.stampNanos() < latest.stampNanos();
  }

  private boolean holdsStamp(long stampNanos) {
    for (Frame frame : newest) {
      if (frame != null && frame.stampNanos() == stampNanos) {
        return true;
      }
    }
    return false;
  }

  private @Nullable Frame latest() {
    return reference < 0 ? null : newest[reference];
  }

  /** Number of planes of the sweep. */
  public int planes() {
    return axis.planes();
  }

  /**
   * Tells which planes have no frame, or only one that is too old.
   *
   * @param into receives a value for each plane
   */
  public void missing(boolean[] into) {
    for (int plane = 0; plane < axis.planes(); plane++) {
      into[plane] = !isFresh(plane);
    }
  }

  private boolean isFresh(int plane) {
    Frame frame = newest[plane];
    return frame != null && stackStamp - frame.stampNanos() <= maxStackAgeNanos();
  }

  private @Nullable FocalStack assemble() {
    int planes = axis.planes();
    int fresh = freshPlanes();
    boolean enough =
        fresh == planes
            || (options.allowMissingPlanes()
                && fresh >= Math.max(FocusAxis.MIN_PLANES, (planes + 1) / 2));
    if (!enough) {
      return null;
    }
    missing(missing);
    for (int plane = 0; plane < planes; plane++) {
      Frame frame = newest[missing[plane] ? freshNeighbour(plane) : plane];
      if (frame == null) {
        throw new IllegalStateException("plane " + plane + " is fresh and has no frame");
      }
      chosen[plane] = frame;
      focus[plane] = missing[plane] ? axis.focus(plane) : frame.focus().focus();
    }
    FocalStack stack = pool.take().fill(axis.scale(), chosen, focus, missing, reference, placed);
    for (int plane = 0; plane < planes; plane++) {
      stack.frame(plane).retain();
    }
    if (registration != null) {
      stack.setRegistration(registration);
    }
    return stack;
  }

  private int freshNeighbour(int plane) {
    int best = reference;
    double distance = Double.POSITIVE_INFINITY;
    for (int other = 0; other < axis.planes(); other++) {
      double apart = Math.abs(axis.focus(other) - axis.focus(plane));
      if (isFresh(other) && apart < distance) {
        distance = apart;
        best = other;
      }
    }
    return best;
  }

  private double planeStep(int plane) {
    int from = Math.min(plane, axis.planes() - 2);
    return axis.focus(from + 1) - axis.focus(from);
  }
}
