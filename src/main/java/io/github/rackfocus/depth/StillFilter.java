package io.github.rackfocus.depth;

import io.github.rackfocus.frame.CellMask;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.FocusAxis;

/**
 * Fuses the maps of repeated sweeps where the scene stands still.
 *
 * <p>Runs between the estimator and {@link DepthPostProcessor}: replaces position, error and
 * confidence of a pixel by those fused over about four sweeps, weighted by the stated errors and by
 * the share of the stack that is new. A pixel whose own estimate is not confident is published from
 * what is fused for up to two sweeps, if its own estimate agrees and the camera stands still; its
 * age tells since when. What is fused never differs from the newest estimate by more than half a
 * plane, nor by more than the root sum of both squared errors; where it would, the newest estimate
 * is published as it is, and after twice in a row, or at once if it differs by twice as much,
 * fusion begins anew with it.
 *
 * <p>Fusion also begins anew in cells that moved and those beside them, where a pixel was not seen,
 * and everywhere when the view, the sweep or the size changes, the registration cannot be trusted,
 * or a stack has no frame in common with the one before (see {@link StackContinuity}).
 *
 * <p>Belongs to one camera. For one thread; allocates only when the size of the maps changes, then
 * 21 bytes a pixel. The same stacks and maps give the same result.
 */
public final class StillFilter {
  /** The largest fused confidence. */
  public static final float MOST_CONFIDENCE = 0.999f;

  /** Spans of a stack for which a pixel is published that is not measured confidently. */
  private static final double MAX_AGE_SPANS = 2;

  private final ValidityThresholds thresholds;
  private final StackContinuity continuity = new StackContinuity();
  private final FusedPixels pixels;
  private final MapRow row = new MapRow();
  private final PlaneTable planeOf = new PlaneTable();
  private final ViewCoverage coverage = new ViewCoverage();
  private final boolean[] usable = new boolean[FocusAxis.MAX_PLANES];
  private final float[] ageOf = new float[FocusAxis.MAX_PLANES];
  private final float[] lastAgeOf = new float[FocusAxis.MAX_PLANES];
  private final MovedCells movedCells = new MovedCells();
  private CellMask nearMoved = new CellMask(1, 1);

  /**
   * @param thresholds those of the post-processor
   */
  public StillFilter(ValidityThresholds thresholds) {
    this.pixels = new FusedPixels(thresholds.minConfidence());
    this.thresholds = thresholds;
  }

  /**
   * Fuses a map that an estimator has filled with those before it.
   *
   * @param stack what the map was estimated from; the caller keeps its lease
   */
  void apply(FocalStack stack, DepthMap map) {
    pixels.resize(map.pixels());
    row.resize(map.width());
    if (!continuity.advance(stack)) {
      pixels.clear();
    }
    prepare(stack);
    for (int y = 0; y < map.height(); y++) {
      row.read(map, y);
      findUsable(y, map.width());
      fuseRow(y, map.width());
      row.write(map, y);
    }
  }

  private void findUsable(int y, int width) {
    coverage.row(y);
    for (int x = 0; x < width; x++) {
      int plane = planeOf.at(row.position[x]);
      row.usable[x] = usable[plane] && coverage.sees(plane, x);
      row.lastAge[x] = lastAgeOf[plane];
    }
  }

  /** Fuses the parts of a row between cells that moved. */
  private void fuseRow(int y, int width) {
    int start = y * width;
    int firstCell = y / CellMask.CELL * nearMoved.columns();
    int from = 0;
    for (int column = 0; column < nearMoved.columns(); column++) {
      if (nearMoved.isSet(firstCell + column)) {
        int left = column * CellMask.CELL;
        int right = Math.min(width, left + CellMask.CELL);
        pixels.fuse(start, row, from, left);
        pixels.forget(start + left, start + right);
        from = right;
      }
    }
    pixels.fuse(start, row, from, width);
  }

  /**
   * Replaces the ages of a row of the map that was fused last, in the view of its stack, where a
   * pixel is published whose own estimate is not confident.
   */
  void ageRow(int y, float[] age, int width) {
    pixels.ageRow(y * width, age, width);
  }

  private void prepare(FocalStack stack) {
    boolean infinityAtZero = stack.scale().isMetric() && stack.farthest() == 0;
    pixels.setAxis(stack.farthest(), stack.nearest(), stack.planes(), infinityAtZero);
    // In a moving camera, edges pass over pixels, and what is unsure there is wrong too often.
    double spans = continuity.isCameraStill() ? MAX_AGE_SPANS : 0;
    double span = (stack.stampNanos() - stack.oldestStampNanos()) * 1e-9;
    pixels.setStep(
        continuity.newShare() * continuity.trust(),
        continuity.elapsedSeconds(),
        (float) (spans * span));
    planeOf.begin(stack);
    coverage.begin(stack);
    for (int plane = 0; plane < stack.planes(); plane++) {
      lastAgeOf[plane] = ageOf[plane];
      ageOf[plane] = (float) (stack.ageNanos(plane) * 1e-9);
      usable[plane] = thresholds.ofPlane(stack, plane) == Validity.VALID;
    }
    gatherMotion(stack);
  }

  /** Blur carries what moves over the border of its cell, so that those beside it count too. */
  private void gatherMotion(FocalStack stack) {
    CellMask moved = movedCells.of(stack);
    nearMoved = MovedCells.sizedFor(stack, nearMoved);
    nearMoved.clear();
    if (moved.count() == 0) {
      return;
    }
    for (int cell = 0; cell < moved.columns() * moved.rows(); cell++) {
      if (moved.isSet(cell)) {
        setAround(cell);
      }
    }
  }

  private void setAround(int cell) {
    int columns = nearMoved.columns();
    int column = cell % columns;
    int line = cell / columns;
    for (int y = Math.max(0, line - 1); y <= Math.min(nearMoved.rows() - 1, line + 1); y++) {
      for (int x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
        nearMoved.set(y * columns + x);
      }
    }
  }
}
