package io.github.rackfocus.lens;

import io.github.rackfocus.sweep.MatchingConfig;

/**
 * Between the focus that a sweep wants and the value that a device is told. Immutable.
 *
 * @param matching the law of the camera file; unused if the device is told focus
 * @param isFocus whether the device is told focus
 */
record LensLaw(MatchingConfig matching, boolean isFocus) {
  /** Returns the value to command, dioptres. */
  double command(double focus, float celsius, int direction) {
    return isFocus ? focus : matching.powerAtFocus(focus, celsius, direction);
  }

  /** Returns the focus of a value that was read, dioptres. */
  double focus(LensSample sample, int direction) {
    return isFocus
        ? sample.dioptres()
        : matching.focusAtPower(sample.dioptres(), sample.celsius(), direction);
  }
}
