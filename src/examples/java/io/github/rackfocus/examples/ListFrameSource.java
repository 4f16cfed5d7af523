package io.github.rackfocus.examples;

import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.camera.Pacer;
import io.github.rackfocus.camera.SourceClock;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Plays images from memory as a camera's frames, once and as fast as the reader takes them.
 *
 * <p>A source leases a frame from a pool, writes its pixels, seals it and hands it over; the reader
 * closes it. If all frames of the pool are leased, this source waits. A live camera cannot wait: it
 * drops the image and counts it in {@link #dropped}.
 */
public final class ListFrameSource implements FrameSource {
  /**
   * One image of the list.
   *
   * @param width pixels per row
   * @param height rows
   * @param luma {@code height * width} bytes, row by row
   * @param stampNanos mid-exposure, nanoseconds
   * @param focusDioptres actual focus at that time, dioptres
   */
  public record Image(int width, int height, byte[] luma, long stampNanos, double focusDioptres) {}

  private final List<Image> images;
  private final double[] planeFocus;
  private final FramePool pool;
  private final Pacer pacer = new Pacer(SourceClock.SYSTEM, false);
  private int sequence;

  /**
   * @param images in the order of their stamps
   * @param planeFocus nominal focus of the planes of one sweep, dioptres, strictly ascending
   * @param pool where frames are leased; for a node, of the size {@link
   *     io.github.rackfocus.node.DepthNode#framesInUse} states
   */
  public ListFrameSource(List<Image> images, double[] planeFocus, FramePool pool) {
    this.images = List.copyOf(images);
    this.planeFocus = planeFocus.clone();
    this.pool = pool;
  }

  @Override
  public String name() {
    return "list";
  }

  @Override
  public FocusScale scale() {
    return FocusScale.DIOPTRE;
  }

  @Override
  public double[] planeFocus() {
    return planeFocus.clone();
  }

  @Override
  public @Nullable Frame next() throws InterruptedException {
    if (sequence == images.size() || pacer.isClosed()) {
      return null;
    }
    Image image = images.get(sequence);
    Frame frame = pacer.lease(pool, image.width(), image.height(), false);
    if (frame == null) {
      return null; // Closed while waiting.
    }
    frame.luma().put(0, image.luma(), 0, frame.pixels());
    FocusReading reading = FocusReading.at(image.focusDioptres());
    return frame.seal(image.stampNanos(), sequence++, reading, pacer.nanoTime());
  }

  @Override
  public long dropped() {
    return 0;
  }

  @Override
  public void close() {
    pacer.close();
  }
}
