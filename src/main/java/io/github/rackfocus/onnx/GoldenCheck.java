package io.github.rackfocus.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.github.rackfocus.onnx.Manifest.Golden;
import io.github.rackfocus.onnx.Manifest.GoldenStack;
import java.nio.FloatBuffer;
import java.util.Locale;
import java.util.Map;

/** Runs graphs on the golden input and compares the outputs with the manifest. */
final class GoldenCheck {
  private GoldenCheck() {}

  /**
   * Runs the check.
   *
   * @return the greatest difference found
   * @throws ModelException if a difference exceeds the tolerance, with output, pixel, found and
   *     expected
   */
  static double run(ModelGraphs graphs, int iterations) throws ModelException, OrtException {
    GoldenStack stack = graphs.bundle().manifest().golden().stack();
    int pixels = stack.height() * stack.width();
    try (Workspace workspace = graphs.workspace(stack.planes(), stack.height(), stack.width());
        PinnedOutputs outputs =
            PinnedOutputs.allocate(graphs.environment(), stack.height(), stack.width())) {
      // NaN remains, and fails the check, where a graph writes nothing.
      for (Output output : Output.values()) {
        for (int i = 0; i < pixels; i++) {
          outputs.buffer(output).put(i, Float.NaN);
        }
      }
      new GoldenInput(stack).write(workspace.luma(), workspace.focus());
      for (int z = 0; z < stack.planes(); z++) {
        workspace.planeWritten(z);
      }
      Map<String, OnnxTensor> tensors = outputs.tensors();
      workspace.run(graphs.last(iterations), stack.planes() - 1, tensors);
      double worst = compare(graphs, iterations, outputs);
      if (graphs.isPlanewise()) {
        // The same frames again, one plane at a time.
        for (int z = 0; z < stack.planes(); z++) {
          workspace.planeWritten(z);
          workspace.refresh();
        }
        workspace.run(graphs.last(iterations), stack.planes() - 1, tensors);
        worst = Math.max(worst, compare(graphs, iterations, outputs));
      }
      return worst;
    }
  }

  private static double compare(ModelGraphs graphs, int iterations, PinnedOutputs outputs)
      throws ModelException {
    double worst = 0;
    for (Output output : Output.values()) {
      worst = Math.max(worst, compare(graphs, iterations, output, outputs.buffer(output)));
    }
    return worst;
  }

  private static double compare(
      ModelGraphs graphs, int iterations, Output output, FloatBuffer found) throws ModelException {
    Golden golden = graphs.bundle().manifest().golden();
    float[] expected = graphs.golden(iterations).expected(iterations, output);
    double tolerance = graphs.tolerance(iterations);
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      int pixel = golden.pixels().get(i);
      double difference = Math.abs((double) found.get(pixel) - expected[i]);
      // Not "difference > tolerance": NaN must fail.
      if (!(difference <= tolerance)) {
        throw new ModelException(
            String.format(
                Locale.ROOT,
                "%s: %s miss the golden vector on %s: %s at pixel %d is %s; expected %s"
                    + " within %s",
                graphs.bundle().manifestFile(),
                graphs.names(iterations),
                graphs.provider().description(),
                output.key(),
                pixel,
                found.get(pixel),
                expected[i],
                tolerance));
      }
      worst = Math.max(worst, difference);
    }
    return worst;
  }
}
