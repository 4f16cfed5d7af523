package io.github.rackfocus.camera;

import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Where frames come from: a simulated camera, a stack folder, a topic, a bag.
 *
 * <p>A source is read by one thread, which {@link #next} may keep waiting; {@link #close} may be
 * called from another one and ends that wait.
 */
public interface FrameSource extends AutoCloseable {
  /** A name for messages and reports, such as {@code simulated} or the folder's. */
  String name();

  /** What the focus readings of the frames mean. */
  FocusScale scale();

  /** Nominal focus of the planes of one sweep, far to near, strictly ascending. */
  double[] planeFocus();

  /**
   * Waits for the next frame.
   *
   * @return a sealed frame that the caller closes, or null after the last one
   * @throws IllegalArgumentException for an image that can't be a frame (0 x 0, larger than {@link
   *     io.github.rackfocus.frame.FramePool#MAX_PIXELS}); it is lost, the next call goes on
   * @throws IOException if the source is broken for good, in a sentence for the operator
   */
  @Nullable Frame next() throws IOException, InterruptedException;

  /** What the camera's calibration adds to every depth, metres; 0 where it says nothing. */
  default double depthOffsetMetres() {
    return 0;
  }

  /** Images that were there and did not become frames, since the start, all causes. */
  long dropped();

  @Override
  void close();
}
