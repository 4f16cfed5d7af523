package io.github.rackfocus.depth;

import io.github.rackfocus.frame.CellMask;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.sweep.FocalStack;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Turns positions on the focus axis into metres, and says for every pixel without a depth why it
 * has none.
 *
 * <p>Reasons are looked for in the order planeMissing, lensUnsettled, moved, saturated, noTexture,
 * ambiguous, nearerThanSweep, beyondSweep; the first that applies is published. A pixel is judged
 * by the plane nearest to its position. Keeps its tables between maps; for one thread.
 */
public final class MetricDepth {
  private static final int TABLE = 4096;

  /** Standard deviation of a Laplace distribution whose expected absolute value is 1. */
  private static final double LAPLACE_SIGMA = Math.sqrt(2);

  private final ValidityThresholds thresholds;
  private final double depthOffsetMetres;
  private final LocalContrast contrast = new LocalContrast();
  private final SharpnessTrend trend = new SharpnessTrend();
  private final byte[] planeOf = new byte[TABLE + 1];
  private final int[] counts = new int[Validity.count()];
  private @Nullable CellMask moved;

  public MetricDepth(ValidityThresholds thresholds) {
    this(thresholds, 0);
  }

  /**
   * @param depthOffsetMetres from the camera file, added to every metric depth
   */
  public MetricDepth(ValidityThresholds thresholds, double depthOffsetMetres) {
    this.thresholds = thresholds;
    this.depthOffsetMetres = depthOffsetMetres;
  }

  /**
   * Fills depth, uncertainty, age, validity and the description of a map that an estimator filled.
   *
   * @param stack what the map was estimated from; the caller keeps its lease
   */
  public void finish(FocalStack stack, DepthMap map) {
    map.info().describe(stack, depthOffsetMetres);
    fillPlaneTable(stack);
    gatherMotion(stack);
    contrast.measure(map.allFocus(), map.width(), map.height());
    trend.begin(stack);
    Arrays.fill(counts, 0);
    int width = map.width();
    for (int y = 0; y < map.height(); y++) {
      for (int x = 0; x < width; x++) {
        finishPixel(stack, map, x, y, y * width + x);
      }
    }
    map.info().countValidity(counts, map.pixels());
  }

  private void finishPixel(FocalStack stack, DepthMap map, int x, int y, int i) {
    float position = map.position().get(i);
    int plane = planeOf[(int) (clip(position) * TABLE + 0.5f)];
    Validity validity = judge(stack, map, plane, x, y, i);
    counts[validity.code()]++;
    map.validity().put(i, validity.code());
    map.age().put(i, (float) (stack.ageNanos(plane) * 1e-9));
    if (validity != Validity.VALID) {
      map.depth().put(i, validity.specialDepth());
      map.uncertainty().put(i, Float.NaN);
      return;
    }
    double focus = stack.focusAt(position);
    double range = stack.nearest() - stack.farthest();
    double sigma = LAPLACE_SIGMA * map.error().get(i) * range;
    // dz/df = -1/f²: a dioptre's error grows with the square of the distance.
    double slope = stack.scale().isMetric() ? 1 / (focus * focus) : 1;
    map.depth().put(i, (float) stack.scale().depthAt(focus, depthOffsetMetres));
    map.uncertainty().put(i, (float) (sigma * slope));
  }

  private Validity judge(FocalStack stack, DepthMap map, int plane, int x, int y, int i) {
    if (stack.isMissing(plane)) {
      return Validity.PLANE_MISSING;
    }
    Frame inFocus = stack.frame(plane);
    if (thresholds.requireSettled() && !inFocus.focus().settled()) {
      return Validity.LENS_UNSETTLED;
    }
    if (moved != null && moved.atPixel(x, y)) {
      return Validity.MOVED;
    }
    if (inFocus.lumaAt(i) >= thresholds.saturationLuma()) {
      return Validity.SATURATED;
    }
    // Written so that a NaN from a broken model counts as not confident.
    if (!(map.confidence().get(i) >= thresholds.minConfidence())) {
      return contrast.at(x, y) < thresholds.textureFloor()
          ? Validity.NO_TEXTURE
          : Validity.AMBIGUOUS;
    }
    int last = stack.planes() - 1;
    double margin = thresholds.beyondMarginPlanes();
    if (plane == last && trend.isOutside(stack, true, x, y, margin)) {
      return Validity.NEARER_THAN_SWEEP;
    }
    if (plane == 0 && trend.isOutside(stack, false, x, y, margin)) {
      return Validity.BEYOND_SWEEP;
    }
    return Validity.VALID;
  }

  private void fillPlaneTable(FocalStack stack) {
    int plane = 0;
    for (int i = 0; i <= TABLE; i++) {
      float position = (float) i / TABLE;
      while (plane + 1 < stack.planes()
          && stack.position(plane + 1) - position < position - stack.position(plane)) {
        plane++;
      }
      planeOf[i] = (byte) plane;
    }
  }

  /** A cell that changed on any plane since the sweep before mixes two scenes. */
  private void gatherMotion(FocalStack stack) {
    CellMask all = moved;
    CellMask first = stack.frame(0).changedCells();
    if (all == null || all.columns() != first.columns() || all.rows() != first.rows()) {
      all = new CellMask(stack.width(), stack.height());
      moved = all;
    }
    all.clear();
    for (int plane = 0; plane < stack.planes(); plane++) {
      all.or(stack.frame(plane).changedCells());
    }
  }

  private static float clip(float position) {
    return position >= 0 ? Math.min(position, 1) : 0;
  }
}
