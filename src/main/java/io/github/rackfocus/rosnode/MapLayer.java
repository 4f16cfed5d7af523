package io.github.rackfocus.rosnode;

import io.github.rackfocus.depth.DepthMap;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * The layers of a depth map that are published as images: topic, encoding, and how the map's
 * buffers are written to a message, without allocation.
 */
enum MapLayer {
  /** Metres along the optical axis; NaN, −Inf and +Inf as in REP 117. */
  DEPTH("depth/image_rect", "32FC1", Float.BYTES) {
    @Override
    void write(DepthMap map, ByteBuffer out) {
      writeFloats(map.depth(), map.pixels(), out);
    }
  },
  /** Millimetres, 0 if there is no depth or more than 65.535 m, as in REP 118. */
  DEPTH_RAW("depth/image_rect_raw", "16UC1", Short.BYTES) {
    @Override
    void write(DepthMap map, ByteBuffer out) {
      FloatBuffer depth = map.depth();
      int at = out.position();
      int pixels = map.pixels();
      for (int i = 0; i < pixels; i++) {
        out.putShort(at + Short.BYTES * i, (short) millimetres(depth.get(i)));
      }
      out.position(at + Short.BYTES * pixels);
    }
  },
  /** One sigma of the depth, metres. */
  UNCERTAINTY("uncertainty/image_rect", "32FC1", Float.BYTES) {
    @Override
    void write(DepthMap map, ByteBuffer out) {
      writeFloats(map.uncertainty(), map.pixels(), out);
    }
  },
  /** 0 to 255 for 0 to 1. */
  CONFIDENCE("confidence/image_rect", "mono8", 1) {
    @Override
    void write(DepthMap map, ByteBuffer out) {
      writeShares(map.confidence(), map.pixels(), out);
    }
  },
  /** A {@link io.github.rackfocus.depth.Validity} code per pixel. */
  VALIDITY("validity/image_rect", "mono8", 1) {
    @Override
    void write(DepthMap map, ByteBuffer out) {
      int at = out.position();
      out.put(at, map.validity(), 0, map.pixels());
      out.position(at + map.pixels());
    }
  },
  /** Seconds from the frame in which the pixel is in focus to the reference frame. */
  AGE("age/image_rect", "32FC1", Float.BYTES) {
    @Override
    void write(DepthMap map, ByteBuffer out) {
      writeFloats(map.age(), map.pixels(), out);
    }
  },
  /** The all-in-focus image: its colours, or its luma if the map has none. */
  ALL_FOCUS("allfocus/image_rect", "mono8", 1) {
    @Override
    String encoding(DepthMap map) {
      return map.colour() == null ? super.encoding(map) : RGB;
    }

    @Override
    int bytesPerPixel(DepthMap map) {
      return map.colour() == null ? super.bytesPerPixel(map) : RGB_BYTES;
    }

    @Override
    void write(DepthMap map, ByteBuffer out) {
      ByteBuffer colours = map.colour();
      if (colours == null) {
        writeShares(map.allFocus(), map.pixels(), out);
      } else {
        int at = out.position();
        out.put(at, colours, 0, RGB_BYTES * map.pixels());
        out.position(at + RGB_BYTES * map.pixels());
      }
    }
  };

  private static final String RGB = "rgb8";
  private static final int RGB_BYTES = 3;

  private static final int MAX_MILLIMETRES = 0xffff;

  private final String topic;
  private final String encoding;
  private final int bytesPerPixel;

  MapLayer(String topic, String encoding, int bytesPerPixel) {
    this.topic = topic;
    this.encoding = encoding;
    this.bytesPerPixel = bytesPerPixel;
  }

  /** Returns the relative name of the topic. */
  String topic() {
    return topic;
  }

  /** Returns the image encoding, as in sensor_msgs. */
  String encoding(DepthMap map) {
    return encoding;
  }

  int bytesPerPixel(DepthMap map) {
    return bytesPerPixel;
  }

  /** Writes all pixels, row by row from the top, to a little-endian buffer. */
  abstract void write(DepthMap map, ByteBuffer out);

  private static void writeFloats(FloatBuffer from, int pixels, ByteBuffer out) {
    int at = out.position();
    for (int i = 0; i < pixels; i++) {
      out.putFloat(at + Float.BYTES * i, from.get(i));
    }
    out.position(at + Float.BYTES * pixels);
  }

  private static void writeShares(FloatBuffer from, int pixels, ByteBuffer out) {
    int at = out.position();
    for (int i = 0; i < pixels; i++) {
      float share = Math.min(1f, Math.max(0f, from.get(i)));
      out.put(at + i, (byte) (int) (share * 255 + 0.5f));
    }
    out.position(at + pixels);
  }

  /** Returns 0 for NaN, both infinities, and values that round to 0 or exceed 16 bits. */
  static int millimetres(float metres) {
    float rounded = metres * 1000 + 0.5f;
    return rounded >= 1 && rounded < MAX_MILLIMETRES + 1 ? (int) rounded : 0;
  }
}
