package io.github.rackfocus.onnx;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The content of a bundle's {@code manifest.json}. {@link ManifestReader} has checked every value
 * for its range and every cross-reference for existence.
 *
 * @param about name, version and origin
 * @param input the stacks that the model accepts
 * @param iterations the numbers of proximal iterations
 * @param twoStage the two-stage form, or null if there is only the full one
 * @param files hash and size of every file except the manifest and the card, by name
 * @param golden what the graphs compute for a known input
 * @param quantised the 8-bit graphs, or null if there are none
 * @param parts the stack stage in parts, or null if it is only there as a whole
 */
public record Manifest(
    About about,
    Input input,
    Iterations iterations,
    @Nullable TwoStage twoStage,
    Map<String, FileEntry> files,
    Golden golden,
    @Nullable Quantised quantised,
    @Nullable StageParts parts) {

  /** The per-image graph. */
  public static final String FRAME_GRAPH = "frame.onnx";

  /**
   * Name, version and origin.
   *
   * @param name of the bundle and its folder
   * @param version of the model
   * @param description one sentence
   * @param source paper or document
   * @param licence of graphs and weights
   */
  public record About(
      String name, String version, String description, String source, String licence) {}

  /**
   * The stacks that the model accepts.
   *
   * @param minPlanes fewest planes of a stack
   * @param maxPlanes most planes of a stack
   * @param multiple H and W must be multiples of it
   * @param minSize smallest H and W
   */
  public record Input(int minPlanes, int maxPlanes, int multiple, int minSize) {}

  /**
   * The numbers of proximal iterations.
   *
   * @param exported ascending
   * @param defaultNumber one of them
   */
  public record Iterations(List<Integer> exported, int defaultNumber) {}

  /** What the stack stage reads besides the features. */
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
   * @param luma what the stack stage reads besides the features
   */
  public record TwoStage(int channels, int downscale, Luma luma) {}

  /**
   * Hash and size of a file.
   *
   * @param sha256 lower-case hex
   * @param bytes size
   */
  public record FileEntry(String sha256, long bytes) {}

  /**
   * A stack that is computed from a seed; see {@link GoldenInput}.
   *
   * @param seed of the stack
   * @param planes Z
   * @param height H
   * @param width W
   */
  public record GoldenStack(long seed, int planes, int height, int width) {}

  /**
   * Greatest absolute differences from golden values.
   *
   * @param cpu on a CPU
   * @param cuda on a GPU
   * @param reduced on a GPU that may round (TF32, fp16)
   */
  public record Tolerances(double cpu, double cuda, double reduced) {}

  /**
   * Outputs at some pixels for a known stack.
   *
   * @param stack the input
   * @param pixels flat indices {@code y * W + x}, ascending
   * @param expected one value per pixel, by iterations and output
   * @param tolerances greatest differences
   */
  public record Golden(
      GoldenStack stack,
      List<Integer> pixels,
      Map<Integer, Map<Output, float[]>> expected,
      Tolerances tolerances) {
    /**
     * Returns an output at {@link #pixels}.
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
   * @param iterations numbers of iterations with an 8-bit graph, ascending
   * @param golden what they compute
   */
  public record Quantised(List<Integer> iterations, Golden golden) {}

  /** Returns whether there is an 8-bit graph for a number of iterations. */
  public boolean isQuantised(int iterations) {
    return quantised != null && quantised.iterations().contains(iterations);
  }

  /**
   * Returns the 8-bit graphs.
   *
   * @throws IllegalStateException if there are none
   */
  Quantised requireQuantised() {
    Quantised graphs = quantised;
    if (graphs == null) {
      throw new IllegalStateException(about.name() + " has no 8-bit graphs");
    }
    return graphs;
  }

  /** Returns the file of the 8-bit stack stage for a number of iterations. */
  public static String quantisedStackGraph(int iterations) {
    return "stack-k" + iterations + ".int8.onnx";
  }

  /** Returns the file of the stack stage for a number of iterations. */
  public static String stackGraph(int iterations) {
    return "stack-k" + iterations + ".onnx";
  }

  /** Returns the file of the part of the stack stage that follows what is kept of the planes. */
  public static String headGraph(int iterations) {
    return "head-k" + iterations + ".onnx";
  }

  /** Returns the file of the full form for a number of iterations. */
  public static String fullGraph(int iterations) {
    return "full-k" + iterations + ".onnx";
  }

  /** Returns whether the bundle has the full form for a number of iterations. */
  public boolean hasFull(int iterations) {
    return files.containsKey(fullGraph(iterations));
  }
}
