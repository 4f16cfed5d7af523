package io.github.rackfocus.registration;

import io.github.rackfocus.frame.Affine;
import io.github.rackfocus.frame.Frame;
import java.util.Arrays;
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

  /** Shift of a template, relative to the longer side, after which it is replaced. */
  private static final double TEMPLATE_SHIFT = 0.08;

  /** Shear and change of aspect that are expected between frames of one plane, small pixels. */
  private static final double SHEAR_PIXELS = 0.25;

  /**
   * The same between frames of different focus. A lens only scales, turns and shifts the image, and
   * blur that varies over the image looks like a shear.
   */
  private static final double DEFOCUS_SHEAR_PIXELS = 0.01;

  private static final double MIN_CORRELATION = 0.7;
  private static final double GOOD_CORRELATION = 0.85;
  private static final double MIN_AGREEMENT = 0.3;

  /** Agreement below which the scene has changed and the template is replaced. */
  private static final double STALE_AGREEMENT = 0.7;

  /** Variance of luma, 0 to 255, below which there is nothing to align with. */
  private static final double MIN_TEXTURE = 0.3;

  /** Bounds of a plausible transform: displacement relative to the longer side; change of scale. */
  private static final double MAX_SHIFT = 0.35;

  private static final double MAX_SCALE = 0.25;

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
  private final MotionEstimator estimator = new MotionEstimator();
  private final LensMotion lensMotion;
  private final @Nullable LensWarp lens;
  private final Plane[] state;
  private final SmallImage small = new SmallImage();
  private final SmallImage half = new SmallImage();
  private final Affine predicted = new Affine();
  private final Affine aligned = new Affine();
  private final Affine coarse = new Affine();
  private final Affine inverse = new Affine();
  private final Affine full = new Affine();
  private final Affine lensPart = new Affine();
  private final double[] parameters = new double[MotionTemplate.PARAMETERS];
  private final double[] lastParameters = new double[MotionTemplate.PARAMETERS];
  private final Affine outputToView = new Affine();
  private int last = -1;
  private double keyFocus = Double.NaN;
  private long keyStampNanos;
  private double trust;
  private boolean keyframeDue;
  private boolean everComplete;
  private boolean lensIgnored;
  private int failuresInRow;
  private int restarts;
  private int suspended;
  private long frames;
  private long rejected;
  private long keyframes;
  private long losses;

  /** What is known of one plane. */
  private static final class Plane {
    final MotionTemplate template = new MotionTemplate();
    final MotionTemplate coarse = new MotionTemplate();

    /** From the current view to that of the template, small pixels. */
    final Affine viewToTemplate = new Affine();

    /** From the current view to the newest image, small pixels: as estimated, and as used. */
    final Affine estimated = new Affine();

    final Affine used = new Affine();
    boolean hasTemplate;
    double focus;
    double trust;
    @Nullable Frame image;

    void forget() {
      hasTemplate = false;
      if (image != null) {
        image.close();
      }
      image = null;
    }
  }

  /**
   * @param farthest focus of the farthest plane
   * @param nearest focus of the nearest plane
   * @param lens the calibrated lens; null to learn it
   */
  public FrameRegistration(
      RegistrationMode mode,
      int planes,
      double farthest,
      double nearest,
      @Nullable LensWarp lens) {
    this.mode = mode;
    this.planes = planes;
    this.lens = lens;
    this.lensMotion = new LensMotion(planes, farthest, nearest);
    // A set in the rolling stack, and one each in three stacks on their way through the estimator.
    this.warper = new FrameWarper(5 * planes + 2);
    this.state = new Plane[planes];
    for (int plane = 0; plane < planes; plane++) {
      state[plane] = new Plane();
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
    Plane own = state[plane];
    if (mode == RegistrationMode.LENS && last >= 0 && isLensKnown()) {
      followLens(image, plane);
    } else {
      small.set(image);
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
    return lens != null || (frames > LEARNING_SWEEPS * planes && frames % LEARN_EVERY != 0);
  }

  /** Takes the motion from what is known of the lens. */
  private void followLens(Frame image, int plane) {
    small.setSize(image);
    lensPart(image.focus().focus());
    state[plane].estimated.set(lensPart);
    trust = 1;
    state[plane].trust = 1;
  }

  /** Sets what the lens does between the common view and an image. */
  private void lensPart(double focus) {
    if (lensIgnored) {
      lensPart.setIdentity();
    } else if (lens == null) {
      Arrays.fill(lastParameters, 0);
      lensMotion.addChange(keyFocus, focus, 0, lastParameters);
      fromParameters(lastParameters, lensPart);
    } else {
      referenceToImage(focus, lensPart);
    }
  }

  private void start(Frame image, int plane) {
    Plane own = state[plane];
    keyFocus = image.focus().focus();
    keyStampNanos = image.stampNanos();
    keyframes++;
    own.estimated.setIdentity();
    if (lens != null) {
      referenceToImage(keyFocus, own.estimated);
    }
    trust = 1;
    own.trust = 1;
    takeTemplate(own);
  }

  /** Estimates the motion of a frame; false if it cannot be registered. */
  private boolean follow(Frame image, int plane) {
    double focus = image.focus().focus();
    predict(focus);
    Plane own = state[plane];
    Plane reference = own.hasTemplate ? own : nearestWithTemplate(focus);
    if (!align(reference, reference == own)) {
      return false;
    }
    parameters(aligned, parameters);
    learn(focus);
    own.estimated.set(aligned);
    own.trust = trust;
    if (!own.hasTemplate
        || estimator.agreement() < STALE_AGREEMENT
        || own.viewToTemplate.largestShift(small.width(), small.height())
            > TEMPLATE_SHIFT * longSide()) {
      takeTemplate(own);
    }
    watchKeyframe(focus);
    return true;
  }

  private void predict(double focus) {
    Plane before = state[last];
    parameters(before.estimated, lastParameters);
    System.arraycopy(lastParameters, 0, parameters, 0, parameters.length);
    if (lensIgnored) {
      predicted.set(before.estimated);
    } else if (lens != null) {
      // Where the camera is, and then what the lens does at the new focus.
      referenceToImage(before.focus, lensPart);
      inverse.setInverse(lensPart);
      predicted.setSequence(before.estimated, inverse);
      referenceToImage(focus, lensPart);
      predicted.setSequence(predicted, lensPart);
    } else {
      lensMotion.addChange(before.focus, focus, 1, parameters);
      fromParameters(parameters, predicted);
    }
    if (!isPlausible(predicted)) {
      predicted.set(before.estimated);
    }
  }

  private boolean align(Plane reference, boolean sameFocus) {
    estimator.allowShear(sameFocus ? SHEAR_PIXELS : DEFOCUS_SHEAR_PIXELS);
    inverse.setInverse(reference.viewToTemplate);
    aligned.setSequence(inverse, predicted);
    boolean done = estimator.align(reference.template, small, aligned);
    if (estimator.textureVariance() < MIN_TEXTURE) {
      aligned.set(predicted);
      trust = 0;
      return true;
    }
    if (!done || estimator.correlation() < GOOD_CORRELATION) {
      half.setHalf(small);
      coarse.setSequence(inverse, predicted);
      coarse.setScaled(coarse, 0.5);
      estimator.align(reference.coarse, half, coarse);
      aligned.setScaled(coarse, 2);
      done = estimator.align(reference.template, small, aligned);
    }
    aligned.setSequence(reference.viewToTemplate, aligned);
    trust = estimator.correlation() * estimator.agreement();
    return done
        && estimator.correlation() >= MIN_CORRELATION
        && estimator.agreement() >= MIN_AGREEMENT
        && isPlausible(aligned);
  }

  private void learn(double focus) {
    Plane before = state[last];
    for (int i = 0; i < parameters.length; i++) {
      lastParameters[i] = parameters[i] - lastParameters[i];
    }
    lensMotion.learn(before.focus, focus, lastParameters);
  }

  private void watchKeyframe(double focus) {
    lensPart(focus);
    if (mode != RegistrationMode.LENS
        && aligned.distance(lensPart, small.width(), small.height())
            > KEYFRAME_SHIFT * longSide()) {
      keyframeDue = true;
    }
  }

  private void chooseUsed(int plane) {
    Plane own = state[plane];
    double still = mode == RegistrationMode.FULL ? 0 : STILL_PIXELS / small.factor();
    boolean asBefore =
        own.image != null
            && own.used.distance(own.estimated, small.width(), small.height()) < still;
    if (asBefore) {
      return;
    }
    if (own.estimated.largestShift(small.width(), small.height()) < still) {
      own.used.setIdentity();
    } else {
      own.used.set(own.estimated);
    }
  }

  private @Nullable Frame warped(Frame image, Affine viewToImage) {
    full.setScaled(viewToImage, small.factor());
    if (full.largestShift(image.width(), image.height()) < NO_SHIFT_PIXELS) {
      return image.retain();
    }
    return warper.warp(image, full);
  }

  private void keep(Frame image, int plane) {
    Plane own = state[plane];
    if (own.image != null) {
      own.image.close();
    }
    own.image = image.retain();
    own.focus = image.focus().focus();
    last = plane;
    setOutput();
  }

  /** The view in which depth is published: the newest image's, or its calibrated reference view. */
  private void setOutput() {
    Plane newest = state[last];
    outputToView.setInverse(newest.used);
    if (lens != null) {
      referenceToImage(newest.focus, lensPart);
      outputToView.setSequence(lensPart, outputToView);
    }
    outputToView.setScaled(outputToView, small.factor());
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
    Plane newest = state[last];
    keyStampNanos = java.util.Objects.requireNonNull(newest.image).stampNanos();
    keyFocus = newest.focus;
    keyframes++;
    if (firstSweep && lens == null && mode == RegistrationMode.AUTO && isDefocusOnly()) {
      ignoreLens(registered);
      return;
    }
    if (outputToView.isIdentity()) {
      return;
    }
    Affine change = new Affine().setScaled(outputToView, 1.0 / small.factor());
    for (int plane = 0; plane < planes; plane++) {
      Plane own = state[plane];
      own.viewToTemplate.setSequence(change, own.viewToTemplate);
      Frame image = own.image;
      if (image == null) {
        continue;
      }
      own.estimated.setSequence(change, own.estimated);
      own.used.set(own.estimated);
      replace(registered, plane, warped(image, own.used));
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
    return most < DEFOCUS_SHIFT * Math.max(fullWidth(), fullHeight())
        && roughness() < ROUGH_PIXELS;
  }

  /** Largest deviation of a plane's motion from the mean of its neighbours', small pixels. */
  private double roughness() {
    double most = 0;
    for (int plane = 1; plane + 1 < planes; plane++) {
      Plane before = state[plane - 1];
      Plane own = state[plane];
      Plane after = state[plane + 1];
      if (before.image == null || own.image == null || after.image == null) {
        return Double.POSITIVE_INFINITY;
      }
      double share = (own.focus - before.focus) / (after.focus - before.focus);
      parameters(before.estimated, parameters);
      parameters(after.estimated, lastParameters);
      for (int i = 0; i < parameters.length; i++) {
        parameters[i] += share * (lastParameters[i] - parameters[i]);
      }
      fromParameters(parameters, predicted);
      most = Math.max(most, own.estimated.distance(predicted, small.width(), small.height()));
    }
    return most;
  }

  private void ignoreLens(@Nullable Frame[] registered) {
    lensIgnored = true;
    for (int plane = 0; plane < planes; plane++) {
      Plane own = state[plane];
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

  private static void replace(@Nullable Frame[] registered, int plane, @Nullable Frame by) {
    Frame before = registered[plane];
    if (by != null && before != null) {
      before.close();
      registered[plane] = by;
    } else if (by != null) {
      by.close();
    }
  }

  /** Forgets all frames; what was learned of the lens stays. */
  public void clear() {
    for (Plane plane : state) {
      plane.forget();
    }
    last = -1;
    keyframeDue = false;
    everComplete = false;
    lensIgnored = false;
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

  /** Stamp of the keyframe, nanoseconds. */
  public long keyframeStampNanos() {
    return keyStampNanos;
  }

  /**
   * Largest displacement, in pixels, between the newest frame's view and a plane's newest image.
   */
  public double shift(int plane) {
    full.setScaled(state[plane].used, small.factor());
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

  private void takeTemplate(Plane own) {
    own.template.set(small, own.estimated);
    half.setHalf(small);
    coarse.setScaled(own.estimated, 0.5);
    own.coarse.set(half, coarse);
    own.viewToTemplate.setIdentity();
    own.hasTemplate = true;
  }

  private Plane nearestWithTemplate(double focus) {
    Plane best = state[last];
    for (Plane plane : state) {
      if (plane.hasTemplate && Math.abs(plane.focus - focus) < Math.abs(best.focus - focus)) {
        best = plane;
      }
    }
    return best;
  }

  private boolean isPlausible(Affine transform) {
    double stretch = Math.max(Math.abs(transform.xx() - 1), Math.abs(transform.yy() - 1));
    double turn = Math.max(Math.abs(transform.xy()), Math.abs(transform.yx()));
    return stretch < MAX_SCALE
        && turn < MAX_SCALE
        && transform.largestShift(small.width(), small.height()) < MAX_SHIFT * longSide();
  }

  private void referenceToImage(double focus, Affine into) {
    java.util.Objects.requireNonNull(lens).referenceToImage(focus, into);
    into.setScaled(into, 1.0 / small.factor());
  }

  private int longSide() {
    return Math.max(small.width(), small.height());
  }

  private int fullWidth() {
    return small.width() * small.factor();
  }

  private int fullHeight() {
    return small.height() * small.factor();
  }

  private void parameters(Affine transform, double[] into) {
    Motion.parameters(transform, small.width(), small.height(), into);
  }

  private void fromParameters(double[] from, Affine into) {
    Motion.affine(from, small.width(), small.height(), into);
  }
}
