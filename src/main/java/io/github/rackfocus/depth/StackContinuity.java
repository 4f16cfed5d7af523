package io.github.rackfocus.depth;

import io.github.rackfocus.frame.Affine;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FrameIdentity;
import io.github.rackfocus.registration.RegistrationMode;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.FocusAxis;

/**
 * Tells whether a stack shows the same scene from the same view as the one before, and how much of
 * it is new. For one thread; allocates nothing per stack.
 */
final class StackContinuity {
  /** Trust in the registration below which the views of two stacks are not the same. */
  private static final double LEAST_TRUST = 0.3;

  /** By how much of a plane distance the ends of the sweep may move between two stacks. */
  private static final double SAME_FOCUS = 0.3;

  /** Longest time between two stacks, in spans of the earlier one, which are about a sweep each. */
  private static final long MOST_SPANS = 2;

  /**
   * Motion of the camera from sweep to sweep, relative to the longer side, up to which maps are
   * fused: beyond it parallax and what registration leaves cost more than fusion gains.
   */
  private static final double MOST_SHIFT = 0.02;

  /** The same, up to which the camera counts as standing still: about a pixel of 320. */
  private static final double STILL_SHIFT = 0.003;

  private final FrameIdentity[] frames = new FrameIdentity[FocusAxis.MAX_PLANES];
  private final Affine[] viewToImage = new Affine[FocusAxis.MAX_PLANES];
  private final double[] shift = new double[FocusAxis.MAX_PLANES];
  private boolean begun;
  private int width;
  private int height;
  private int planes;
  private FocusScale scale = FocusScale.DIOPTRE;
  private double farthest;
  private double nearest;
  private RegistrationMode registration = RegistrationMode.OFF;
  private long keyframeStampNanos;
  private long stampNanos;
  private long spanNanos;
  private boolean cameraStill;
  private float newShare;
  private float trust;
  private float elapsedSeconds;

  StackContinuity() {
    for (int plane = 0; plane < frames.length; plane++) {
      frames[plane] = new FrameIdentity();
      viewToImage[plane] = new Affine();
    }
  }

  /**
   * Takes the next stack.
   *
   * @return whether it continues the one before: same size, planes and range, same keyframe, a
   *     registration that can be trusted, a camera that hardly moves, at least one frame in common,
   *     and no gap in time
   */
  boolean advance(FocalStack stack) {
    boolean follows = begun && isAlike(stack) && isSameView(stack) && isInTime(stack);
    int longerSide = Math.max(stack.width(), stack.height());
    cameraStill = true;
    int fresh = 0;
    int present = 0;
    for (int plane = 0; plane < stack.planes(); plane++) {
      if (stack.isMissing(plane)) {
        frames[plane].clear(); // A neighbour's frame, which is counted there.
        continue;
      }
      present++;
      Frame frame = stack.frame(plane);
      if (!frames[plane].is(frame)) {
        fresh++;
        Affine before = viewToImage[plane];
        shift[plane] = frame.viewToImage().distance(before, stack.width(), stack.height());
        follows = follows && shift[plane] <= MOST_SHIFT * longerSide;
        before.set(frame.viewToImage());
        frames[plane].set(frame);
      }
      cameraStill = cameraStill && shift[plane] <= STILL_SHIFT * longerSide;
    }
    newShare = (float) fresh / stack.planes();
    elapsedSeconds = (stack.stampNanos() - stampNanos) * 1e-9f;
    remember(stack);
    // Motion is marked on frames against those before them: with none in common, the stack was
    // emptied in between or marks were missed.
    return follows && fresh < present;
  }

  /** Whether no frame of the last stack shows a camera that moved since the sweep before. */
  boolean isCameraStill() {
    return cameraStill;
  }

  /** Share of the planes whose frame is new in the last stack, 0 to 1. */
  float newShare() {
    return newShare;
  }

  /** Trust in the registration of the last stack, 0 to 1; 1 if frames are not registered. */
  float trust() {
    return trust;
  }

  /** Time between the last two stacks, seconds. */
  float elapsedSeconds() {
    return elapsedSeconds;
  }

  private boolean isAlike(FocalStack stack) {
    if (stack.width() != width
        || stack.height() != height
        || stack.planes() != planes
        || stack.scale() != scale) {
      return false;
    }
    double allowed = SAME_FOCUS * (nearest - farthest) / (planes - 1);
    return Math.abs(stack.farthest() - farthest) <= allowed
        && Math.abs(stack.nearest() - nearest) <= allowed;
  }

  private boolean isSameView(FocalStack stack) {
    if (stack.registration() != registration) {
      return false;
    }
    if (registration != RegistrationMode.OFF) {
      return stack.keyframeStampNanos() == keyframeStampNanos && stack.motionTrust() >= LEAST_TRUST;
    }
    // Without registration the camera is taken to stand still, and the reference frame stands for
    // the keyframe. Where it does not, registration was lost and is suspended: the camera moves.
    return stack.keyframeStampNanos() == stack.stampNanos();
  }

  private boolean isInTime(FocalStack stack) {
    long elapsed = stack.stampNanos() - stampNanos;
    return elapsed >= 0 && elapsed <= MOST_SPANS * spanNanos;
  }

  private void remember(FocalStack stack) {
    begun = true;
    width = stack.width();
    height = stack.height();
    planes = stack.planes();
    scale = stack.scale();
    farthest = stack.farthest();
    nearest = stack.nearest();
    registration = stack.registration();
    keyframeStampNanos = stack.keyframeStampNanos();
    stampNanos = stack.stampNanos();
    spanNanos = stampNanos - stack.oldestStampNanos();
    trust = registration == RegistrationMode.OFF ? 1 : (float) Math.min(1, stack.motionTrust());
  }
}
