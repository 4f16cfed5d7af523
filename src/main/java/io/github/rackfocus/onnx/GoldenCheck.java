package io.github.rackfocus.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.github.rackfocus.onnx.Manifest.Golden;
import java.nio.FloatBuffer;
import java.util.Locale;
import java.util.Map;

/** Runs graphs on the golden input and compares with what the manifest expects. */
final class GoldenCheck {
  private GoldenCheck() {}

  /**
   * @return the greatest difference found
   * @throws ModelException if one is over the tolerance, with output, pixel, found and expected
   */
  static double run(ModelGraphs graphs, int iterations) throws ModelException, OrtException {
    Golden golden = graphs.bundle().manifest().golden();
    int pixels = golden.height() * golden.width();
    try (Workspace workspace = graphs.workspace(golden.planes(), golden.height(), golden.width());
        PinnedOutputs outputs =
            PinnedOutputs.allocate(graphs.environment(), golden.height(), golden.width())) {
      // Where a graph writes nothing, NaN stays and is found.
      for (Output output : Output.values()) {
        for (int i = 0; i < pixels; i++) {
          outputs.buffer(output).put(i, Float.NaN);
        }
      }
      new GoldenInput(golden).write(workspace.luma(), workspace.focus());
      for (int z = 0; z < golden.planes(); z++) {
        workspace.planeWritten(z);
      }
      Map<String, OnnxTensor> tensors = outputs.tensors();
      workspace.run(graphs.last(iterations), golden.planes() - 1, tensors);
      double worst = 0;
      for (Output output : Output.values()) {
        worst = Math.max(worst, compare(graphs, iterations, output, outputs.buffer(output)));
      }
      return worst;
    }
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
                "%s: the golden vector of %s is off on %s: %s at pixel %d is %s; expected %s"
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
