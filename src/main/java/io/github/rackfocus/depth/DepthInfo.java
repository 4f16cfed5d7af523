package io.github.rackfocus.depth;

import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.registration.RegistrationMode;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.FocusAxis;
import java.util.Arrays;

/**
 * Describes one depth map: its stack, validity counts, model and stage times. Belongs to its map,
 * is filled while the map is computed and immutable once the map is handed on. Arrays are reused,
 * so that a map allocates nothing.
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
  private RegistrationMode registration = RegistrationMode.OFF;
  private double referenceFocus = Double.NaN;
  private double motionPixels;
  private double motionTrust;
  private long keyframeStampNanos;
  private FilterMode filter = FilterMode.OFF;
  private ModelIdentity model = new ModelIdentity("", "", "");
  private String executionProvider = "";
  private int iterations;
  private boolean deadlineMissed;
  private final long[] stageNanos = new long[Stage.values().length];

  DepthInfo() {}

  /** Clears what was recorded for the map that used this memory before. */
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
    registration = stack.registration();
    referenceFocus = stack.referenceFocus();
    motionPixels = stack.motionPixels();
    motionTrust = stack.motionTrust();
    keyframeStampNanos = stack.keyframeStampNanos();
    farthestDepth = scale.depthAt(stack.farthest(), depthOffsetMetres);
    nearestDepth = scale.depthAt(stack.nearest(), depthOffsetMetres);
  }

  void countValidity(int[] counts, int pixels) {
    System.arraycopy(counts, 0, validityCounts, 0, validityCounts.length);
    this.pixels = pixels;
  }

  /** Records which model computes the map, where, and with how many iterations. */
  public void setEstimator(DepthEstimator estimator) {
    model = estimator.model();
    executionProvider = estimator.executionProvider();
    iterations = estimator.iterations();
  }

  /** Records whether the map is fused with earlier ones. */
  void setFilter(FilterMode mode) {
    filter = mode;
  }

  /** Records the time that a stage took, nanoseconds. */
  public void recordStage(Stage stage, long nanos) {
    stageNanos[stage.ordinal()] = nanos;
  }

  /** Records that the map is later than its deadline; called before the map is handed on. */
  public void setDeadlineMissed() {
    deadlineMissed = true;
  }

  /** Whether the map was later than its deadline; false without a deadline. */
  public boolean isDeadlineMissed() {
    return deadlineMissed;
  }

  /** Time a stage took, nanoseconds; 0 for a stage that was not run. */
  public long stageNanos(Stage stage) {
    return stageNanos[stage.ordinal()];
  }

  /** Scale of the focus values. */
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

  /** Arrival of the reference frame on the monotonic clock; 0 if unknown. */
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

  /** Number of planes without a fresh frame, for which a neighbour's frame was used. */
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

  /** Number of pixels with a validity. */
  public int count(Validity validity) {
    return validityCounts[validity.code()];
  }

  /** Published share: share of pixels with a valid depth, 0 to 1. */
  public double validShare() {
    return pixels == 0 ? 0 : (double) validityCounts[0] / pixels;
  }

  /** Focus at which the map's view is that of the camera matrix, dioptres; NaN if unknown. */
  public double referenceFocus() {
    return referenceFocus;
  }

  /** What was removed from the frames: off, lens, or full for lens and camera. */
  public RegistrationMode registration() {
    return registration;
  }

  /** Largest displacement between the image of a plane and the reference image, pixels. */
  public double motionPixels() {
    return motionPixels;
  }

  /** Trust in the least certain motion of all planes, 0 to 1; 0 if not registered. */
  public double motionTrust() {
    return motionTrust;
  }

  /** Stamp of the keyframe of the registration; the reference frame's if not registered. */
  public long keyframeStampNanos() {
    return keyframeStampNanos;
  }

  /** Whether the map is fused with those before it. */
  public FilterMode filter() {
    return filter;
  }

  /** The model that computed the map. */
  public ModelIdentity model() {
    return model;
  }

  /** Execution provider the model ran on, see {@link DepthEstimator#executionProvider}. */
  public String executionProvider() {
    return executionProvider;
  }

  /** Number of proximal iterations. */
  public int iterations() {
    return iterations;
  }
}
