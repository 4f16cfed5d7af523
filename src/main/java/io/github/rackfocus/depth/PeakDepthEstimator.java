package io.github.rackfocus.depth;

import io.github.rackfocus.common.NativeLibraries;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.FocusAxis;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.function.LongSupplier;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.imgproc.Imgproc;

/**
 * Classical baseline without learning: a focus measure, the peak of a log-parabola, and two 5 x 5
 * medians of the positions.
 *
 * <p>Error and confidence are those of {@link PeakFit}; the all-in-focus image takes each pixel
 * from the plane nearest to its position. Measures are kept for the next stack that contains the
 * same frames, so an estimator belongs to one camera. For one thread. {@link #close} frees native
 * memory, after which the estimator cannot be used.
 */
public final class PeakDepthEstimator implements DepthEstimator {
  private static final int MEDIAN = 5;

  /**
   * The κ of {@link PeakFit} that makes the mean error stated equal to the mean error made over 54
   * rendered slopes: 7, 10 and 20 planes, blur of 4, 7 and 12 pixels over the sweep, noise of 1, 2
   * and 5 of 255, texture full everywhere and fading to a hundredth. This class's test renders such
   * slopes and holds the figures to them.
   */
  private static final double SML_KAPPA = 0.097;

  private static final double DDL_KAPPA = 0.051;

  private final ModelIdentity model;
  private final FocusMeasureVolume volume;
  private final double kappa;
  private final LongSupplier nanoClock;
  private final Mat raw = new Mat();
  private final Mat once = new Mat();
  private final Mat smooth = new Mat();
  private float[][] sharpness = new float[0][0];
  private float[] row = new float[0];
  private float[] error = new float[0];
  private float[] confidence = new float[0];
  private float[] allFocus = new float[0];
  private boolean closed;

  private PeakDepthEstimator(
      String name, FocusMeasure measure, double kappa, LongSupplier nanoClock) {
    this.model = new ModelIdentity(name, "1.0.0", "");
    this.volume = new FocusMeasureVolume(measure);
    this.kappa = kappa;
    this.nanoClock = nanoClock;
  }

  /** {@code sml}: the sum-modified Laplacian over a window of 9. */
  public static PeakDepthEstimator sml() {
    NativeLibraries.loadOpenCv();
    return new PeakDepthEstimator(
        "sml", FocusMeasure.sumModifiedLaplacian(), SML_KAPPA, System::nanoTime);
  }

  /** {@code ddl}: the directional dilated Laplacian over a window of 15. */
  public static PeakDepthEstimator ddl() {
    NativeLibraries.loadOpenCv();
    return new PeakDepthEstimator(
        "ddl", FocusMeasure.directionalDilatedLaplacian(), DDL_KAPPA, System::nanoTime);
  }

  @Override
  public ModelIdentity model() {
    return model;
  }

  @Override
  public String executionProvider() {
    return "CPU (OpenCV " + Core.VERSION + ")";
  }

  @Override
  public int minPlanes() {
    return FocusAxis.MIN_PLANES;
  }

  @Override
  public int maxPlanes() {
    return FocusAxis.MAX_PLANES;
  }

  @Override
  public int iterations() {
    return 0;
  }

  @Override
  public void estimate(FocalStack stack, DepthMap into) {
    check(stack, into);
    long start = nanoClock.getAsLong();
    volume.update(stack);
    long measured = nanoClock.getAsLong();
    fitPeaks(stack, into);
    Imgproc.medianBlur(raw, once, MEDIAN);
    Imgproc.medianBlur(once, smooth, MEDIAN);
    fillFromPositions(stack, into);
    into.info().recordStage(Stage.FRAME, measured - start);
    into.info().recordStage(Stage.STACK, nanoClock.getAsLong() - measured);
  }

  private void check(FocalStack stack, DepthMap into) {
    if (closed) {
      throw new IllegalStateException("estimator " + model.name() + " is closed");
    }
    int planes = stack.planes();
    if (planes < minPlanes() || planes > maxPlanes()) {
      throw new IllegalArgumentException(
          model.name()
              + ": the stack has "
              + planes
              + " planes; expected "
              + minPlanes()
              + " to "
              + maxPlanes());
    }
    into.checkSize(stack.width(), stack.height());
  }

  private void fitPeaks(FocalStack stack, DepthMap into) {
    int width = stack.width();
    raw.create(stack.height(), width, CvType.CV_32F);
    if (sharpness.length != stack.planes() || row.length != width) {
      sharpness = new float[stack.planes()][width];
      row = new float[width];
      error = new float[width];
      confidence = new float[width];
      allFocus = new float[width];
    }
    PeakFit fit = new PeakFit(kappa, stack);
    for (int y = 0; y < stack.height(); y++) {
      volume.row(y, sharpness);
      fit.fit(sharpness, row, error, confidence);
      raw.put(y, 0, row);
      into.error().put(y * width, error);
      into.confidence().put(y * width, confidence);
    }
  }

  private void fillFromPositions(FocalStack stack, DepthMap into) {
    int width = stack.width();
    FloatBuffer position = into.position();
    float[] halfway = halfwayPositions(stack);
    for (int y = 0; y < stack.height(); y++) {
      smooth.get(y, 0, row);
      position.put(y * width, row);
      for (int x = 0; x < width; x++) {
        int plane = 0;
        while (plane < halfway.length && row[x] > halfway[plane]) {
          plane++;
        }
        Frame inFocus = stack.frame(plane);
        allFocus[x] = inFocus.lumaAt(y * width + x) / 255f;
      }
      into.allFocus().put(y * width, allFocus);
    }
  }

  /** Positions halfway between neighbouring planes. */
  private static float[] halfwayPositions(FocalStack stack) {
    float[] halfway = new float[stack.planes() - 1];
    for (int z = 0; z < halfway.length; z++) {
      halfway[z] = (stack.position(z) + stack.position(z + 1)) / 2;
    }
    return halfway;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      volume.close();
      List.of(raw, once, smooth).forEach(Mat::release);
    }
  }
}
