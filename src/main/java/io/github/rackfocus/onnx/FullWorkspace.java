package io.github.rackfocus.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.Map;

/** Tensors of the full form, in which one graph computes everything for every map. */
final class FullWorkspace extends Workspace {
  private final Map<String, OnnxTensor> inputs = new HashMap<>();
  private final LongBuffer referenceIndex =
      ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder()).asLongBuffer();

  FullWorkspace(OrtEnvironment environment, OrtSession session, int planes, int height, int width)
      throws OrtException {
    super(environment, planes, height, width);
    inputs.put("stack", tensor(luma, 1, planes, height, width));
    inputs.put("focus", tensor(focus, 1, planes));
    if (session.getInputNames().contains("reference")) {
      long[] one = {1};
      inputs.put("reference", owned(OnnxTensor.createTensor(environment, referenceIndex, one)));
    }
  }

  @Override
  void planeWritten(int plane) {}

  @Override
  void run(OrtSession last, int reference, Map<String, OnnxTensor> outputs) throws OrtException {
    referenceIndex.put(0, reference);
    last.run(inputs, outputs).close();
  }
}
