package io.github.rackfocus.registration;

import io.github.rackfocus.common.NativeLibraries;
import io.github.rackfocus.frame.Affine;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FrameMats;
import io.github.rackfocus.frame.FramePool;
import org.jspecify.annotations.Nullable;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/**
 * Warps frames into another view, with bicubic interpolation: a bilinear one would blur the frame
 * by an amount that depends on the fraction of a pixel, which looks like a change of focus. For one
 * thread; allocates nothing per frame.
 */
final class FrameWarper implements AutoCloseable {
  private static final Scalar BLACK = new Scalar(0);

  private final FramePool pool;
  private final FrameMats from = FrameMats.ofLuma();
  private final FrameMats to = FrameMats.ofLuma();
  private final FrameMats colourFrom = FrameMats.ofColour();
  private final FrameMats colourTo = FrameMats.ofColour();
  private final double[] six = new double[6];
  private @Nullable Mat matrix;
  private Size size = new Size();

  /**
   * @param capacity frames that may be leased at the same time
   */
  FrameWarper(int capacity) {
    pool = new FramePool(capacity);
  }

  /**
   * Warps a frame, with its colours if it has any. What lies outside the image is its mirror image,
   * so that the model sees texture of the same kind up to the border.
   *
   * @param frame sealed; the caller keeps its lease
   * @param viewToImage from pixels of the view to pixels of the frame
   * @return a sealed frame with the same times, number and reading, which the caller closes; null
   *     if all frames are leased
   */
  @Nullable Frame warp(Frame frame, Affine viewToImage) {
    Frame warped = pool.tryLease(frame.width(), frame.height(), frame.hasColour());
    if (warped == null) {
      return null;
    }
    Mat transform = matrix;
    if (transform == null) {
      NativeLibraries.loadOpenCv();
      transform = new Mat(2, 3, CvType.CV_64F);
      matrix = transform;
    }
    if (size.width != frame.width() || size.height != frame.height()) {
      size = new Size(frame.width(), frame.height());
    }
    viewToImage.copyTo(six);
    transform.put(0, 0, six);
    warp(from.of(frame), to.of(warped), transform);
    if (frame.hasColour()) {
      warp(colourFrom.of(frame), colourTo.of(warped), transform);
    }
    warped.viewToImage().set(viewToImage);
    if (frame.isOfColour()) {
      warped.setOfColour();
    }
    return warped.seal(
        frame.stampNanos(),
        frame.sequence(),
        frame.focus(),
        frame.arrivalNanos(),
        frame.receiveNanos(),
        frame.decodeNanos());
  }

  private void warp(Mat image, Mat into, Mat transform) {
    Imgproc.warpAffine(
        image,
        into,
        transform,
        size,
        Imgproc.INTER_CUBIC | Imgproc.WARP_INVERSE_MAP,
        Core.BORDER_REFLECT,
        BLACK);
  }

  @Override
  public void close() {
    from.close();
    to.close();
    colourFrom.close();
    colourTo.close();
    if (matrix != null) {
      matrix.release();
    }
  }
}
