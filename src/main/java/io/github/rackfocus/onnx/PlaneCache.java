package io.github.rackfocus.onnx;

import io.github.rackfocus.frame.Frame;
import org.jspecify.annotations.Nullable;

/**
 * Tracks which frame each plane's features were computed from.
 *
 * <p>Frames are pooled, so that an object alone says nothing; its number and stamp come from
 * outside and may start again, so they do not either. The object and its use do.
 */
final class PlaneCache {
  private final @Nullable Frame[] frames;
  private final long[] uses;

  PlaneCache(int planes) {
    frames = new @Nullable Frame[planes];
    uses = new long[planes];
  }

  /** Returns whether a plane holds a frame. */
  boolean holds(int plane, Frame frame) {
    return frames[plane] == frame && uses[plane] == frame.use();
  }

  /** Returns a plane that holds the frame, or −1. */
  int find(Frame frame) {
    for (int plane = 0; plane < frames.length; plane++) {
      if (holds(plane, frame)) {
        return plane;
      }
    }
    return -1;
  }

  /** Records that a plane holds a frame. */
  void put(int plane, Frame frame) {
    frames[plane] = frame;
    uses[plane] = frame.use();
  }

  /** Records that a plane holds nothing, as while it is written. */
  void forget(int plane) {
    frames[plane] = null;
  }
}
