package io.github.rackfocus.rosnode;

import io.github.rackfocus.depth.DepthInfo;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.ros.msg.sensor_msgs.CompressedImage;
import io.github.rackfocus.sink.Png;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Encodes depth in the format of compressed_depth_image_transport: a header of 12 bytes (the type
 * of encoding and its parameters A and B), then a 16-bit PNG with the codes {@code c = A / depth +
 * B}, or 0 if there is no depth. A reader computes {@code depth = A / (c − B)}.
 *
 * <p>The transport's default parameters (depth_max 10 m, quantisation 100) overflow 16 bits below
 * 0.152 m. Here A and B are chosen per map so that codes 1 to 65535 are evenly spaced in dioptres
 * from the farthest plane of its sweep to the nearest: the error is at most half a step, {@code 1 /
 * (2 A)} dioptres. −Inf and +Inf become NaN, since the format has only one special value. Not
 * thread-safe.
 */
final class CompressedDepth {
  static final String FORMAT = "32FC1; compressedDepth png";

  static final int HEADER_BYTES = 12;
  private static final int INVERSE_DEPTH = 0;
  private static final int MIN_CODE = 1;
  private static final int MAX_CODE = 0xffff;

  /** A sweep that reaches farther is encoded as if it ended here, 1/m. */
  private static final double MIN_DIOPTRES = 1e-4;

  private short[] codes = new short[0];

  /** Encodes a map's depth into a message, except its header; allocates the data. */
  void write(DepthMap map, CompressedImage message) {
    float[] parameters = parameters(map.info());
    encode(map, parameters[0], parameters[1]);
    byte[] png = Png.encode16(map.width(), map.height(), codes);
    ByteBuffer data = ByteBuffer.allocate(HEADER_BYTES + png.length).order(ByteOrder.LITTLE_ENDIAN);
    data.putInt(INVERSE_DEPTH).putFloat(parameters[0]).putFloat(parameters[1]).put(png);
    message.format = FORMAT;
    message.data = data.flip();
  }

  /** Returns A and B for the sweep of a map. */
  static float[] parameters(DepthInfo info) {
    return parameters(info.nearestDepth(), info.farthestDepth());
  }

  /**
   * Returns A and B for a range of depths.
   *
   * @param nearest metres
   * @param farthest metres, may be infinite
   */
  static float[] parameters(double nearest, double farthest) {
    double far = farthest > 0 ? Math.max(MIN_DIOPTRES, 1 / farthest) : MIN_DIOPTRES;
    // A depth offset may put the nearest plane at or behind the camera's centre.
    double near = nearest > 0 ? Math.max(1.001 * far, 1 / nearest) : 1e3;
    // Half a code of margin at either end for rounding the parameters to floats.
    double a = (MAX_CODE - MIN_CODE - 1) / (near - far);
    return new float[] {(float) a, (float) (MIN_CODE + 0.5 - a * far)};
  }

  private void encode(DepthMap map, double a, double b) {
    int pixels = map.pixels();
    if (codes.length != pixels) {
      codes = new short[pixels];
    }
    FloatBuffer depth = map.depth();
    for (int i = 0; i < pixels; i++) {
      codes[i] = (short) code(depth.get(i), a, b);
    }
  }

  /** Returns the code of a depth: 0 for NaN and both infinities, else 1 to 65535. */
  static int code(float depth, double a, double b) {
    if (!(depth > 0) || depth == Float.POSITIVE_INFINITY) {
      return 0;
    }
    return (int) Math.max(MIN_CODE, Math.min(MAX_CODE, Math.rint(a / depth + b)));
  }
}
