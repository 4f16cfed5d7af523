package io.github.rackfocus.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The input and intermediate tensors of a model for stacks of one size, all over direct buffers
 * that are written in place. Not thread-safe.
 */
abstract sealed class Workspace implements AutoCloseable permits RollingWorkspace, FullWorkspace {
  final OrtEnvironment environment;
  final int planes;
  final int height;
  final int width;
  final FloatBuffer luma;
  final FloatBuffer focus;
  private final List<OnnxTensor> tensors = new ArrayList<>();

  /**
   * @param height rows, a multiple of the model's
   * @param width pixels in a row, a multiple of the model's
   */
  Workspace(OrtEnvironment environment, int planes, int height, int width) {
    this.environment = environment;
    this.planes = planes;
    this.height = height;
    this.width = width;
    this.luma = DirectBuffers.floats("luma of the stack", (long) planes * height * width);
    this.focus = DirectBuffers.floats("focus", planes);
  }

  /** Returns the luma of all planes in [0, 1], {@code [Z, 1, H, W]}; the caller writes it. */
  final FloatBuffer luma() {
    return luma;
  }

  /** Returns the positions of the planes, {@code [1, Z]}; the caller writes them. */
  final FloatBuffer focus() {
    return focus;
  }

  /** Runs the image stage, if there is one, after a plane's luma was written. */
  abstract void planeWritten(int plane) throws OrtException;

  /** Copies a plane that holds the same frame. */
  void copyPlane(int from, int to) {
    copySlice(luma, height * width, from, to);
  }

  /**
   * Runs what the stack stage needs of new frames, if that is kept between maps. Luma and positions
   * have been written. {@link #run} does it too; without a map, this keeps the next one cheap.
   */
  void refresh() throws OrtException {}

  /**
   * Runs the last stage.
   *
   * @param last graph of this form for the number of iterations
   * @param reference the plane of the reference frame
   * @param outputs one tensor per {@link Output} by key, {@code [1, 1, H, W]}, written in place
   */
  abstract void run(OrtSession last, int reference, Map<String, OnnxTensor> outputs)
      throws OrtException;

  /** Creates a tensor over a whole buffer; it is closed with this workspace. */
  final OnnxTensor tensor(FloatBuffer buffer, long... shape) throws OrtException {
    return owned(OnnxTensor.createTensor(environment, buffer, shape));
  }

  final OnnxTensor owned(OnnxTensor tensor) {
    tensors.add(tensor);
    return tensor;
  }

  static void copySlice(FloatBuffer buffer, int slice, int from, int to) {
    buffer.put(to * slice, buffer, from * slice, slice);
  }

  @Override
  public final void close() {
    tensors.forEach(OnnxTensor::close);
    tensors.clear();
  }
}
