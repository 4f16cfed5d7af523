package io.github.rackfocus.frame;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * A bounded pool of frames.
 *
 * <p>It holds frames of one size at a time: when a source changes its resolution, free frames of
 * the old size are released and leased ones are released when they are returned. Thread-safe.
 * Leasing and returning allocate nothing once there are as many frames as are in use at the same
 * time.
 */
public final class FramePool {
  /** More pixels than any camera of this kind has; a bound for sizes from outside. */
  public static final int MAX_PIXELS = 64 << 20;

  private final int capacity;
  private final ArrayDeque<Frame> free;
  private int leased;
  private int width;
  private int height;
  private boolean colour;

  /**
   * @param capacity maximum number of leased frames, at least 1
   */
  public FramePool(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException(
          "frame pool capacity is " + capacity + "; expected at least 1");
    }
    this.capacity = capacity;
    this.free = new ArrayDeque<>(capacity);
  }

  /**
   * Checks a size that came from outside, before any memory is taken.
   *
   * @throws IllegalArgumentException stating the size and the permitted range
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
   * @return the frame, with one lease, or null if {@code capacity} frames are leased: the caller
   *     counts the image as dropped
   * @throws IllegalArgumentException for a size that {@link #checkSize} rejects
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

  /** Number of leased frames; 0 after everything was closed. */
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
