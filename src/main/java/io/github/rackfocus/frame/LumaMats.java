package io.github.rackfocus.frame;

import java.util.IdentityHashMap;
import java.util.Map;
import org.opencv.core.CvType;
import org.opencv.core.Mat;

/**
 * OpenCV's views of the luma of pooled frames, so that OpenCV writes straight into a frame: made
 * once for each frame of a pool and kept, so that a frame costs no garbage. Native memory is not
 * copied. For one thread; OpenCV must be loaded.
 */
public final class LumaMats implements AutoCloseable {
  private final Map<Frame, Mat> mats = new IdentityHashMap<>();
  private int width;
  private int height;

  /**
   * The luma of a frame that is not sealed yet, 8 bits, one channel.
   *
   * @return a matrix that stays this object's own
   */
  public Mat of(Frame frame) {
    if (frame.width() != width || frame.height() != height) {
      // The pool lets go of frames of another size, and so must we.
      close();
      width = frame.width();
      height = frame.height();
    }
    Mat mat = mats.get(frame);
    if (mat == null) {
      mat = new Mat(height, width, CvType.CV_8UC1, frame.luma());
      mats.put(frame, mat);
    }
    return mat;
  }

  /** Lets go of all views; the frames are the pool's. */
  @Override
  public void close() {
    mats.values().forEach(Mat::release);
    mats.clear();
  }
}
