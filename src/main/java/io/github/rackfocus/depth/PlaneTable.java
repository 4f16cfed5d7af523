package io.github.rackfocus.depth;

import io.github.rackfocus.sweep.FocalStack;

/** The plane in focus, which is the nearest, by position on a stack's axis. For one thread. */
final class PlaneTable {
  private static final int STEPS = 4096;

  private final byte[] planeOf = new byte[STEPS + 1];

  /** Starts with a stack. */
  void begin(FocalStack stack) {
    int plane = 0;
    for (int i = 0; i <= STEPS; i++) {
      float position = (float) i / STEPS;
      while (plane + 1 < stack.planes()
          && stack.position(plane + 1) - position < position - stack.position(plane)) {
        plane++;
      }
      planeOf[i] = (byte) plane;
    }
  }

  /** The plane of a position; positions beyond the ends, and NaN, are clipped. */
  int at(float position) {
    return planeOf[(int) (clip(position) * STEPS + 0.5f)];
  }

  /** The nearest position on the axis; 0 for NaN. */
  static float clip(float position) {
    float above = position >= 0 ? position : 0;
    return above < 1 ? above : 1; // Math.min treats NaN and zeros apart, which costs time.
  }
}
