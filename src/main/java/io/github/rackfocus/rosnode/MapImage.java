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
 * One image of a depth map as a sensor_msgs/Image that is written from the map's own buffers
 * straight into the publisher's. For one thread; used again for every map.
 */
final class MapImage implements Message {
  private final MapPlane plane;
  private final MessageType<MapImage> type;
  private final Header header;
  private @Nullable DepthMap map;

  /**
   * @param header shared by all messages of a map
   */
  MapImage(MapPlane plane, Header header) {
    this.plane = plane;
    this.header = header;
    this.type =
        new MessageType<>(
            Image.TYPE.name(),
            Image.TYPE.md5sum(),
            Image.TYPE.definition(),
            () -> new MapImage(plane, new Header()));
  }

  /** Which map is written next; null forgets the last one. */
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
        + Wire.sizeOf(plane.encoding())
        + 1 // is_bigendian
        + Integer.BYTES
        + (long) plane.bytesPerPixel() * shown.pixels();
  }

  @Override
  public void write(ByteBuffer out) {
    DepthMap shown = shown();
    header.write(out);
    out.putInt(shown.height());
    out.putInt(shown.width());
    Wire.writeString(out, plane.encoding());
    out.put((byte) 0);
    out.putInt(plane.bytesPerPixel() * shown.width());
    out.putInt(plane.bytesPerPixel() * shown.pixels());
    plane.write(shown, out);
  }

  @Override
  public void read(ByteBuffer in) {
    throw new UnsupportedOperationException("images of depth maps are published only");
  }

  private DepthMap shown() {
    if (map == null) {
      throw new IllegalStateException("no depth map is shown");
    }
    return map;
  }
}
