package io.github.rackfocus.rosnode;

import io.github.rackfocus.config.PointsConfig;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.ros.message.Message;
import io.github.rackfocus.ros.message.MessageType;
import io.github.rackfocus.ros.message.Wire;
import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.ros.msg.sensor_msgs.PointCloud2;
import io.github.rackfocus.ros.msg.sensor_msgs.PointField;
import io.github.rackfocus.ros.msg.std_msgs.Header;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A depth map as an organised sensor_msgs/PointCloud2 in the optical frame, which is written from
 * the map's buffers directly into the publisher's buffer. Reused for every map. Not thread-safe.
 *
 * <p>A point has {@code x}, {@code y} and {@code z}, then {@code rgb} (three bytes of a float's
 * bits, as PCL has it) or without colour {@code intensity} (luma of the all-in-focus image, 0 to
 * 255), and {@code sigma}, one sigma of {@code z}; all are float32, lengths in metres. Points
 * without depth, or out of range, have NaN in all lengths.
 *
 * <p>Coordinates are those of depth_image_proc: {@code x = (u - cx) z / fx} with the camera of the
 * projection matrix P, in single precision.
 */
final class PointCloudMessage implements Message {
  private static final int FIELDS = 5;
  private static final int POINT_BYTES = FIELDS * Float.BYTES;
  private static final int RGB = 3;

  private final PointsConfig config;
  private final Header header;
  private final MessageType<PointCloudMessage> type;
  private final Row row = new Row();
  private @Nullable DepthMap map;
  private int columns;
  private int rows;
  private float centreX;
  private float centreY;
  private float scaleX;
  private float scaleY;

  /** A row of the map: single gets from a direct buffer cost more. */
  private static final class Row {
    float[] depth = new float[0];
    float[] sigma = new float[0];
    float[] luma = new float[0];
    byte[] colour = new byte[0];

    void read(DepthMap map, int y) {
      int width = map.width();
      if (depth.length != width) {
        depth = new float[width];
        sigma = new float[width];
        luma = new float[width];
      }
      int start = y * width;
      map.depth().get(start, depth);
      map.uncertainty().get(start, sigma);
      ByteBuffer colours = map.colour();
      if (colours == null) {
        map.allFocus().get(start, luma);
        return;
      }
      if (colour.length != RGB * width) {
        colour = new byte[RGB * width];
      }
      colours.get(RGB * start, colour);
    }
  }

  /**
   * @param header shared by all messages of a map
   */
  PointCloudMessage(PointsConfig config, Header header) {
    this.config = config;
    this.header = header;
    this.type =
        new MessageType<>(
            PointCloud2.TYPE.name(),
            PointCloud2.TYPE.md5sum(),
            PointCloud2.TYPE.definition(),
            () -> new PointCloudMessage(config, new Header()));
  }

  /**
   * Returns why maps of a size have no points, in a sentence for the operator; null if they have.
   */
  @Nullable String contradiction(int width, int height) {
    String across = contradiction("x", "width", config.x(), config.width(), width);
    return across != null
        ? across
        : contradiction("y", "height", config.y(), config.height(), height);
  }

  private static @Nullable String contradiction(
      String start, String length, int from, int size, int image) {
    if (from >= image) {
      return "points."
          + start
          + " is "
          + from
          + "; expected less than "
          + image
          + ", the "
          + length
          + " of the images";
    }
    return from + size > image
        ? "points."
            + start
            + " + points."
            + length
            + " is "
            + (from + size)
            + "; expected at most "
            + image
            + ", the "
            + length
            + " of the images"
        : null;
  }

  /**
   * Sets the map to write; null releases the last one.
   *
   * @param map of a size that {@link #contradiction} accepts
   * @param camera whose projection matrix is that of the map
   */
  void show(@Nullable DepthMap map, CameraInfo camera) {
    this.map = map;
    if (map != null) {
      columns = strided(config.width() == 0 ? map.width() - config.x() : config.width());
      rows = strided(config.height() == 0 ? map.height() - config.y() : config.height());
      centreX = (float) camera.p[2];
      centreY = (float) camera.p[6];
      scaleX = (float) (1 / camera.p[0]);
      scaleY = (float) (1 / camera.p[5]);
    }
  }

  private int strided(int pixels) {
    return (pixels + config.stride() - 1) / config.stride();
  }

  @Override
  public MessageType<PointCloudMessage> type() {
    return type;
  }

  @Override
  public long serializedSize() {
    long fields = 0;
    for (int field = 0; field < FIELDS; field++) {
      // Name, offset, type and count.
      fields += Wire.sizeOf(name(field, shown())) + 2 * Integer.BYTES + 1;
    }
    return header.serializedSize()
        + 3 * Integer.BYTES // height, width, number of fields
        + fields
        + 1 // is_bigendian
        + 3 * Integer.BYTES // point_step, row_step, number of bytes
        + (long) POINT_BYTES * columns * rows
        + 1; // is_dense
  }

  @Override
  public void write(ByteBuffer out) {
    DepthMap shown = shown();
    header.write(out);
    out.putInt(rows);
    out.putInt(columns);
    out.putInt(FIELDS);
    for (int field = 0; field < FIELDS; field++) {
      Wire.writeString(out, name(field, shown));
      out.putInt(field * Float.BYTES);
      out.put((byte) PointField.FLOAT32);
      out.putInt(1);
    }
    out.put((byte) 0);
    out.putInt(POINT_BYTES);
    out.putInt(POINT_BYTES * columns);
    out.putInt(POINT_BYTES * columns * rows);
    for (int y = 0; y < rows; y++) {
      writeRow(shown, config.y() + y * config.stride(), out);
    }
    out.put((byte) 0);
  }

  private static String name(int field, DepthMap map) {
    return switch (field) {
      case 0 -> "x";
      case 1 -> "y";
      case 2 -> "z";
      case 3 -> map.colour() == null ? "intensity" : "rgb";
      default -> "sigma";
    };
  }

  private void writeRow(DepthMap shown, int v, ByteBuffer out) {
    row.read(shown, v);
    boolean inColour = shown.colour() != null;
    float nearest = (float) config.minRange();
    float farthest = config.maxRange() > 0 ? (float) config.maxRange() : Float.MAX_VALUE;
    int at = out.position();
    for (int column = 0; column < columns; column++, at += POINT_BYTES) {
      int u = config.x() + column * config.stride();
      float z = row.depth[u];
      // False for NaN and both infinities.
      boolean valid = z > 0 && z >= nearest && z <= farthest;
      out.putFloat(at, valid ? (u - centreX) * z * scaleX : Float.NaN);
      out.putFloat(at + 4, valid ? (v - centreY) * z * scaleY : Float.NaN);
      out.putFloat(at + 8, valid ? z : Float.NaN);
      if (inColour) {
        out.putInt(at + 12, rgb(RGB * u));
      } else {
        out.putFloat(at + 12, 255 * row.luma[u]);
      }
      out.putFloat(at + 16, valid ? row.sigma[u] : Float.NaN);
    }
    out.position(at);
  }

  private int rgb(int at) {
    byte[] colour = row.colour;
    return (colour[at] & 0xff) << 16 | (colour[at + 1] & 0xff) << 8 | colour[at + 2] & 0xff;
  }

  @Override
  public void read(ByteBuffer in) {
    throw new UnsupportedOperationException("points of depth maps can only be published");
  }

  private DepthMap shown() {
    if (map == null) {
      throw new IllegalStateException("no depth map is set");
    }
    return map;
  }
}
