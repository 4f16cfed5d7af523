package io.github.rackfocus.onnx;

import io.github.rackfocus.depth.DepthException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/** Allocates direct memory that ONNX Runtime reads and writes in place. */
final class DirectBuffers {
  /** The largest buffer that ONNX Runtime's Java binding accepts. */
  static final long MAX_BYTES = Integer.MAX_VALUE - 64L;

  private DirectBuffers() {}

  /**
   * Allocates floats in native byte order.
   *
   * @param what the buffer is for, for the message
   * @throws IllegalArgumentException if one buffer can't hold them
   * @throws DepthException if the JVM's limit of direct memory is exceeded
   */
  static FloatBuffer floats(String what, long count) {
    long bytes = Float.BYTES * count;
    if (bytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          what
              + " would need "
              + mebibytes(bytes)
              + " MiB; expected at most "
              + mebibytes(MAX_BYTES)
              + " MiB; use fewer planes or smaller images");
    }
    try {
      return ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder()).asFloatBuffer();
    } catch (OutOfMemoryError e) {
      throw new DepthException(
          what
              + " needs "
              + mebibytes(bytes)
              + " MiB of direct memory, more than is left; raise -XX:MaxDirectMemorySize",
          e);
    }
  }

  private static long mebibytes(long bytes) {
    return (bytes + (1 << 20) - 1) >> 20;
  }
}
