package io.github.rackfocus.rosnode;

import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.ros.message.Message;
import io.github.rackfocus.ros.message.MessageType;
import io.github.rackfocus.ros.message.Wire;
import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import io.github.rackfocus.ros.msg.std_msgs.Header;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One layer of a depth map as a sensor_msgs/Image, which is written from the map's buffers directly
 * into the publisher's buffer. Reused for every map. Not thread-safe.
 */
final class MapImage implements Message {
  private final MapLayer layer;
  private final MessageType<MapImage> type;
  private final Header header;
  private @Nullable DepthMap map;

  /**
   * @param header shared by all messages of a map
   */
  MapImage(MapLayer layer, Header header) {
    this.layer = layer;
    this.header = header;
    this.type =
        new MessageType<>(
            Image.TYPE.name(),
            Image.TYPE.md5sum(),
            Image.TYPE.definition(),
            () -> new MapImage(layer, new Header()));
  }

  /** Sets the map to write; null releases the last one. */
  void show(@Nullable DepthMap map) {
    this.map = map;
  }

  @Override
  public MessageType<MapImage> type() {
    return type;
  }

  @Override
  public long serializedSize() {
    DepthMap shown = shown();
    return header.serializedSize()
        + 3 * Integer.BYTES // height, width, step
        + Wire.sizeOf(layer.encoding(shown))
        + 1 // is_bigendian
        + Integer.BYTES
        + (long) layer.bytesPerPixel(shown) * shown.pixels();
  }

  @Override
  public void write(ByteBuffer out) {
    DepthMap shown = shown();
    header.write(out);
    out.putInt(shown.height());
    out.putInt(shown.width());
    Wire.writeString(out, layer.encoding(shown));
    out.put((byte) 0);
    out.putInt(layer.bytesPerPixel(shown) * shown.width());
    out.putInt(layer.bytesPerPixel(shown) * shown.pixels());
    layer.write(shown, out);
  }

  @Override
  public void read(ByteBuffer in) {
    throw new UnsupportedOperationException("images of depth maps can only be published");
  }

  private DepthMap shown() {
    if (map == null) {
      throw new IllegalStateException("no depth map is set");
    }
    return map;
  }
}
