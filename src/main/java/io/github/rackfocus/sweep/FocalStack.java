package io.github.rackfocus.sweep;

import io.github.rackfocus.frame.Affine;
import io.github.rackfocus.frame.CountedLease;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.registration.FrameRegistration;
import io.github.rackfocus.registration.RegistrationMode;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One frame for every plane of a sweep, far to near, as of the arrival of the newest.
 *
 * <p>A stack holds a lease on each of its frames and is itself a counted lease: {@link #retain} to
 * keep it beyond the call that handed it over, {@link #close} once for each lease. Immutable and
 * safe to read from any thread while leased.
 */
public final class FocalStack extends CountedLease {
  private final @Nullable FocalStackPool pool;
  private final Frame[] frames;
  private final double[] focus;
  private final boolean[] missing;
  private FocusScale scale = FocusScale.DIOPTRE;
  private int reference;
  private int planesMissing;
  private long number;
  private final Affine outputToView = new Affine();
  private RegistrationMode registration = RegistrationMode.OFF;
  private double referenceFocus = Double.NaN;
  private double motionPixels;
  private double motionTrust;
  private long keyframeStampNanos;

  /** Creates an empty pooled stack, to be filled before it is handed on. */
  FocalStack(FocalStackPool pool, int planes) {
    this.pool = pool;
    this.frames = new Frame[planes];
    this.focus = new double[planes];
    this.missing = new boolean[planes];
  }

  /**
   * Creates a stack without a pool. Takes over one lease of each frame.
   *
   * @param scale scale of the focus values
   * @param frames one per plane, far to near, all of one size. A frame may replace that of a
   *     missing neighbour; it then occurs twice, with a lease for each
   * @param focus the actual reading of each plane, strictly ascending; the nominal focus if the
   *     plane is missing
   * @param missing planes whose frame is a neighbour's
   * @param reference the plane of the newest frame
   */
  public FocalStack(
      FocusScale scale, Frame[] frames, double[] focus, boolean[] missing, int reference) {
    this.pool = null;
    this.frames = new Frame[frames.length];
    this.focus = new double[frames.length];
    this.missing = new boolean[frames.length];
    fill(scale, frames, focus, missing, reference, 0);
  }

  /**
   * Fills the stack, which then has one lease. Parameters as above.
   *
   * @param number counts the frames that were placed on the stack's planes
   */
  FocalStack fill(
      FocusScale scale,
      @Nullable Frame[] frames,
      double[] focus,
      boolean[] missing,
      int reference,
      long number) {
    int planes = this.frames.length;
    if (frames.length != planes || focus.length != planes || missing.length != planes) {
      throw new IllegalArgumentException(
          frames.length
              + " frames, "
              + focus.length
              + " readings and "
              + missing.length
              + " flags; expected "
              + planes
              + " of each");
    }
    int count = 0;
    for (int i = 0; i < planes; i++) {
      Frame frame = Objects.requireNonNull(frames[i], "frame");
      if (i > 0 && !(focus[i] > focus[i - 1])) {
        throw new IllegalArgumentException(
            "focus of plane " + i + " is " + focus[i] + " after " + focus[i - 1]);
      }
      this.frames[i] = frame;
      this.focus[i] = focus[i];
      this.missing[i] = missing[i];
      if (frame.width() != this.frames[0].width() || frame.height() != this.frames[0].height()) {
        throw new IllegalArgumentException("plane " + i + " differs in size from plane 0");
      }
      count += missing[i] ? 1 : 0;
    }
    this.scale = scale;
    this.reference = reference;
    this.planesMissing = count;
    this.number = number;
    outputToView.setIdentity();
    registration = RegistrationMode.OFF;
    referenceFocus = Double.NaN;
    motionPixels = 0;
    motionTrust = 0;
    keyframeStampNanos = stampNanos();
    begin();
    return this;
  }

  /** Describes how the frames were registered; before the stack is handed on. */
  void setRegistration(FrameRegistration by) {
    if (by.isSuspended()) {
      registration = RegistrationMode.OFF;
    } else {
      registration =
          by.mode() == RegistrationMode.LENS ? RegistrationMode.LENS : RegistrationMode.FULL;
    }
    referenceFocus = by.referenceFocus();
    outputToView.set(by.outputToView());
    keyframeStampNanos = by.keyframeStampNanos();
    motionTrust = 1;
    for (int plane = 0; plane < frames.length; plane++) {
      if (!missing[plane]) {
        motionPixels = Math.max(motionPixels, by.shift(plane));
        motionTrust = Math.min(motionTrust, by.trust(plane));
      }
    }
  }

  /**
   * Number of frames placed when the stack was created: the difference between the numbers of two
   * stacks is the number of frames placed in between. 0 for a stack that was not created by a
   * rolling stack.
   */
  public long number() {
    return number;
  }

  /** Scale of the focus values. */
  public FocusScale scale() {
    return scale;
  }

  /** Number of planes, Z. */
  public int planes() {
    return frames.length;
  }

  /** Pixels in a row. */
  public int width() {
    return frames[0].width();
  }

  /** Rows. */
  public int height() {
    return frames[0].height();
  }

  /** The frame of a plane, valid while this stack is leased. */
  public Frame frame(int plane) {
    return frames[plane];
  }

  /** The actual focus of a plane. */
  public double focus(int plane) {
    return focus[plane];
  }

  /** Focus of plane 0, position 0. */
  public double farthest() {
    return focus[0];
  }

  /** Focus of the last plane, position 1. */
  public double nearest() {
    return focus[focus.length - 1];
  }

  /** Focus at a position on this stack's own axis. */
  public double focusAt(double position) {
    return focus[0] + position * (focus[focus.length - 1] - focus[0]);
  }

  /** Position of a plane, 0 for the farthest, 1 for the nearest, strictly ascending. */
  public float position(int plane) {
    return (float) ((focus[plane] - farthest()) / (nearest() - farthest()));
  }

  /** Returns the readings as a focus axis. */
  public FocusAxis axis() {
    return new FocusAxis(scale, focus);
  }

  /** Whether the plane is missing, so that its frame is a neighbour's. */
  public boolean isMissing(int plane) {
    return missing[plane];
  }

  /** Number of missing planes. */
  public int planesMissing() {
    return planesMissing;
  }

  /** The plane of the newest frame. */
  public int referencePlane() {
    return reference;
  }

  /** The reference frame, which is the newest: depth carries its stamp. */
  public Frame reference() {
    return frames[reference];
  }

  /** Stamp of the newest frame. */
  public long stampNanos() {
    return reference().stampNanos();
  }

  /** Stamp of the oldest frame. */
  public long oldestStampNanos() {
    long oldest = Long.MAX_VALUE;
    for (Frame frame : frames) {
      oldest = Math.min(oldest, frame.stampNanos());
    }
    return oldest;
  }

  /** Stack time minus the stamp of the plane's frame. */
  public long ageNanos(int plane) {
    return stampNanos() - frames[plane].stampNanos();
  }

  /**
   * Transform from pixels of the view in which depth is published, that of the newest image, to
   * pixels of this stack's frames. The identity if these are the same.
   */
  public Affine outputToView() {
    return outputToView;
  }

  /** Focus at which the published view is that of the camera matrix, dioptres; NaN if unknown. */
  public double referenceFocus() {
    return referenceFocus;
  }

  /** What was removed from the frames: off, lens, or full for lens and camera. */
  public RegistrationMode registration() {
    return registration;
  }

  /** Largest displacement between the image of a plane and the newest image, pixels. */
  public double motionPixels() {
    return motionPixels;
  }

  /** Trust in the least certain motion of all planes, 0 to 1; 0 if not registered. */
  public double motionTrust() {
    return motionTrust;
  }

  /** Stamp of the image whose view the frames share, nanoseconds. */
  public long keyframeStampNanos() {
    return keyframeStampNanos;
  }

  /** Adds a lease. */
  public FocalStack retain() {
    take();
    return this;
  }

  @Override
  protected void lastClosed() {
    for (Frame frame : frames) {
      frame.close();
    }
    if (pool != null) {
      pool.giveBack(this);
    }
  }

  @Override
  public String toString() {
    return "focal stack of " + reference();
  }
}
