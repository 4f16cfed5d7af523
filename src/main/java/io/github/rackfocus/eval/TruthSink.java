package io.github.rackfocus.eval;

import io.github.rackfocus.depth.DepthInfo;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.Validity;
import io.github.rackfocus.sink.DepthSink;
import io.github.rackfocus.sweep.FocusAxis;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Judges live maps by the truth of their reference frames, as far as somebody knows it (a simulated
 * camera does). {@link #score} may be asked by any thread.
 */
public final class TruthSink implements DepthSink {
  /** Who knows the true depth of a frame. */
  public interface Truth {
    /**
     * True depth of every pixel, {@code height * width}, metres, or null if it is not known.
     *
     * @param sequence of the frame at its source
     */
    float @Nullable [] depthMetres(long sequence);
  }

  /**
   * Errors over all maps so far.
   *
   * @param maps that were judged
   * @param planesEveryPixel mean absolute error of every pixel, in planes
   * @param planesPublished of the pixels with a published depth, in planes
   * @param millimetresPublished of the same, mean absolute error in millimetres
   * @param publishedShare share of pixels with a published depth
   */
  public record Score(
      long maps,
      double planesEveryPixel,
      double planesPublished,
      double millimetresPublished,
      double publishedShare) {}

  private final Truth truth;
  private long maps;
  private long pixels;
  private long published;
  private double planesEvery;
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
    judge(map, depth);
  }

  private synchronized void judge(DepthMap map, float[] depth) {
    FocusAxis axis = axisOf(map.info());
    for (int i = 0; i < depth.length; i++) {
      double trueFocus = axis.scale().focusAt(depth[i], 0);
      double planes =
          Math.abs(axis.planesAt(axis.focusAt(map.position().get(i))) - axis.planesAt(trueFocus));
      planesEvery += planes;
      if (map.validity().get(i) == Validity.VALID.code()) {
        planesPublished += planes;
        metresPublished += Math.abs(map.depth().get(i) - depth[i]);
        published++;
      }
    }
    pixels += depth.length;
    maps++;
  }

  /** The errors so far; NaN before the first map. */
  public synchronized Score score() {
    return new Score(
        maps,
        planesEvery / pixels,
        planesPublished / published,
        1000 * metresPublished / published,
        (double) published / pixels);
  }

  @Override
  public void close() {}

  private static FocusAxis axisOf(DepthInfo info) {
    double[] focus = new double[FocusAxis.MAX_PLANES];
    for (int i = 0; i < info.planes(); i++) {
      focus[i] = info.planeFocus(i);
    }
    return new FocusAxis(info.scale(), Arrays.copyOf(focus, info.planes()));
  }
}
