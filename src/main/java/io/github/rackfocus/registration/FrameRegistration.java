package io.github.rackfocus.registration;

import io.github.rackfocus.frame.Affine;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.LensWarp;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Brings the frames of a sweep into one view, that of a keyframe.
 *
 * <p>Lenses breathe, hands shake and robots move, so the frames of a sweep do not coincide. Every
 * frame is aligned at low resolution with an earlier frame of the same plane, which differs from it
 * only by motion, or in the first sweep with that of the nearest plane, and warped once. A frame
 * that cannot be aligned is rejected. When the camera has moved too far from the keyframe, {@link
 * #rebase} makes the newest frame the keyframe and warps all planes anew.
 *
 * <p>For one thread; allocates nothing per frame. Results depend on the frames only, not on time.
 */
public final class FrameRegistration implements AutoCloseable {
  /** Estimated motion that is ignored in mode auto, pixels of the frame. */
  private static final double STILL_PIXELS = 0.1;

  /** Shifts below this are not worth an interpolation, pixels of the frame. */
  private static final double NO_SHIFT_PIXELS = 0.01;

  /** Motion of the camera, relative to the longer side, after which the keyframe is replaced. */
  private static final double KEYFRAME_SHIFT = 0.04;

  /** Smooth change over a sweep, relative to the longer side, that defocus alone can cause. */
  private static final double DEFOCUS_SHIFT = 0.0075;

  /** Deviation from a smooth change, small pixels, that only a moving camera causes. */
  private static final double ROUGH_PIXELS = 0.12;

  /** Sweeps without registration after it was lost repeatedly. */
  private static final int SUSPENDED_SWEEPS = 10;

  private static final int MAX_RESTARTS = 3;

  /** Sweeps from which mode lens learns, and then one of how many frames refines it. */
  private static final int LEARNING_SWEEPS = 8;

  private static final int LEARN_EVERY = 8;

  private final RegistrationMode mode;
  private final int planes;
  private final FrameWarper warper;
  private final PlaneAligner aligner = new PlaneAligner();
  private final LensPart lens;
  private final PlaneTrack[] state;
  private final Affine predicted = new Affine();
  private final Affine inverse = new Affine();
  private final Affine full = new Affine();
  private final Affine lensPart = new Affine();
  private final Affine outputToView = new Affine();
  private final Affine change = new Affine();
  private int last = -1;
  private double keyFocus = Double.NaN;
  private long keyStampNanos;
  private double trust;
  private boolean keyframeDue;
  private boolean everComplete;
  private int failuresInRow;
  private int restarts;
  private int suspended;
  private long frames;
  private long rejected;
  private long keyframes;
  private long losses;

  /**
   * @param farthest focus of the farthest plane
   * @param nearest focus of the nearest plane
   * @param lens the calibrated lens; null to learn it
   */
  public FrameRegistration(
      RegistrationMode mode, int planes, double farthest, double nearest, @Nullable LensWarp lens) {
    this.mode = mode;
    this.planes = planes;
    this.lens = new LensPart(lens, planes, farthest, nearest, aligner);
    // A set in the rolling stack, and one each in three stacks on their way through the estimator.
    this.warper = new FrameWarper(5 * planes + 2);
    this.state = new PlaneTrack[planes];
    for (int plane = 0; plane < planes; plane++) {
      state[plane] = new PlaneTrack();
    }
  }

  /**
   * Registers a frame.
   *
   * @param image sealed and with its reading; the caller keeps its lease
   * @return the frame in the view of the keyframe, which the caller closes: the frame itself where
   *     it needs no warp. Null if it cannot be registered
   */
  public @Nullable Frame register(Frame image, int plane) {
    if (suspended > 0) {
      return registerSuspended(image, plane);
    }
    PlaneTrack own = state[plane];
    if (mode == RegistrationMode.LENS && last >= 0 && isLensKnown()) {
      followLens(image, plane);
    } else {
      aligner.setImage(image);
      if (last < 0) {
        start(image, plane);
      } else if (!follow(image, plane)) {
        rejected++;
        failuresInRow++;
        return null;
      }
    }
    frames++;
    failuresInRow = 0;
    chooseUsed(plane);
    Frame registered = warped(image, own.used);
    if (registered == null) {
      rejected++;
      return null;
    }
    keep(image, plane);
    return registered;
  }

  /** Whether registration was lost: the caller has to {@link #restart} with an empty stack. */
  public boolean isLost() {
    return failuresInRow > Math.max(3, planes / 2);
  }

  /** Begins anew with the next frame; if that happens repeatedly, without registration. */
  public void restart() {
    clear();
    losses++;
    restarts++;
    if (restarts >= MAX_RESTARTS) {
      restarts = 0;
      suspended = SUSPENDED_SWEEPS * planes;
    }
  }

  /** Whether frames are not registered at the moment, because registration was lost repeatedly. */
  public boolean isSuspended() {
    return suspended > 0;
  }

  private Frame registerSuspended(Frame image, int plane) {
    suspended--;
    if (suspended == 0) {
      // The stack holds frames that are not registered; the next frame begins anew.
      failuresInRow = planes + 4;
    }
    state[plane].used.setIdentity();
    state[plane].trust = 0;
    trust = 0;
    last = -1;
    outputToView.setIdentity();
    return image.retain();
  }

  /** Whether the lens is calibrated or learned; what is learned is refined by every n-th frame. */
  private boolean isLensKnown() {
    return lens.isCalibrated()
        || (frames > (long) LEARNING_SWEEPS * planes && frames % LEARN_EVERY != 0);
  }

  /** Takes the motion from what is known of the lens. */
  private void followLens(Frame image, int plane) {
    aligner.setSize(image);
    lens.between(keyFocus, image.focus().focus(), state[plane].estimated);
    trust = 1;
    state[plane].trust = 1;
  }

  private void start(Frame image, int plane) {
    PlaneTrack own = state[plane];
    keyFocus = image.focus().focus();
    keyStampNanos = image.stampNanos();
    keyframes++;
    lens.referenceToImage(keyFocus, own.estimated);
    trust = 1;
    own.trust = 1;
    aligner.takeTemplate(own);
  }

  /** Estimates the motion of a frame; false if it cannot be registered. */
  private boolean follow(Frame image, int plane) {
    double focus = image.focus().focus();
    PlaneTrack before = state[last];
    lens.predict(before.focus, before.estimated, focus, predicted);
    if (!aligner.isPlausible(predicted)) {
      predicted.set(before.estimated);
    }
    PlaneTrack own = state[plane];
    PlaneTrack reference = own.hasTemplate ? own : nearestWithTemplate(focus);
    if (!aligner.align(reference, reference == own, predicted)) {
      return false;
    }
    lens.learn(before.focus, before.estimated, focus, aligner.aligned());
    own.estimated.set(aligner.aligned());
    trust = aligner.trust();
    own.trust = trust;
    if (aligner.isTemplateDue(own)) {
      aligner.takeTemplate(own);
    }
    watchKeyframe(focus);
    return true;
  }

  private void watchKeyframe(double focus) {
    lens.between(keyFocus, focus, lensPart);
    if (mode != RegistrationMode.LENS
        && aligner.aligned().distance(lensPart, aligner.width(), aligner.height())
            > KEYFRAME_SHIFT * aligner.longSide()) {
      keyframeDue = true;
    }
  }

  private void chooseUsed(int plane) {
    PlaneTrack own = state[plane];
    double still = mode == RegistrationMode.FULL ? 0 : STILL_PIXELS / aligner.factor();
    boolean asBefore =
        own.image != null
            && own.used.distance(own.estimated, aligner.width(), aligner.height()) < still;
    if (asBefore) {
      return;
    }
    if (own.estimated.largestShift(aligner.width(), aligner.height()) < still) {
      own.used.setIdentity();
    } else {
      own.used.set(own.estimated);
    }
  }

  private @Nullable Frame warped(Frame image, Affine viewToImage) {
    full.setScaled(viewToImage, aligner.factor());
    if (full.largestShift(image.width(), image.height()) < NO_SHIFT_PIXELS) {
      return image.retain();
    }
    return warper.warp(image, full);
  }

  private void keep(Frame image, int plane) {
    state[plane].keep(image);
    last = plane;
    setOutput();
  }

  /** The view in which depth is published: the newest image's, or its calibrated reference view. */
  private void setOutput() {
    PlaneTrack newest = state[last];
    outputToView.setInverse(newest.used);
    lens.referenceToImage(newest.focus, lensPart);
    outputToView.setSequence(lensPart, outputToView);
    outputToView.setScaled(outputToView, aligner.factor());
    if (outputToView.largestShift(fullWidth(), fullHeight()) < NO_SHIFT_PIXELS) {
      outputToView.setIdentity();
    }
  }

  /** Transform from pixels of the newest frame's view to pixels of the common view. */
  public Affine outputToView() {
    return outputToView;
  }

  /** Whether the newest frame should become the keyframe before the next stack is assembled. */
  public boolean isKeyframeDue(boolean complete) {
    return suspended == 0 && last >= 0 && (keyframeDue || (complete && !everComplete));
  }

  /**
   * Makes the view of the newest frame the common view.
   *
   * @param registered the newest registered frame of each plane, replaced by frames in the new
   *     view; those that are replaced are closed
   */
  public void rebase(@Nullable Frame[] registered) {
    keyframeDue = false;
    boolean firstSweep = !everComplete;
    everComplete = true;
    restarts = 0;
    PlaneTrack newest = state[last];
    keyStampNanos = Objects.requireNonNull(newest.image).stampNanos();
    keyFocus = newest.focus;
    keyframes++;
    if (firstSweep && !lens.isCalibrated() && mode == RegistrationMode.AUTO && isDefocusOnly()) {
      ignoreLens(registered);
      return;
    }
    if (outputToView.isIdentity()) {
      return;
    }
    change.setScaled(outputToView, 1.0 / aligner.factor());
    for (int plane = 0; plane < planes; plane++) {
      PlaneTrack own = state[plane];
      own.changeView(change);
      own.used.set(own.estimated);
      if (own.image != null) {
        replace(registered, plane, warped(own.image, own.used));
      }
    }
    setOutput();
  }

  /**
   * Whether the motion over the first sweep is so small and smooth that defocus can have caused it:
   * blur that varies over the image looks like a change of scale. Then correcting it would cost an
   * interpolation and gain nothing.
   */
  private boolean isDefocusOnly() {
    double most = 0;
    for (int plane = 0; plane < planes; plane++) {
      most = Math.max(most, shift(plane));
    }
    return most < DEFOCUS_SHIFT * Math.max(fullWidth(), fullHeight()) && roughness() < ROUGH_PIXELS;
  }

  /** Largest deviation of a plane's motion from the mean of its neighbours', small pixels. */
  private double roughness() {
    double most = 0;
    for (int plane = 1; plane + 1 < planes; plane++) {
      PlaneTrack before = state[plane - 1];
      PlaneTrack own = state[plane];
      PlaneTrack after = state[plane + 1];
      if (before.image == null || own.image == null || after.image == null) {
        return Double.POSITIVE_INFINITY;
      }
      double share = (own.focus - before.focus) / (after.focus - before.focus);
      lens.interpolate(before.estimated, after.estimated, share, predicted);
      most = Math.max(most, own.estimated.distance(predicted, aligner.width(), aligner.height()));
    }
    return most;
  }

  private void ignoreLens(@Nullable Frame[] registered) {
    lens.ignore(true);
    for (int plane = 0; plane < planes; plane++) {
      PlaneTrack own = state[plane];
      Frame image = own.image;
      if (image != null) {
        own.viewToTemplate.setSequence(inverse.setInverse(own.estimated), own.viewToTemplate);
        own.estimated.setIdentity();
        own.used.setIdentity();
        replace(registered, plane, image.retain());
      }
    }
    setOutput();
  }

  private void replace(@Nullable Frame[] registered, int plane, @Nullable Frame by) {
    Frame before = registered[plane];
    if (by != null && before != null) {
      if (by != before) {
        // What moved keeps its marks in the new view.
        full.setInverse(before.viewToImage());
        full.setSequence(by.viewToImage(), full);
        by.changedCells().orWarped(before.changedCells(), full);
      }
      before.close();
      registered[plane] = by;
    } else if (by != null) {
      by.close();
    }
  }

  /** Forgets all frames; what was learned of the lens stays. */
  public void clear() {
    for (PlaneTrack plane : state) {
      plane.forget();
    }
    last = -1;
    keyframeDue = false;
    everComplete = false;
    lens.ignore(false);
    failuresInRow = 0;
    outputToView.setIdentity();
  }

  /** Mode. */
  public RegistrationMode mode() {
    return mode;
  }

  /** Trust in the motion of a plane's newest frame: 0 none, 1 full. */
  public double trust(int plane) {
    return state[plane].trust;
  }

  /** Trust in the motion of the newest frame: 0 none, 1 full. */
  public double trust() {
    return trust;
  }

  /** Focus at which the view of the maps is that of the camera matrix; NaN if unknown. */
  public double referenceFocus() {
    return lens.referenceFocus();
  }

  /** Stamp of the keyframe, nanoseconds. */
  public long keyframeStampNanos() {
    return keyStampNanos;
  }

  /**
   * Largest displacement, in pixels, between the newest frame's view and a plane's newest image.
   */
  public double shift(int plane) {
    full.setScaled(state[plane].used, aligner.factor());
    full.setSequence(outputToView, full);
    return full.largestShift(fullWidth(), fullHeight());
  }

  /** Frames that could not be registered. */
  public long rejected() {
    return rejected;
  }

  /** Keyframes so far. */
  public long keyframes() {
    return keyframes;
  }

  /** How often registration was lost and began anew. */
  public long losses() {
    return losses;
  }

  @Override
  public void close() {
    clear();
    warper.close();
  }

  private PlaneTrack nearestWithTemplate(double focus) {
    PlaneTrack best = state[last];
    for (PlaneTrack plane : state) {
      if (plane.hasTemplate && Math.abs(plane.focus - focus) < Math.abs(best.focus - focus)) {
        best = plane;
      }
    }
    return best;
  }

  private int fullWidth() {
    return aligner.width() * aligner.factor();
  }

  private int fullHeight() {
    return aligner.height() * aligner.factor();
  }
}
