package io.github.rackfocus.registration;

import io.github.rackfocus.frame.Affine;
import io.github.rackfocus.frame.LensWarp;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the lens does to the image between two focus values: as calibrated, as learned, or nothing.
 * All transforms are in small pixels. For one thread; allocates nothing per image.
 */
final class LensPart {
  private final @Nullable LensWarp calibrated;
  private final LensMotion learned;
  private final PlaneAligner aligner;
  private final double[] before = new double[MotionTemplate.PARAMETERS];
  private final double[] after = new double[MotionTemplate.PARAMETERS];
  private final Affine first = new Affine();
  private final Affine second = new Affine();
  private boolean ignored;

  /**
   * @param calibrated the calibrated lens; null to learn it
   * @param aligner knows the size of the images
   */
  LensPart(
      @Nullable LensWarp calibrated,
      int planes,
      double farthest,
      double nearest,
      PlaneAligner aligner) {
    this.calibrated = calibrated;
    this.learned = new LensMotion(planes, farthest, nearest);
    this.aligner = aligner;
  }

  /** Whether the lens is calibrated. */
  boolean isCalibrated() {
    return calibrated != null;
  }

  /** Focus of the reference view, dioptres; NaN if the lens is not calibrated. */
  double referenceFocus() {
    return calibrated == null ? Double.NaN : calibrated.referenceFocus();
  }

  /** Sets whether the lens is taken to do nothing. */
  void ignore(boolean whether) {
    ignored = whether;
  }

  /**
   * Sets the transform from the common view to an image, if only the lens moved.
   *
   * @param keyFocus focus of the keyframe; a calibrated lens has a reference view instead
   */
  void between(double keyFocus, double focus, Affine into) {
    if (ignored) {
      into.setIdentity();
    } else if (calibrated != null) {
      referenceToImage(calibrated, focus, into);
    } else {
      Arrays.fill(after, 0);
      learned.addChange(keyFocus, focus, 0, after);
      affine(after, into);
    }
  }

  /** Sets the transform from the reference view to an image; the identity if not calibrated. */
  void referenceToImage(double focus, Affine into) {
    if (calibrated == null) {
      into.setIdentity();
    } else {
      referenceToImage(calibrated, focus, into);
    }
  }

  /**
   * Predicts the motion of the next image.
   *
   * @param motion that of the image before
   * @param into from the common view to the next image
   */
  void predict(double focusBefore, Affine motion, double focus, Affine into) {
    if (ignored) {
      into.set(motion);
    } else if (calibrated != null) {
      // Where the camera is, and then what the lens does at the new focus.
      referenceToImage(calibrated, focusBefore, first);
      referenceToImage(calibrated, focus, second);
      into.setSequence(motion, first.setInverse(first));
      into.setSequence(into, second);
    } else {
      parameters(motion, after);
      learned.addChange(focusBefore, focus, 1, after);
      affine(after, into);
    }
  }

  /** Learns from the motion of two successive images. */
  void learn(double focusBefore, Affine motionBefore, double focus, Affine motion) {
    parameters(motionBefore, before);
    parameters(motion, after);
    for (int i = 0; i < after.length; i++) {
      after[i] -= before[i];
    }
    learned.learn(focusBefore, focus, after);
  }

  /** Sets the motion that lies at a share of the way from one to another. */
  void interpolate(Affine from, Affine to, double share, Affine into) {
    parameters(from, before);
    parameters(to, after);
    for (int i = 0; i < after.length; i++) {
      after[i] = before[i] + share * (after[i] - before[i]);
    }
    affine(after, into);
  }

  private void referenceToImage(LensWarp lens, double focus, Affine into) {
    lens.referenceToImage(focus, into);
    into.setScaled(into, 1.0 / aligner.factor());
  }

  private void parameters(Affine transform, double[] into) {
    Motion.parameters(transform, aligner.width(), aligner.height(), into);
  }

  private void affine(double[] from, Affine into) {
    Motion.affine(from, aligner.width(), aligner.height(), into);
  }
}
