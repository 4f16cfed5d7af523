package io.github.rackfocus.depth;

import io.github.rackfocus.frame.CellMask;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.FocusAxis;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Converts positions on the focus axis to metres, and assigns a validity code to every pixel.
 *
 * <p>Codes are tested in the order planeMissing, outsideView, lensUnsettled, moved, saturated,
 * noTexture, ambiguous, nearerThanSweep, beyondSweep; and the first that applies is published. A
 * pixel is tested on the plane nearest to its position. If depth is published in another view than
 * the stack's, the finished map is warped into it. Tables are kept between maps. For one thread.
 */
public final class DepthPostProcessor {
  private static final byte VALID = Validity.VALID.code();

  /** Standard deviation of a Laplace distribution whose expected absolute value is 1. */
  private static final double LAPLACE_SIGMA = Math.sqrt(2);

  private final ValidityThresholds thresholds;
  private final double depthOffsetMetres;
  private final LocalContrast contrast = new LocalContrast();
  private final SharpnessTrend nearTrend = new SharpnessTrend(true);
  private final SharpnessTrend farTrend = new SharpnessTrend(false);
  private final PlaneTable planeOf = new PlaneTable();
  private final int[] counts = new int[Validity.count()];
  private final Validity[] reasonOf = new Validity[FocusAxis.MAX_PLANES];
  private final ByteBuffer[] lumaOf = new ByteBuffer[FocusAxis.MAX_PLANES];
  private final float[] ageOf = new float[FocusAxis.MAX_PLANES];
  private int lastPlane;
  private boolean infinityAtFarEnd;
  private final MovedCells movedCells = new MovedCells();
  private CellMask moved = new CellMask(1, 1);
  private boolean anyMoved;
  private final ViewCoverage coverage = new ViewCoverage();
  private final MapWarper warper = new MapWarper();
  private float[] position = new float[0];
  private float[] error = new float[0];
  private float[] confidence = new float[0];
  private float[] depth = new float[0];
  private float[] uncertainty = new float[0];
  private float[] age = new float[0];
  private byte[] validity = new byte[0];
  private byte[][] lumaRows = new byte[FocusAxis.MAX_PLANES][0];
  private final int[] rowOf = new int[FocusAxis.MAX_PLANES];
  private final int saturationLuma;
  private final double minConfidence;
  private final double textureFloor;

  public DepthPostProcessor(ValidityThresholds thresholds) {
    this(thresholds, 0);
  }

  /**
   * @param depthOffsetMetres from the camera file, added to every metric depth
   */
  public DepthPostProcessor(ValidityThresholds thresholds, double depthOffsetMetres) {
    this.thresholds = thresholds;
    this.saturationLuma = thresholds.saturationLuma();
    this.minConfidence = thresholds.minConfidence();
    this.textureFloor = thresholds.textureFloor();
    this.depthOffsetMetres = depthOffsetMetres;
  }

  /** Returns a post-processor with other thresholds, for the thread of this one. */
  DepthPostProcessor with(ValidityThresholds other) {
    return new DepthPostProcessor(other, depthOffsetMetres);
  }

  /**
   * Fills depth, uncertainty, age, validity and the description of a map after the estimator.
   *
   * @param stack what the map was estimated from; the caller keeps its lease
   */
  public void finish(FocalStack stack, DepthMap map) {
    finish(stack, map, null);
  }

  /**
   * Does the same for a map that was filtered.
   *
   * @param filter that has fused the map, and knows the age of what it fused; null for none
   */
  void finish(FocalStack stack, DepthMap map, @Nullable StillFilter filter) {
    map.info().describe(stack, depthOffsetMetres);
    prepare(stack, map);
    contrast.begin(map.allFocus(), map.width(), map.height());
    nearTrend.begin(stack, thresholds.beyondMarginPlanes());
    farTrend.begin(stack, thresholds.beyondMarginPlanes());
    coverage.begin(stack);
    Arrays.fill(counts, 0);
    for (int y = 0; y < map.height(); y++) {
      finishRow(stack, map, y, filter);
    }
    if (warper.warp(stack, map)) {
      countAgain(map);
    }
    map.info().countValidity(counts, map.pixels());
  }

  /** Counts the codes of a map that was warped. */
  private void countAgain(DepthMap map) {
    Arrays.fill(counts, 0);
    for (int y = 0; y < map.height(); y++) {
      map.validity().get(y * map.width(), validity, 0, map.width());
      for (int x = 0; x < map.width(); x++) {
        counts[validity[x]]++;
      }
    }
  }

  /** Rows are copied in and out as a whole: single gets from a direct buffer cost more. */
  private void finishRow(FocalStack stack, DepthMap map, int y, @Nullable StillFilter filter) {
    int width = map.width();
    int start = y * width;
    map.position().get(start, position, 0, width);
    map.error().get(start, error, 0, width);
    map.confidence().get(start, confidence, 0, width);
    if (stack.scale().isMetric()) {
      metricRow(stack, width);
    } else {
      indexRow(stack, width);
    }
    coverage.row(y);
    judgeRow(y, start, width);
    if (filter != null) {
      filter.ageRow(y, age, width);
    }
    map.depth().put(start, depth, 0, width);
    map.uncertainty().put(start, uncertainty, 0, width);
    map.age().put(start, age, 0, width);
    map.validity().put(start, validity, 0, width);
  }

  /** Computes depth and sigma of every pixel, valid or not, in a loop without branches. */
  private void metricRow(FocalStack stack, int width) {
    float farthest = (float) stack.farthest();
    float range = (float) (stack.nearest() - stack.farthest());
    float sigma = (float) (LAPLACE_SIGMA * (stack.nearest() - stack.farthest()));
    float offset = (float) depthOffsetMetres;
    for (int x = 0; x < width; x++) {
      float metres = 1 / (farthest + range * Math.max(0f, Math.min(position[x], 1f)));
      depth[x] = metres + offset;
      // dz/df = -1/f²: an error in dioptres grows with the square of the distance.
      uncertainty[x] = sigma * error[x] * metres * metres;
    }
  }

  private void indexRow(FocalStack stack, int width) {
    double range = stack.nearest() - stack.farthest();
    for (int x = 0; x < width; x++) {
      double focus = stack.focusAt(PlaneTable.clip(position[x]));
      depth[x] = (float) stack.scale().depthAt(focus, depthOffsetMetres);
      uncertainty[x] = (float) (LAPLACE_SIGMA * error[x] * range);
    }
  }

  private void judgeRow(int y, int start, int width) {
    for (int x = 0; x < width; x++) {
      int plane = planeOf.at(position[x]);
      Validity judged = judge(plane, x, y, start);
      byte code = judged.code();
      counts[code]++;
      validity[x] = code;
      age[x] = ageOf[plane];
      if (code != VALID) {
        depth[x] = judged.specialDepth();
        uncertainty[x] = Float.NaN;
      }
    }
  }

  private Validity judge(int plane, int x, int y, int start) {
    Validity ofPlane = reasonOf[plane];
    if (ofPlane == Validity.PLANE_MISSING) {
      return ofPlane;
    }
    if (!coverage.sees(plane, x)) {
      return Validity.OUTSIDE_VIEW;
    }
    if (ofPlane != Validity.VALID) {
      return ofPlane;
    }
    if (anyMoved && moved.atPixel(x, y)) {
      return Validity.MOVED;
    }
    // Written so that a NaN from a broken model counts as not confident.
    if (!(confidence[x] >= minConfidence) || Float.isNaN(position[x])) {
      return withheld(plane, x, y, start);
    }
    if (plane == lastPlane && nearTrend.isOutside(x, y)) {
      return Validity.NEARER_THAN_SWEEP;
    }
    if (plane == 0) {
      boolean atInfinity = infinityAtFarEnd && PlaneTable.clip(position[x]) == 0;
      if (atInfinity || farTrend.isOutside(x, y)) {
        return Validity.BEYOND_SWEEP;
      }
    }
    return Validity.VALID;
  }

  /**
   * Says why a pixel is not confident. Saturation alone is no reason: the depth of a small bright
   * area follows from its edges, and the confidence says whether it does.
   */
  private Validity withheld(int plane, int x, int y, int start) {
    if ((lumaRow(plane, y, start)[x] & 0xff) >= saturationLuma) {
      return Validity.SATURATED;
    }
    return contrast.at(x, y) < textureFloor ? Validity.NO_TEXTURE : Validity.AMBIGUOUS;
  }

  /** Returns a plane's luma of this row, copied on first use. */
  private byte[] lumaRow(int plane, int y, int start) {
    byte[] row = lumaRows[plane];
    if (rowOf[plane] != y) {
      rowOf[plane] = y;
      lumaOf[plane].get(start, row);
    }
    return row;
  }

  private void prepare(FocalStack stack, DepthMap map) {
    if (position.length != map.width()) {
      position = new float[map.width()];
      error = new float[map.width()];
      confidence = new float[map.width()];
      depth = new float[map.width()];
      uncertainty = new float[map.width()];
      age = new float[map.width()];
      validity = new byte[map.width()];
      lumaRows = new byte[FocusAxis.MAX_PLANES][0];
    }
    planeOf.begin(stack);
    moved = movedCells.of(stack);
    anyMoved = moved.count() > 0;
    lastPlane = stack.planes() - 1;
    infinityAtFarEnd = stack.scale().isMetric() && stack.farthest() == 0;
    for (int plane = 0; plane < stack.planes(); plane++) {
      Frame frame = stack.frame(plane);
      lumaOf[plane] = frame.luma();
      rowOf[plane] = -1;
      if (lumaRows[plane].length != map.width()) {
        lumaRows[plane] = new byte[map.width()];
      }
      ageOf[plane] = (float) (stack.ageNanos(plane) * 1e-9);
      reasonOf[plane] = thresholds.ofPlane(stack, plane);
    }
  }
}
