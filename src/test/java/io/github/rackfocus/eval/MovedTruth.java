package io.github.rackfocus.eval;

import io.github.rackfocus.camera.simulated.MovingParts;
import io.github.rackfocus.camera.simulated.SimulatedCamera;
import io.github.rackfocus.camera.simulated.SimulatedCameraConfig;
import io.github.rackfocus.camera.simulated.TrueWarp;
import io.github.rackfocus.frame.CellMask;
import io.github.rackfocus.sweep.FocalStack;
import java.util.HashMap;
import java.util.Map;

/**
 * Which pixels of the newest view moved in truth, motion of the camera aside.
 *
 * <p>The surface at a pixel's true depth is looked up in three frames: the newest, that of the
 * plane nearest to its depth, and the frame one sweep before that. The pixel <em>moved</em> if
 * these are not the same surface, or one moving part that is displaced by more than a pixel. It is
 * <em>still</em> if no moving part was seen within two cells (16 pixels) and that part's largest
 * blur, in any frame of the last two sweeps. What is neither counts for nothing. Not thread-safe.
 */
final class MovedTruth {
  /** Away from what moves. */
  static final byte STILL = 0;

  /** Close to what moves. */
  static final byte NEAR = 1;

  /** Moved. */
  static final byte MOVED = 2;

  private static final double DISPLACED_PIXELS = 1;
  private static final int MARGIN = 2 * CellMask.CELL;

  /** Parts are larger than this, so that it is enough to look at every fourth pixel. */
  private static final int STRIDE = 4;

  private final SimulatedCamera camera;
  private final MovingParts parts;
  private final int width;
  private final int height;
  private final Map<Long, byte[]> seen = new HashMap<>();
  private final byte[] kinds;

  MovedTruth(SimulatedCamera camera, MovingParts parts) {
    this.camera = camera;
    this.parts = parts;
    this.width = camera.config().format().width();
    this.height = camera.config().format().height();
    this.kinds = new byte[width * height];
  }

  /** Returns the kind of every pixel of the stack's newest view; valid until the next call. */
  byte[] kinds(FocalStack stack) {
    long newest = stack.reference().sequence();
    CellMask near = near(newest);
    float[] truth = camera.groundTruth(newest).values();
    TrueWarp[] warps = new TrueWarp[stack.planes()];
    TrueWarp[] earlier = new TrueWarp[stack.planes()];
    for (int plane = 0; plane < stack.planes(); plane++) {
      long sequence = stack.frame(plane).sequence();
      warps[plane] = camera.trueWarp(newest, sequence);
      earlier[plane] = camera.trueWarp(newest, sequence - camera.sweepFrames());
    }
    for (int i = 0; i < kinds.length; i++) {
      int x = i % width;
      int y = i / width;
      if (!near.atPixel(x, y)) {
        kinds[i] = STILL;
        continue;
      }
      int plane = nearestPlane(stack, 1 / truth[i]);
      long sequence = stack.frame(plane).sequence();
      long before = sequence - camera.sweepFrames();
      int now = seen(newest)[i];
      int then = at(sequence, warps[plane].map(x, y, truth[i]), now);
      int first = at(before, earlier[plane].map(x, y, truth[i]), now);
      boolean moved =
          now != then
              || now != first
              || (now > 0
                  && (parts.displacement(now, truth[i], before, newest) > DISPLACED_PIXELS
                      || parts.displacement(now, truth[i], sequence, newest) > DISPLACED_PIXELS
                      || parts.displacement(now, truth[i], before, sequence) > DISPLACED_PIXELS));
      kinds[i] = moved ? MOVED : NEAR;
    }
    return kinds;
  }

  /** Cells of the newest view that a part, its blur or the margin covered in two sweeps. */
  private CellMask near(long newest) {
    CellMask near = new CellMask(width, height);
    SimulatedCameraConfig config = camera.config();
    SimulatedCameraConfig.Sweep sweep = config.sweep();
    double farthest = sweep.farthestDioptres();
    double nearest = sweep.nearestDioptres();
    double blurPerDioptre =
        config.optics().blurPixelsOverSweep() * width / 320 / (nearest - farthest);
    for (long sequence = Math.max(0, newest - 2L * camera.sweepFrames());
        sequence <= newest;
        sequence++) {
      byte[] part = seen(sequence);
      float[] truth = camera.groundTruth(sequence).values();
      TrueWarp warp = camera.trueWarp(sequence, newest);
      for (int y = 0; y < height; y += STRIDE) {
        for (int x = 0; x < width; x += STRIDE) {
          int i = y * width + x;
          if (part[i] > 0) {
            double focus = 1 / truth[i];
            double blur =
                blurPerDioptre * Math.max(Math.abs(focus - farthest), Math.abs(nearest - focus));
            double[] mapped = warp.map(x, y, truth[i]);
            setAround(near, mapped[0], mapped[1], MARGIN + blur + STRIDE);
          }
        }
      }
    }
    return near;
  }

  private static void setAround(CellMask mask, double x, double y, double radius) {
    int left = (int) Math.max(0, Math.floor((x - radius) / CellMask.CELL));
    int right = (int) Math.min(mask.columns() - 1.0, Math.floor((x + radius) / CellMask.CELL));
    int top = (int) Math.max(0, Math.floor((y - radius) / CellMask.CELL));
    int bottom = (int) Math.min(mask.rows() - 1.0, Math.floor((y + radius) / CellMask.CELL));
    for (int row = top; row <= bottom; row++) {
      for (int column = left; column <= right; column++) {
        mask.set(row * mask.columns() + column);
      }
    }
  }

  private byte[] seen(long sequence) {
    return seen.computeIfAbsent(sequence, parts::seen);
  }

  /** What is seen at a point of a frame; as if nothing had changed where it is not in the image. */
  private int at(long sequence, double[] point, int outside) {
    int x = (int) Math.rint(point[0]);
    int y = (int) Math.rint(point[1]);
    return x < 0 || y < 0 || x >= width || y >= height ? outside : seen(sequence)[y * width + x];
  }

  private static int nearestPlane(FocalStack stack, double focus) {
    int best = 0;
    for (int plane = 1; plane < stack.planes(); plane++) {
      if (Math.abs(stack.focus(plane) - focus) < Math.abs(stack.focus(best) - focus)) {
        best = plane;
      }
    }
    return best;
  }
}
