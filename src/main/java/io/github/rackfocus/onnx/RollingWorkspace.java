package io.github.rackfocus.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.rackfocus.onnx.Manifest.Luma;
import io.github.rackfocus.onnx.Manifest.TwoStage;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tensors of the two-stage form: the features of all planes are in one buffer, the image stage
 * writes one slice per plane, and the stack stage reads the whole. A frame that stays in the stack
 * is not computed again.
 */
sealed class RollingWorkspace extends Workspace permits PlanewiseWorkspace {
  private final OrtSession frameStage;
  private final FloatBuffer features;
  private final int featuresPerPlane;
  private final List<Map<String, OnnxTensor>> frameInputs = new ArrayList<>();
  private final List<Map<String, OnnxTensor>> frameOutputs = new ArrayList<>();
  private final Map<String, OnnxTensor> stackInputs = new HashMap<>();
  private final boolean takesReference;

  RollingWorkspace(
      OrtEnvironment environment,
      OrtSession frameStage,
      TwoStage form,
      int planes,
      int height,
      int width)
      throws OrtException {
    super(environment, planes, height, width);
    this.frameStage = frameStage;
    int h = height / form.downscale();
    int w = width / form.downscale();
    long perPlane = (long) form.channels() * h * w;
    this.features = DirectBuffers.floats("features of the stack", planes * perPlane);
    this.featuresPerPlane = (int) perPlane;
    this.takesReference = form.luma() == Luma.REFERENCE;
    int pixels = height * width;
    for (int z = 0; z < planes; z++) {
      FloatBuffer image = luma.slice(z * pixels, pixels);
      FloatBuffer slice = features.slice(z * featuresPerPlane, featuresPerPlane);
      frameInputs.add(Map.of("image", tensor(image, 1, 1, height, width)));
      frameOutputs.add(Map.of("features", tensor(slice, 1, form.channels(), h, w)));
    }
    stackInputs.put("features", tensor(features, planes, form.channels(), h, w));
    stackInputs.put("focus", tensor(focus, 1, planes));
    if (form.luma() == Luma.STACK) {
      stackInputs.put("luma", tensor(luma, planes, 1, height, width));
    }
  }

  /** Returns the features of all planes, {@code [Z, C, h, w]}. */
  final FloatBuffer features() {
    return features;
  }

  @Override
  void planeWritten(int plane) throws OrtException {
    frameStage.run(frameInputs.get(plane), frameOutputs.get(plane)).close();
  }

  @Override
  void copyPlane(int from, int to) {
    super.copyPlane(from, to);
    copySlice(features, featuresPerPlane, from, to);
  }

  @Override
  void run(OrtSession last, int reference, Map<String, OnnxTensor> outputs) throws OrtException {
    if (takesReference) {
      stackInputs.put("luma", frameInputs.get(reference).get("image"));
    }
    last.run(stackInputs, outputs).close();
  }
}
