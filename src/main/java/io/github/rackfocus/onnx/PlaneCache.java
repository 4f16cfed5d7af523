package io.github.rackfocus.onnx;

import io.github.rackfocus.frame.Frame;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which frame each plane's features were computed from.
 *
 * <p>Frames are pooled, so that an object alone says nothing; its number and stamp come from
 * outside and may start again, so they do not either. All three and a sample of the pixels together
 * do.
 */
final class PlaneCache {
  private static final int SAMPLES = 1024;

  private final @Nullable Frame[] frames;
  private final long[] sequences;
  private final long[] stamps;
  private final long[] samples;

  PlaneCache(int planes) {
    frames = new @Nullable Frame[planes];
    sequences = new long[planes];
    stamps = new long[planes];
    samples = new long[planes];
  }

  /** A digest of some pixels, evenly spread; for {@link #find} and {@link #put}. */
  static long sample(Frame frame) {
    ByteBuffer luma = frame.luma();
    int pixels = frame.pixels();
    // Odd, so that it walks through the columns of images of even width.
    int step = Math.max(1, pixels / SAMPLES) | 1;
    long digest = pixels;
    for (int i = 0; i < pixels; i += step) {
      digest = 31 * digest + luma.get(i);
    }
    return digest;
  }

  /** Whether a plane holds a frame. */
  boolean holds(int plane, Frame frame, long sample) {
    return frames[plane] == frame
        && sequences[plane] == frame.sequence()
        && stamps[plane] == frame.stampNanos()
        && samples[plane] == sample;
  }

  /** A plane that holds the frame, or −1. */
  int find(Frame frame, long sample) {
    for (int plane = 0; plane < frames.length; plane++) {
      if (holds(plane, frame, sample)) {
        return plane;
      }
    }
    return -1;
  }

  /** Notes what a plane holds. */
  void put(int plane, Frame frame, long sample) {
    frames[plane] = frame;
    sequences[plane] = frame.sequence();
    stamps[plane] = frame.stampNanos();
    samples[plane] = sample;
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
