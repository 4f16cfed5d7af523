package io.github.rackfocus.eval;

import io.github.rackfocus.depth.DepthInfo;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.Validity;
import io.github.rackfocus.sink.DepthSink;
import io.github.rackfocus.sweep.FocusAxis;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A sink that compares live depth maps with the true depth of their reference frames, which a
 * simulated camera provides. {@link #score} may be called by any thread.
 */
public final class TruthSink implements DepthSink {
  /** Provides the true depth of a frame. */
  public interface Truth {
    /**
     * Returns the true depth of every pixel, {@code height * width}, in metres, or null if unknown.
     *
     * @param sequence sequence number of the frame
     */
    float @Nullable [] depthMetres(long sequence);
  }

  /**
   * Mean absolute errors over all maps so far.
   *
   * @param maps number of compared maps
   * @param planesAllPixels error of all pixels, in planes
   * @param planesPublished error of pixels with a published depth, in planes
   * @param millimetresPublished error of pixels with a published depth, in millimetres
   * @param publishedShare share of pixels with a published depth
   */
  public record Score(
      long maps,
      double planesAllPixels,
      double planesPublished,
      double millimetresPublished,
      double publishedShare) {}

  private final Truth truth;
  private long maps;
  private long pixels;
  private long published;
  private double planesAll;
  private double planesPublished;
  private double metresPublished;

  public TruthSink(Truth truth) {
    this.truth = truth;
  }

  @Override
  public String name() {
    return "truth";
  }

  @Override
  public boolean wantsMaps() {
    return true;
  }

  @Override
  public void accept(DepthMap map) {
    float[] depth = truth.depthMetres(map.info().sequence());
    if (depth == null || depth.length != map.pixels()) {
      return;
    }
    compare(map, depth);
  }

  private synchronized void compare(DepthMap map, float[] depth) {
    FocusAxis axis = axis(map.info());
    for (int i = 0; i < depth.length; i++) {
      double trueFocus = axis.scale().focusAt(depth[i], 0);
      double planes =
          Math.abs(axis.planesAt(axis.focusAt(map.position().get(i))) - axis.planesAt(trueFocus));
      planesAll += planes;
      if (map.validity().get(i) == Validity.VALID.code()) {
        planesPublished += planes;
        metresPublished += Math.abs(map.depth().get(i) - depth[i]);
        published++;
      }
    }
    pixels += depth.length;
    maps++;
  }

  /** Returns the errors so far; NaN before the first map. */
  public synchronized Score score() {
    return new Score(
        maps,
        planesAll / pixels,
        planesPublished / published,
        1000 * metresPublished / published,
        (double) published / pixels);
  }

  @Override
  public void close() {}

  private static FocusAxis axis(DepthInfo info) {
    double[] focus = new double[FocusAxis.MAX_PLANES];
    for (int i = 0; i < info.planes(); i++) {
      focus[i] = info.planeFocus(i);
    }
    return new FocusAxis(info.scale(), Arrays.copyOf(focus, info.planes()));
  }
}
