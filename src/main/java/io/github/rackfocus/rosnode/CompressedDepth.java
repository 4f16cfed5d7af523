package io.github.rackfocus.rosnode;

import io.github.rackfocus.depth.DepthInfo;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.ros.msg.sensor_msgs.CompressedImage;
import io.github.rackfocus.sink.Png;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Depth in the format of compressed_depth_image_transport: a header of 12 bytes (the kind of
 * coding, and its parameters A and B), then a PNG of 16 bits whose codes are {@code c = A / depth +
 * B}, 0 where there is no depth. A reader has {@code depth = A / (c − B)}.
 *
 * <p>The transport's usual parameters (depth_max 10 m, quantisation 100) leave 16 bits below 0.152
 * m. Here A and B are chosen for each map so that codes 1 to 65535 run evenly in dioptres from the
 * farthest plane of its sweep to the nearest: an error of at most half a step, {@code 1 / (2 A)}
 * dioptres. −Inf and +Inf become NaN, for the format has but one special value. For one thread.
 */
final class CompressedDepth {
  static final String FORMAT = "32FC1; compressedDepth png";

  static final int HEADER_BYTES = 12;
  private static final int INVERSE_DEPTH = 0;
  private static final int LEAST = 1;
  private static final int MOST = 0xffff;

  /** A sweep that reaches farther than this is coded as if it ended here, 1/m. */
  private static final double LEAST_DIOPTRES = 1e-4;

  private short[] codes = new short[0];

  /** Puts a map's depth into a message; all but its header, in new memory. */
  void write(DepthMap map, CompressedImage message) {
    float[] parameters = parameters(map.info());
    encode(map, parameters[0], parameters[1]);
    byte[] png = Png.encode16(map.width(), map.height(), codes);
    ByteBuffer data = ByteBuffer.allocate(HEADER_BYTES + png.length).order(ByteOrder.LITTLE_ENDIAN);
    data.putInt(INVERSE_DEPTH).putFloat(parameters[0]).putFloat(parameters[1]).put(png);
    message.format = FORMAT;
    message.data = data.flip();
  }

  /** A and B for the sweep of a map. */
  static float[] parameters(DepthInfo info) {
    return parameters(info.nearestDepth(), info.farthestDepth());
  }

  /**
   * A and B for a range of depths.
   *
   * @param nearest metres
   * @param farthest metres, may be infinite
   */
  static float[] parameters(double nearest, double farthest) {
    double far = farthest > 0 ? Math.max(LEAST_DIOPTRES, 1 / farthest) : LEAST_DIOPTRES;
    // A depth offset may put the nearest plane at or behind the camera's centre.
    double near = nearest > 0 ? Math.max(1.001 * far, 1 / nearest) : 1e3;
    // Half a code of room at either end for what rounding the parameters to floats does.
    double a = (MOST - LEAST - 1) / (near - far);
    return new float[] {(float) a, (float) (LEAST + 0.5 - a * far)};
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

  /** The code of a depth: 0 for NaN and both infinities, else 1 to 65535. */
  static int code(float depth, double a, double b) {
    if (!(depth > 0) || depth == Float.POSITIVE_INFINITY) {
      return 0;
    }
    return (int) Math.max(LEAST, Math.min(MOST, Math.rint(a / depth + b)));
  }
}
