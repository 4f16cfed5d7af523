package io.github.rackfocus.frame;

import java.util.IdentityHashMap;
import java.util.Map;
import org.opencv.core.CvType;
import org.opencv.core.Mat;

/**
 * OpenCV matrices over the luma of pooled frames, through which OpenCV writes directly into a
 * frame. A matrix is created once per frame of the pool and kept, so that nothing is allocated per
 * image. For one thread; OpenCV must be loaded.
 */
public final class LumaMats implements AutoCloseable {
  private final Map<Frame, Mat> mats = new IdentityHashMap<>();
  private int width;
  private int height;

  /**
   * Returns the luma of a frame that is not sealed yet: 8 bits, one channel.
   *
   * @return a matrix that this object owns
   */
  public Mat of(Frame frame) {
    if (frame.width() != width || frame.height() != height) {
      // The pool releases frames of another size, so their matrices go too.
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

  /** Releases all matrices; the frames belong to the pool. */
  @Override
  public void close() {
    mats.values().forEach(Mat::release);
    mats.clear();
  }
}
