package io.github.rackfocus.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.github.rackfocus.depth.DepthMap;
import java.nio.FloatBuffer;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One tensor per output, over a buffer that a run writes in place. */
final class PinnedOutputs implements AutoCloseable {
  private final Map<Output, FloatBuffer> buffers;
  private final Map<String, OnnxTensor> tensors = new HashMap<>();

  private PinnedOutputs(
      OrtEnvironment environment, Map<Output, FloatBuffer> buffers, int height, int width)
      throws OrtException {
    this.buffers = buffers;
    long[] shape = {1, 1, height, width};
    for (Map.Entry<Output, FloatBuffer> entry : buffers.entrySet()) {
      // Readers of a map share its buffers and may have moved their positions.
      FloatBuffer whole = entry.getValue().duplicate().clear();
      tensors.put(entry.getKey().key(), OnnxTensor.createTensor(environment, whole, shape));
    }
  }

  /** Allocates outputs with their own memory. */
  static PinnedOutputs allocate(OrtEnvironment environment, int height, int width)
      throws OrtException {
    Map<Output, FloatBuffer> buffers = new EnumMap<>(Output.class);
    for (Output output : Output.values()) {
      buffers.put(output, DirectBuffers.floats("output " + output.key(), (long) height * width));
    }
    return new PinnedOutputs(environment, buffers, height, width);
  }

  /** Creates outputs over a map's layers. */
  static PinnedOutputs over(OrtEnvironment environment, DepthMap map) throws OrtException {
    Map<Output, FloatBuffer> buffers = new EnumMap<>(Output.class);
    for (Output output : Output.values()) {
      buffers.put(output, output.of(map));
    }
    return new PinnedOutputs(environment, buffers, map.height(), map.width());
  }

  FloatBuffer buffer(Output output) {
    FloatBuffer buffer = buffers.get(output);
    if (buffer == null) {
      throw new IllegalStateException("no buffer for " + output.key());
    }
    return buffer;
  }

  Map<String, OnnxTensor> tensors() {
    return tensors;
  }

  /** Returns whether the outputs are over a map's memory. */
  boolean isOver(@Nullable DepthMap map) {
    return map != null && buffers.get(Output.POSITION) == map.position();
  }

  @Override
  public void close() {
    tensors.values().forEach(OnnxTensor::close);
    tensors.clear();
  }
}
