package io.github.rackfocus.onnx;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A stack stage in parts, so that a map computes only what its new frames change: tensors that are
 * kept between maps for every plane or block of planes, the steps that bring them up to date, and
 * one head graph for each number of iterations that turns them into a map.
 *
 * <p>A block is a run of consecutive planes, the planes 0 to n - 1, n to 2n - 1 and so on, where n
 * is the square root of the number of planes, rounded up.
 *
 * @param kept in any order
 * @param steps in the order in which they run
 */
public record StageParts(List<Kept> kept, List<Step> steps) {
  /** What a tensor or a step is for. */
  public enum Unit {
    /** One plane. */
    PLANE,
    /** A block of planes. */
    BLOCK
  }

  /**
   * A kept tensor, {@code [1, C, H / downscale, W / downscale]} for every unit.
   *
   * @param name of the inputs and outputs that refer to it
   * @param channels C
   * @param downscale divides H and W
   * @param per plane or block
   */
  public record Kept(String name, int channels, int downscale, Unit per) {
    /** Returns the number of floats of one unit for padded images of a size. */
    long floats(int height, int width) {
      return (long) channels * (height / downscale) * (width / downscale);
    }
  }

  /**
   * A graph that runs for every unit that has new frames.
   *
   * @param per plane or block
   * @param graph file of the graph for one unit
   * @param batch file of the graph for all planes at once; null for blocks
   */
  public record Step(Unit per, String graph, @Nullable String batch) {}

  /** Returns the number of planes in a block, except the last, which may have fewer. */
  static int blockSize(int planes) {
    return (int) Math.ceil(Math.sqrt(planes));
  }

  /** Returns the number of blocks. */
  static int blocks(int planes) {
    int size = blockSize(planes);
    return (planes + size - 1) / size;
  }

  /** Returns the number of bytes that are kept for padded images of a size. */
  long bytes(int planes, int height, int width) {
    long floats = 0;
    for (Kept each : kept) {
      floats += each.floats(height, width) * (each.per == Unit.PLANE ? planes : blocks(planes));
    }
    return Float.BYTES * floats;
  }
}
