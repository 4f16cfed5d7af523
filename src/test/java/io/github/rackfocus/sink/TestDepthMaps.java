package io.github.rackfocus.sink;

import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthMapPool;
import io.github.rackfocus.depth.DepthPostProcessor;
import io.github.rackfocus.depth.ModelIdentity;
import io.github.rackfocus.depth.Stage;
import io.github.rackfocus.depth.Validity;
import io.github.rackfocus.depth.ValidityThresholds;
import io.github.rackfocus.frame.CellMask;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.sweep.FocalStack;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Random;

/**
 * Creates finished depth maps for tests. The scene has columns of equal width: two with valid
 * depth, then one per validity code in order, and where depth is nearest the lowest row is outside
 * the view; which {@link DepthPostProcessor} determines itself.
 */
public final class TestDepthMaps {
  /** Columns of the scene: two valid ones and one per other validity code. */
  public static final int COLUMNS = 10;

  /** Default focus of the planes: 2 m to 0.2 m. */
  public static final double[] DIOPTRES = {0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5};

  private static final int MISSING_PLANE = 2;
  private static final int UNSETTLED_PLANE = 4;

  /** The image of this plane does not show the lowest row of the scene. */
  private static final int SHIFTED_PLANE = 8;

  private static final long PERIOD_NANOS = 66_666_667;

  private TestDepthMaps() {}

  /** Returns a map of the scene with every validity, leased from a new pool. */
  public static DepthMap scene(int width, int height, long stampNanos, long sequence) {
    return scene(new DepthMapPool(1), width, height, stampNanos, sequence);
  }

  /** Returns a map of the scene with every validity. */
  public static DepthMap scene(
      DepthMapPool pool, int width, int height, long stampNanos, long sequence) {
    return scene(pool, width, height, stampNanos, sequence, FocusScale.DIOPTRE, DIOPTRES);
  }

  /** Returns a map of the scene for ten given planes. */
  public static DepthMap scene(
      DepthMapPool pool,
      int width,
      int height,
      long stampNanos,
      long sequence,
      FocusScale scale,
      double... focus) {
    DepthMap map = Objects.requireNonNull(pool.tryLease(width, height), "pool is empty");
    Random noise = new Random(sequence);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int i = y * width + x;
        int column = columnOf(x, width);
        boolean textured = column != 2;
        map.position().put(i, position(column, (float) y / height));
        map.error().put(i, 0.002f + 0.002f * noise.nextFloat());
        map.confidence().put(i, column == 2 || column == 3 || column == 6 ? 0.1f : 0.99f);
        map.allFocus().put(i, textured && (x + y) % 2 == 0 ? 0.7f : 0.4f);
      }
    }
    try (FocalStack stack = stack(width, height, stampNanos, sequence, scale, focus)) {
      map.info().setEstimator(new NamedEstimator());
      map.info().recordStage(Stage.STACK, 12_500_000);
      new DepthPostProcessor(ValidityThresholds.DEFAULTS).finish(stack, map);
    }
    return map;
  }

  /**
   * Overwrites the pixels of a map by a rule that tests can repeat: validity i mod 10, depth (0.2 +
   * i / 1000) m, uncertainty 0.001 (1 + i mod 7) m, where i is the pixel's number.
   */
  public static DepthMap fillByRule(DepthMap map) {
    for (int i = 0; i < map.pixels(); i++) {
      Validity validity = Validity.of(i % Validity.count());
      boolean valid = validity == Validity.VALID;
      map.validity().put(i, validity.code());
      map.depth().put(i, valid ? 0.2f + i / 1000f : validity.specialDepth());
      map.uncertainty().put(i, valid ? 0.001f * (1 + i % 7) : Float.NaN);
    }
    return map;
  }

  /** Adds colours to a map: red 7 i, green 11 i, blue 13 i, modulo 256; i is the pixel's number. */
  public static DepthMap colour(DepthMap map) {
    ByteBuffer colours = map.addColour();
    for (int i = 0; i < map.pixels(); i++) {
      colours.put(3 * i, (byte) (7 * i));
      colours.put(3 * i + 1, (byte) (11 * i));
      colours.put(3 * i + 2, (byte) (13 * i));
    }
    return map;
  }

  /** Returns the column of the scene at a pixel, in whole cells of the motion mask. */
  public static int columnOf(int x, int width) {
    return Math.min(COLUMNS - 1, x / Math.max(1, width / COLUMNS));
  }

  private static float position(int column, float down) {
    return switch (column) {
      case 0 -> (5 + 3 * down) / 9;
      case 1 -> down / 9;
      case 4 -> 1;
      case 5 -> 0;
      case 8 -> MISSING_PLANE / 9f;
      case 9 -> UNSETTLED_PLANE / 9f;
      default -> 6 / 9f;
    };
  }

  private static FocalStack stack(
      int width, int height, long stampNanos, long sequence, FocusScale scale, double[] focus) {
    FramePool frames = new FramePool(focus.length);
    Frame[] planes = new Frame[focus.length];
    boolean[] missing = new boolean[focus.length];
    missing[MISSING_PLANE] = true;
    for (int plane = 0; plane < planes.length; plane++) {
      Frame frame = Objects.requireNonNull(frames.tryLease(width, height, false));
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          frame.luma().put(y * width + x, (byte) luma(columnOf(x, width), plane, (x + y) % 2));
        }
      }
      if (plane == SHIFTED_PLANE) {
        frame.viewToImage().set(1, 0, 0, 0, 1, 1);
      }
      long age = (planes.length - 1 - plane) * PERIOD_NANOS;
      boolean settled = plane != UNSETTLED_PLANE;
      frame.seal(
          stampNanos - age,
          sequence - (planes.length - 1 - plane),
          new FocusReading(focus[plane], Double.NaN, settled, Float.NaN, 1));
      markMoved(frame.changedCells(), width);
      planes[plane] = frame;
    }
    return new FocalStack(scale, planes, focus, missing, planes.length - 1);
  }

  private static int luma(int column, int plane, int parity) {
    int amplitude =
        switch (column) {
          case 2 -> 0;
          case 4 -> plane * plane;
          case 5 -> (9 - plane) * (9 - plane);
          // Greatest between the ends, so that depth at an end plane is within the sweep.
          default -> plane == 0 || plane == 9 ? 10 : 60;
        };
    return column == 6 ? 255 : 128 + parity * amplitude;
  }

  private static void markMoved(CellMask changed, int width) {
    for (int cell = 0; cell < changed.columns() * changed.rows(); cell++) {
      int x = cell % changed.columns() * CellMask.CELL + CellMask.CELL / 2;
      if (x < width && columnOf(x, width) == 7) {
        changed.set(cell);
      }
    }
  }

  /** Only identifies the model of a map. */
  private static final class NamedEstimator implements DepthEstimator {
    @Override
    public ModelIdentity model() {
      return new ModelIdentity("test", "1.2.3", "ab".repeat(32));
    }

    @Override
    public String executionProvider() {
      return "CPU";
    }

    @Override
    public int minPlanes() {
      return 3;
    }

    @Override
    public int maxPlanes() {
      return 64;
    }

    @Override
    public int iterations() {
      return 3;
    }

    @Override
    public void estimate(FocalStack stack, DepthMap into) {
      throw new UnsupportedOperationException("test maps are filled by hand");
    }

    @Override
    public void close() {}
  }
}
