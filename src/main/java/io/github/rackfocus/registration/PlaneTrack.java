package io.github.rackfocus.registration;

import io.github.rackfocus.frame.Affine;
import io.github.rackfocus.frame.Frame;
import org.jspecify.annotations.Nullable;

/** What registration knows of one plane: its newest image, its motion and its template. */
final class PlaneTrack {
  /** From the current view to that of the template, small pixels. */
  final Affine viewToTemplate = new Affine();

  /** From the current view to the newest image, small pixels, as estimated. */
  final Affine estimated = new Affine();

  /** The same as used for the warp. */
  final Affine used = new Affine();

  final MotionTemplate template = new MotionTemplate();
  final MotionTemplate coarseTemplate = new MotionTemplate();
  boolean hasTemplate;

  /** Focus and trust of the newest image. */
  double focus;

  double trust;

  /** The newest image as it came, on which this object holds a lease. */
  @Nullable Frame image;

  /** Keeps an image and closes the one before. */
  void keep(Frame newest) {
    Frame before = image;
    image = newest.retain();
    focus = newest.focus().focus();
    if (before != null) {
      before.close();
    }
  }

  /** Moves to another common view. */
  void changeView(Affine newToOld) {
    viewToTemplate.setSequence(newToOld, viewToTemplate);
    estimated.setSequence(newToOld, estimated);
  }

  void forget() {
    hasTemplate = false;
    if (image != null) {
      image.close();
    }
    image = null;
  }
}
