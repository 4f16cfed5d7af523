package io.github.rackfocus.kafka.codec;

import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.v1.CameraFrame;

/**
 * A frame as it came from a topic, checked but for its pixels, which are unpacked when somebody
 * wants them. Immutable.
 */
public final class ReceivedFrame {
  private final CameraFrame message;
  private final CameraIdentity identity;
  private final FocusScale scale;
  private final double[] planeFocus;

  ReceivedFrame(
      CameraFrame message, CameraIdentity identity, FocusScale scale, double[] planeFocus) {
    this.message = message;
    this.identity = identity;
    this.scale = scale;
    this.planeFocus = planeFocus;
  }

  /** Whose frame it is, and what every depth map of that camera carries. */
  public CameraIdentity identity() {
    return identity;
  }

  /** What focus numbers mean. */
  public FocusScale scale() {
    return scale;
  }

  /** Nominal focus of the planes of a sweep, as it was sent. */
  public double[] planeFocus() {
    return planeFocus.clone();
  }

  /** Added to every depth, metres. */
  public double depthOffsetMetres() {
    return message.getDepthOffsetM();
  }

  /** Pixels in a row. */
  public int width() {
    return message.getWidth();
  }

  /** Rows. */
  public int height() {
    return message.getHeight();
  }

  /** Mid-exposure, nanoseconds in the camera's time. */
  public long stampNanos() {
    return message.getStampNs();
  }

  /** Number of the frame at its source. */
  public long sequence() {
    return message.getSequence();
  }

  /** Where the lens stood. */
  public FocusReading reading() {
    return CameraFrameCodec.reading(message.getLens());
  }

  /**
   * Unpacks the pixels into a frame of this one's size, leased and not sealed, and seals it.
   *
   * @param arrivalNanos when the record arrived, on the monotonic clock
   * @throws RejectedFrameException if they can't be unpacked; the frame is not sealed then
   */
  public void unpackInto(Frame frame, long arrivalNanos) throws RejectedFrameException {
    byte[] luma = CameraFrameCodec.luma(message);
    frame.luma().put(0, luma);
    frame.seal(stampNanos(), sequence(), reading(), arrivalNanos);
  }
}
