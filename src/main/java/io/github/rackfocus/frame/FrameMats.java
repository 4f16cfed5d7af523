package io.github.rackfocus.frame;

import java.nio.ByteBuffer;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import org.opencv.core.CvType;
import org.opencv.core.Mat;

/**
 * OpenCV matrices over the luma or the colours of pooled frames, through which OpenCV writes
 * directly into a frame. A matrix is created once per frame of the pool and kept, so that nothing
 * is allocated per image. For one thread; OpenCV must be loaded.
 */
public final class FrameMats implements AutoCloseable {
  private final boolean ofColour;
  private final Map<Frame, Mat> mats = new IdentityHashMap<>();
  private int width;
  private int height;
  private boolean withColour;

  private FrameMats(boolean ofColour) {
    this.ofColour = ofColour;
  }

  /** Matrices of luma: 8 bits, one channel. */
  public static FrameMats ofLuma() {
    return new FrameMats(false);
  }

  /** Matrices of colours: 8 bits, three channels in the order red, green, blue. */
  public static FrameMats ofColour() {
    return new FrameMats(true);
  }

  /**
   * Returns the pixels of a frame; they may be written until it is sealed.
   *
   * @param frame with colour, where this object is of colours
   * @return a matrix that this object owns
   */
  public Mat of(Frame frame) {
    if (frame.width() != width || frame.height() != height || frame.hasColour() != withColour) {
      // The pool releases frames of another kind, so their matrices go too.
      close();
      width = frame.width();
      height = frame.height();
      withColour = frame.hasColour();
    }
    Mat mat = mats.get(frame);
    if (mat == null) {
      ByteBuffer pixels =
          ofColour
              ? Objects.requireNonNull(frame.colour(), "the frame has no colour")
              : frame.luma();
      mat = new Mat(height, width, ofColour ? CvType.CV_8UC3 : CvType.CV_8UC1, pixels);
      mats.put(frame, mat);
    }
    return mat;
  }

  /** Releases all matrices; the frames belong to the pool. */
  @Override
  public void close() {
    mats.values().forEach(Mat::release);
    mats.clear();
  }
}
