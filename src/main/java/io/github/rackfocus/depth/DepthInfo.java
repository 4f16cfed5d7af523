package io.github.rackfocus.depth;

import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.FocusAxis;
import java.util.Arrays;

/**
 * What is known of one depth map besides its pixels. Belongs to its map, is filled on the way and
 * immutable once the map is handed on; arrays are reused, so that a map costs no garbage.
 */
public final class DepthInfo {
  private FocusScale scale = FocusScale.DIOPTRE;
  private long stampNanos;
  private long sequence;
  private long arrivalNanos;
  private long oldestStampNanos;
  private int planes;
  private int planesMissing;
  private int referencePlane;
  private final double[] planeFocus = new double[FocusAxis.MAX_PLANES];
  private final long[] planeStampNanos = new long[FocusAxis.MAX_PLANES];
  private double farthestDepth;
  private double nearestDepth;
  private final int[] validityCounts = new int[Validity.count()];
  private int pixels;
  private ModelIdentity model = new ModelIdentity("", "", "");
  private String executionProvider = "";
  private int iterations;
  private boolean deadlineMissed;
  private final long[] stageNanos = new long[Stage.values().length];

  DepthInfo() {}

  /** Forgets the times of the map that used this memory before. */
  void reset() {
    Arrays.fill(stageNanos, 0);
    deadlineMissed = false;
  }

  void describe(FocalStack stack, double depthOffsetMetres) {
    scale = stack.scale();
    stampNanos = stack.stampNanos();
    sequence = stack.reference().sequence();
    arrivalNanos = stack.reference().arrivalNanos();
    oldestStampNanos = stack.oldestStampNanos();
    planes = stack.planes();
    planesMissing = stack.planesMissing();
    referencePlane = stack.referencePlane();
    for (int i = 0; i < planes; i++) {
      planeFocus[i] = stack.focus(i);
      planeStampNanos[i] = stack.frame(i).stampNanos();
    }
    farthestDepth = scale.depthAt(stack.farthest(), depthOffsetMetres);
    nearestDepth = scale.depthAt(stack.nearest(), depthOffsetMetres);
  }

  void countValidity(int[] counts, int pixels) {
    System.arraycopy(counts, 0, validityCounts, 0, validityCounts.length);
    this.pixels = pixels;
  }

  /** Notes who estimated the map; the estimator calls it. */
  public void estimatedBy(DepthEstimator estimator) {
    model = estimator.model();
    executionProvider = estimator.executionProvider();
    iterations = estimator.iterations();
  }

  /** Notes the time a stage took, nanoseconds. */
  public void took(Stage stage, long nanos) {
    stageNanos[stage.ordinal()] = nanos;
  }

  /** Notes that the map came later than its deadline; the node calls it before it hands it on. */
  public void missedDeadline() {
    deadlineMissed = true;
  }

  /** Whether the map came later than its deadline; false where there is none. */
  public boolean isDeadlineMissed() {
    return deadlineMissed;
  }

  /** Time a stage took, nanoseconds; 0 for a stage that was not run. */
  public long stageNanos(Stage stage) {
    return stageNanos[stage.ordinal()];
  }

  /** What the focus numbers mean. */
  public FocusScale scale() {
    return scale;
  }

  /** Stamp of the reference frame, the newest of the stack. */
  public long stampNanos() {
    return stampNanos;
  }

  /** Sequence of the reference frame at its source. */
  public long sequence() {
    return sequence;
  }

  /** Arrival of the reference frame on the monotonic clock; 0 unknown. */
  public long arrivalNanos() {
    return arrivalNanos;
  }

  /** Stamp of the oldest frame in the stack. */
  public long oldestStampNanos() {
    return oldestStampNanos;
  }

  /** Number of planes. */
  public int planes() {
    return planes;
  }

  /** How many planes a neighbour stood in for. */
  public int planesMissing() {
    return planesMissing;
  }

  /** The plane of the reference frame. */
  public int referencePlane() {
    return referencePlane;
  }

  /** Actual focus of a plane, far to near. */
  public double planeFocus(int plane) {
    return planeFocus[plane];
  }

  /** Stamp of a plane's frame. */
  public long planeStampNanos(int plane) {
    return planeStampNanos[plane];
  }

  /** Depth at the farthest plane, metres (or index). */
  public double farthestDepth() {
    return farthestDepth;
  }

  /** Depth at the nearest plane, metres (or index). */
  public double nearestDepth() {
    return nearestDepth;
  }

  /** Pixels of a validity. */
  public int count(Validity validity) {
    return validityCounts[validity.code()];
  }

  /** Share of pixels whose depth is a number, 0 to 1. */
  public double validShare() {
    return pixels == 0 ? 0 : (double) validityCounts[0] / pixels;
  }

  /** Which model made the map. */
  public ModelIdentity model() {
    return model;
  }

  /** Where it ran. */
  public String executionProvider() {
    return executionProvider;
  }

  /** Proximal iterations spent. */
  public int iterations() {
    return iterations;
  }
}
