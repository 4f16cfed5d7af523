package io.github.rackfocus.sink;

import io.github.rackfocus.depth.DepthMap;
import java.nio.FloatBuffer;

/** The planes of a depth map as arrays of pixels, row by row from the top. */
public final class MapImages {
  private MapImages() {}

  /** Depth (or uncertainty) in 16-bit codes. */
  public static short[] codes(FloatBuffer depth, DepthEncoding16 encoding) {
    short[] codes = new short[depth.capacity()];
    codes(depth, encoding, codes);
    return codes;
  }

  /** The same into an array of at least as many elements as there are pixels. */
  public static void codes(FloatBuffer depth, DepthEncoding16 encoding, short[] into) {
    int pixels = depth.capacity();
    for (int i = 0; i < pixels; i++) {
      into[i] = (short) encoding.encode(depth.get(i));
    }
  }

  /** Validity codes. */
  public static byte[] validity(DepthMap map) {
    byte[] codes = new byte[map.pixels()];
    map.validity().get(0, codes);
    return codes;
  }

  /** A plane of values in [0, 1] as 0 to 255; what lies outside is clipped, NaN is 0. */
  static byte[] bytes(FloatBuffer plane) {
    byte[] bytes = new byte[plane.capacity()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = toByte(plane.get(i));
    }
    return bytes;
  }

  static byte toByte(float value) {
    return (byte) Math.round(255 * Math.max(0, Math.min(1, value)));
  }

  /** A plane as it is. */
  static float[] floats(FloatBuffer plane) {
    float[] values = new float[plane.capacity()];
    plane.get(0, values);
    return values;
  }
}
