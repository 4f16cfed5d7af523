package io.github.rackfocus.rosnode;

import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.Publisher;
import io.github.rackfocus.ros.msg.rackfocus_msgs.DepthInfo;
import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.ros.msg.sensor_msgs.CompressedImage;
import io.github.rackfocus.ros.msg.std_msgs.Header;
import io.github.rackfocus.sink.DepthSink;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Publishes depth maps as ROS topics, all with the reference frame's stamp and the camera's optical
 * frame. A topic that nobody receives is not serialised, and where nobody receives any, no map is
 * asked for. The images allocate nothing per map; compressed depth allocates its PNG.
 */
public final class RosDepthSink implements DepthSink {
  private static final String DEPTH_TOPIC = "depth/image_rect";

  /** Maps that wait for a slow subscriber; small, for who is behind wants the newest. */
  private static final int QUEUE = 2;

  private final CameraInfoSource camera;
  private final ToLongFunction<io.github.rackfocus.depth.DepthInfo> sweepIds;
  private final long stampOffsetNanos;
  private final LongSupplier nanoClock;
  private final Header header = new Header();
  private final ImageTopic[] images;
  private final Publisher<CompressedImage> compressed;
  private final Publisher<CameraInfo> cameraInfos;
  private final Publisher<DepthInfo> infos;
  private final CompressedDepth coding = new CompressedDepth();
  private final CompressedImage compressedImage = new CompressedImage();
  private final CameraInfo cameraInfo = new CameraInfo();
  private final DepthInfoMessage info = new DepthInfoMessage(header);

  /**
   * Registers the topics.
   *
   * @param camera asked for every map
   * @param sweepIds the number of the sweep that a map was made in
   * @param stampOffsetNanos added to the reference frame's stamp, which is passed on as it is where
   *     this is 0
   * @param nanoClock monotonic time, for how long publishing takes
   */
  public RosDepthSink(
      ConnectedNode node,
      CameraInfoSource camera,
      ToLongFunction<io.github.rackfocus.depth.DepthInfo> sweepIds,
      long stampOffsetNanos,
      LongSupplier nanoClock) {
    this.camera = camera;
    this.sweepIds = sweepIds;
    this.stampOffsetNanos = stampOffsetNanos;
    this.nanoClock = nanoClock;
    MapPlane[] planes = MapPlane.values();
    images = new ImageTopic[planes.length];
    for (int i = 0; i < planes.length; i++) {
      images[i] = new ImageTopic(node, planes[i], header);
    }
    compressedImage.header = header;
    cameraInfo.header = header;
    // As in image_transport, a transport's topic moves with the image's when that is remapped.
    String depthTopic = node.getResolver().resolve(DEPTH_TOPIC).value();
    compressed = node.newPublisher(depthTopic + "/compressedDepth", CompressedImage.TYPE, QUEUE);
    cameraInfos = node.newPublisher("depth/camera_info", CameraInfo.TYPE, QUEUE);
    infos = node.newPublisher("depth/info", DepthInfo.TYPE, QUEUE);
  }

  @Override
  public String name() {
    return "ros";
  }

  @Override
  public boolean wantsMaps() {
    for (ImageTopic image : images) {
      if (image.publisher.hasSubscribers()) {
        return true;
      }
    }
    return compressed.hasSubscribers() || cameraInfos.hasSubscribers() || infos.hasSubscribers();
  }

  @Override
  public void accept(DepthMap map) {
    long begun = nanoClock.getAsLong();
    header.stampNanos = Math.max(0, map.info().stampNanos() + stampOffsetNanos);
    header.frameId = camera.frameId();
    if (cameraInfos.hasSubscribers() && camera.describe(cameraInfo, map.width(), map.height())) {
      cameraInfos.publish(cameraInfo);
    }
    for (ImageTopic image : images) {
      image.publish(map);
    }
    if (compressed.hasSubscribers()) {
      coding.write(map, compressedImage);
      compressed.publish(compressedImage);
    }
    if (infos.hasSubscribers()) {
      infos.publish(
          info.of(
              map.info(),
              sweepIds.applyAsLong(map.info()),
              camera.calibrationSha256(),
              nanoClock.getAsLong() - begun));
    }
  }

  /** Messages that slow subscribers lost, over all topics. */
  @Override
  public long lost() {
    long sum = compressed.dropped() + cameraInfos.dropped() + infos.dropped();
    for (ImageTopic image : images) {
      sum += image.publisher.dropped();
    }
    return sum;
  }

  /** Nothing: the topics belong to the ROS node and end with it. */
  @Override
  public void close() {}

  private static final class ImageTopic {
    private final MapImage message;
    private final Publisher<MapImage> publisher;

    ImageTopic(ConnectedNode node, MapPlane plane, Header header) {
      message = new MapImage(plane, header);
      publisher = node.newPublisher(plane.topic(), message.type(), QUEUE);
    }

    void publish(DepthMap map) {
      if (publisher.hasSubscribers()) {
        show(map);
        try {
          publisher.publish(message);
        } finally {
          show(null);
        }
      }
    }

    private void show(@Nullable DepthMap map) {
      message.show(map);
    }
  }
}
