package io.github.rackfocus.onnx;

import io.github.rackfocus.depth.DepthException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Direct memory that ONNX Runtime reads and writes in place. */
final class DirectBuffers {
  /** ONNX Runtime's Java binding takes no larger buffer. */
  static final long MAX_BYTES = Integer.MAX_VALUE - 64L;

  private DirectBuffers() {}

  /**
   * Floats in native byte order.
   *
   * @param what the buffer is for, for the message
   * @throws IllegalArgumentException if that is more than one buffer can hold
   * @throws DepthException if the JVM's limit of direct memory is reached
   */
  static FloatBuffer floats(String what, long count) {
    long bytes = Float.BYTES * count;
    if (bytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          what
              + " would take "
              + mebibytes(bytes)
              + " MiB; expected at most "
              + mebibytes(MAX_BYTES)
              + " MiB: fewer planes or smaller images");
    }
    try {
      return ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder()).asFloatBuffer();
    } catch (OutOfMemoryError e) {
      throw new DepthException(
          what
              + " takes "
              + mebibytes(bytes)
              + " MiB of direct memory, more than is left; raise -XX:MaxDirectMemorySize",
          e);
    }
  }

  private static long mebibytes(long bytes) {
    return (bytes + (1 << 20) - 1) >> 20;
  }
}
