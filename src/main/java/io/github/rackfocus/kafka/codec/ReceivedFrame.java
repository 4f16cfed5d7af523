package io.github.rackfocus.kafka.codec;

import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.v1.CameraFrame;

/**
 * A frame received from a topic. Everything except its pixels was checked; they are unpacked on
 * demand. Immutable.
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

  /** The identity of its camera. */
  public CameraIdentity identity() {
    return identity;
  }

  /** The unit of the focus values. */
  public FocusScale scale() {
    return scale;
  }

  /** Nominal focus of the planes of a sweep, far to near. */
  public double[] planeFocus() {
    return planeFocus.clone();
  }

  /** Offset to add to every depth, metres. */
  public double depthOffsetMetres() {
    return message.getDepthOffsetM();
  }

  /** Pixels per row. */
  public int width() {
    return message.getWidth();
  }

  /** Rows. */
  public int height() {
    return message.getHeight();
  }

  /** Mid-exposure time, nanoseconds by the camera's clock. */
  public long stampNanos() {
    return message.getStampNs();
  }

  /** Sequence number of the frame at its source. */
  public long sequence() {
    return message.getSequence();
  }

  /** The focus reading of the frame. */
  public FocusReading reading() {
    return CameraFrameCodec.reading(message.getLens());
  }

  /**
   * Unpacks the pixels into a leased, unsealed frame of the same size and seals it.
   *
   * @param arrivalNanos when the record arrived, on the monotonic clock
   * @throws RejectedFrameException if the pixels cannot be unpacked; the frame stays unsealed
   */
  public void unpackInto(Frame frame, long arrivalNanos) throws RejectedFrameException {
    byte[] luma = CameraFrameCodec.luma(message);
    frame.luma().put(0, luma);
    frame.seal(stampNanos(), sequence(), reading(), arrivalNanos);
  }
}
