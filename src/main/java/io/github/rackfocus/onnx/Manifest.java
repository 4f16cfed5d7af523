package io.github.rackfocus.onnx;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a bundle's {@code manifest.json} says. Every value has been checked for range and every
 * cross-reference for existence by {@link ManifestReader}.
 *
 * @param name the bundle's and its folder's
 * @param version of the model
 * @param description one sentence
 * @param source paper or document
 * @param licence of graphs and weights
 * @param minPlanes fewest planes of a stack
 * @param maxPlanes most planes of a stack
 * @param multiple H and W must be multiples of it
 * @param minimumSize least H and W
 * @param iterations numbers of proximal iterations that were exported, ascending
 * @param defaultIterations one of them
 * @param twoStage the two-stage form, or null where there is only the full one
 * @param files hash and size of every file but the manifest and the card, by name
 * @param golden what the graphs give for a known input
 * @param quantised the 8-bit graphs, or null where there are none
 */
public record Manifest(
    String name,
    String version,
    String description,
    String source,
    String licence,
    int minPlanes,
    int maxPlanes,
    int multiple,
    int minimumSize,
    List<Integer> iterations,
    int defaultIterations,
    @Nullable TwoStage twoStage,
    Map<String, FileEntry> files,
    Golden golden,
    @Nullable Quantised quantised) {

  /** The per-image graph. */
  public static final String FRAME_GRAPH = "frame.onnx";

  /** What the stack stage takes beside the features. */
  public enum Luma {
    /** Luma of all planes, {@code [Z, 1, H, W]}. */
    STACK,
    /** Luma of the reference frame, {@code [1, 1, H, W]}. */
    REFERENCE,
    /** None. */
    NONE
  }

  /**
   * The two-stage form: features {@code [Z, channels, H / downscale, W / downscale]}.
   *
   * @param channels C
   * @param downscale d
   * @param luma what the stack stage takes beside the features
   */
  public record TwoStage(int channels, int downscale, Luma luma) {}

  /**
   * What a file must be.
   *
   * @param sha256 lower-case hex
   * @param bytes its size
   */
  public record FileEntry(String sha256, long bytes) {}

  /**
   * Outputs at some pixels for a stack that is computed from a seed (see {@link GoldenInput}).
   *
   * @param seed of the stack
   * @param planes Z
   * @param height H
   * @param width W
   * @param pixels flat indices {@code y * W + x}, ascending
   * @param expected by iterations and output, a value for each pixel
   * @param cpuTolerance greatest absolute difference on a CPU
   * @param cudaTolerance the same on a GPU
   * @param reducedTolerance the same on a GPU that may round (TF32, fp16)
   */
  public record Golden(
      long seed,
      int planes,
      int height,
      int width,
      List<Integer> pixels,
      Map<Integer, Map<Output, float[]>> expected,
      double cpuTolerance,
      double cudaTolerance,
      double reducedTolerance) {
    /**
     * What an output is at {@link #pixels}.
     *
     * @throws IllegalArgumentException if the iterations were not exported
     */
    public float[] expected(int iterations, Output output) {
      float[] values = expected.getOrDefault(iterations, Map.of()).get(output);
      if (values == null) {
        throw new IllegalArgumentException("no golden vector of " + iterations + " iterations");
      }
      return values;
    }
  }

  /**
   * 8-bit graphs of the stack stage, which read the same features.
   *
   * @param iterations numbers of iterations that there are, ascending
   * @param golden what they give
   */
  public record Quantised(List<Integer> iterations, Golden golden) {}

  /** Whether there is an 8-bit graph for a number of iterations. */
  public boolean isQuantised(int iterations) {
    return quantised != null && quantised.iterations().contains(iterations);
  }

  /**
   * The 8-bit graphs.
   *
   * @throws IllegalStateException if there are none
   */
  Quantised requireQuantised() {
    Quantised there = quantised;
    if (there == null) {
      throw new IllegalStateException(name + " has no 8-bit graphs");
    }
    return there;
  }

  /** The 8-bit graph of the stack stage for a number of iterations. */
  public static String quantisedStackGraph(int iterations) {
    return "stack-k" + iterations + ".int8.onnx";
  }

  /** The per-stack graph of the two-stage form for a number of iterations. */
  public static String stackGraph(int iterations) {
    return "stack-k" + iterations + ".onnx";
  }

  /** The graph of the full form for a number of iterations. */
  public static String fullGraph(int iterations) {
    return "full-k" + iterations + ".onnx";
  }

  /** Whether the bundle has the full form for a number of iterations. */
  public boolean hasFull(int iterations) {
    return files.containsKey(fullGraph(iterations));
  }
}
