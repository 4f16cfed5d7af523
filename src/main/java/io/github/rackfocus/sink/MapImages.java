package io.github.rackfocus.sink;

import io.github.rackfocus.depth.DepthMap;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import org.jspecify.annotations.Nullable;

/** Converts the layers of a depth map to arrays of pixels, row by row from the top. */
public final class MapImages {
  private MapImages() {}

  /** Returns depth or uncertainty as 16-bit codes. */
  public static short[] codes(FloatBuffer depth, DepthEncoding16 encoding) {
    short[] codes = new short[depth.capacity()];
    codes(depth, encoding, codes);
    return codes;
  }

  /**
   * Writes depth or uncertainty as 16-bit codes to an array with at least one element per pixel.
   */
  public static void codes(FloatBuffer depth, DepthEncoding16 encoding, short[] into) {
    int pixels = depth.capacity();
    for (int i = 0; i < pixels; i++) {
      into[i] = (short) encoding.encode(depth.get(i));
    }
  }

  /** Returns the validity codes. */
  public static byte[] validity(DepthMap map) {
    byte[] codes = new byte[map.pixels()];
    map.validity().get(0, codes);
    return codes;
  }

  /** Returns a layer with values in [0, 1] as 0 to 255; others are clipped, NaN becomes 0. */
  static byte[] bytes(FloatBuffer layer) {
    byte[] bytes = new byte[layer.capacity()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = toByte(layer.get(i));
    }
    return bytes;
  }

  /** Returns the all-in-focus image in colour: RGB; null if the map has no colours. */
  static byte @Nullable [] colour(DepthMap map) {
    ByteBuffer colours = map.colour();
    if (colours == null) {
      return null;
    }
    byte[] rgb = new byte[3 * map.pixels()];
    colours.get(0, rgb);
    return rgb;
  }

  static byte toByte(float value) {
    return (byte) Math.round(255 * Math.max(0, Math.min(1, value)));
  }

  /** Returns a copy of a layer. */
  static float[] floats(FloatBuffer layer) {
    float[] values = new float[layer.capacity()];
    layer.get(0, values);
    return values;
  }
}
