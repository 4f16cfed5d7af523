package io.github.rackfocus.frame;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A bounded pool of frames.
 *
 * <p>It holds frames of one size at a time: when a source changes its resolution, free frames of
 * the old size are let go and leased ones are dropped as they come back. Thread-safe; leasing and
 * giving back allocate nothing once as many frames exist as are in use at the same time.
 */
public final class FramePool {
  /** More pixels than any camera of this kind has; a guard against nonsense from outside. */
  public static final int MAX_PIXELS = 64 << 20;

  private final int capacity;
  private final ArrayDeque<Frame> free;
  private int leased;
  private int width;
  private int height;
  private boolean colour;

  /**
   * @param capacity frames that may be leased at a time, at least 1
   */
  public FramePool(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("frame pool capacity is " + capacity + "; at least 1");
    }
    this.capacity = capacity;
    this.free = new ArrayDeque<>(capacity);
  }

  /**
   * Checks a size that came from outside, before any memory is taken.
   *
   * @throws IllegalArgumentException naming the size and what is allowed
   */
  public static void checkSize(long width, long height) {
    if (width < 1
        || height < 1
        || width > MAX_PIXELS
        || height > MAX_PIXELS
        || width * height > MAX_PIXELS) {
      throw new IllegalArgumentException(
          "image size is "
              + width
              + " x "
              + height
              + "; expected at least 1 x 1 and at most "
              + MAX_PIXELS
              + " pixels");
    }
  }

  /**
   * Leases a frame to write to.
   *
   * @return the frame, with one lease, or null when {@code capacity} frames are out: the caller
   *     counts the image as dropped
   * @throws IllegalArgumentException for a size that {@link #checkSize} refuses
   */
  public synchronized @Nullable Frame tryLease(int width, int height, boolean withColour) {
    checkSize(width, height);
    if (width != this.width || height != this.height || withColour != colour) {
      free.clear();
      this.width = width;
      this.height = height;
      this.colour = withColour;
    }
    if (leased >= capacity) {
      return null;
    }
    Frame frame = free.pollLast();
    if (frame == null) {
      frame = new Frame(this, width, height, withColour);
    }
    leased++;
    return frame.open();
  }

  /** Frames that are out; 0 after everything was closed. */
  public synchronized int leased() {
    return leased;
  }

  synchronized void giveBack(Frame frame) {
    leased--;
    if (frame.width() == width && frame.height() == height && frame.hasColour() == colour) {
      free.addLast(frame);
    }
  }
}
