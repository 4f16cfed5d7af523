package io.github.rackfocus.onnx;

import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FrameIdentity;

/** Remembers which image the features of each plane were computed from. For one thread. */
final class LoadedFrames {
  private final FrameIdentity[] planes;

  LoadedFrames(int planes) {
    this.planes = new FrameIdentity[planes];
    for (int plane = 0; plane < planes; plane++) {
      this.planes[plane] = new FrameIdentity();
    }
  }

  /** Whether the features of a plane were computed from this frame. */
  boolean holds(int plane, Frame frame) {
    return planes[plane].is(frame);
  }

  /** Returns a plane whose features were computed from the frame, or -1. */
  int find(Frame frame) {
    for (int plane = 0; plane < planes.length; plane++) {
      if (holds(plane, frame)) {
        return plane;
      }
    }
    return -1;
  }

  /** Records that the features of a plane were computed from the frame. */
  void put(int plane, Frame frame) {
    planes[plane].set(frame);
  }

  /** Records that a plane has no features; to be called before they are overwritten. */
  void forget(int plane) {
    planes[plane].clear();
  }
}
