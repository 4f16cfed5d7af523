package io.github.rackfocus.onnx;

import io.github.rackfocus.frame.Frame;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which frame each plane's features were computed from.
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

  /** Whether a plane holds a frame. */
  boolean holds(int plane, Frame frame) {
    return frames[plane] == frame && uses[plane] == frame.use();
  }

  /** A plane that holds the frame, or −1. */
  int find(Frame frame) {
    for (int plane = 0; plane < frames.length; plane++) {
      if (holds(plane, frame)) {
        return plane;
      }
    }
    return -1;
  }

  /** Notes what a plane holds. */
  void put(int plane, Frame frame) {
    frames[plane] = frame;
    uses[plane] = frame.use();
  }

  /** Notes that a plane holds nothing, which is so while it is written. */
  void forget(int plane) {
    frames[plane] = null;
  }

  /** Forgets all. */
  void clear() {
    Arrays.fill(frames, null);
  }
}
