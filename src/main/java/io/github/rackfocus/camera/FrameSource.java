package io.github.rackfocus.camera;

import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.LensWarp;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A source of frames, such as a camera, a stack folder, a ROS topic or a bag.
 *
 * <p>One thread reads the source and may block in {@link #next}; {@link #close} may be called from
 * another thread and unblocks it.
 */
public interface FrameSource extends AutoCloseable {
  /** Returns a name for messages and reports, such as {@code simulated} or the name of a folder. */
  String name();

  /** Returns the scale of the focus readings. */
  FocusScale scale();

  /** Returns the nominal focus of the planes of a sweep, far to near, strictly ascending. */
  double[] planeFocus();

  /**
   * Waits for the next frame.
   *
   * @return a frame sealed with its arrival time, which the caller closes, or null after the last
   * @throws IllegalArgumentException if an image cannot be a frame (0 x 0, or larger than {@link
   *     io.github.rackfocus.frame.FramePool#MAX_PIXELS}); it is dropped, and the next call
   *     continues
   * @throws IOException if the source has failed permanently; the message is for the operator
   */
  @Nullable Frame next() throws IOException, InterruptedException;

  /** Returns the depth offset of the camera's calibration in metres, 0 if it has none. */
  default double depthOffsetMetres() {
    return 0;
  }

  /**
   * Returns what the calibrated lens does to the image at each focus, or null if that is unknown.
   * Asked for once, before the first frame.
   */
  default @Nullable LensWarp lensWarp() {
    return null;
  }

  /**
   * Receives, before the first frame, what tells whether colour is wanted. A source that has colour
   * asks for every image, from any thread, lets its frames carry colour only while it is told so,
   * and marks the others as {@linkplain Frame#setOfColour of colour}. Not called if colour is never
   * wanted. Does nothing by default: the frames carry luma alone.
   */
  default void colourDemand(BooleanSupplier wanted) {}

  /** Returns what has arrived so far; null if the source has no inputs that could stop. */
  default @Nullable InputStatus inputs() {
    return null;
  }

  /** Returns the number of images dropped since the start, for any cause. */
  long dropped();

  @Override
  void close();
}
