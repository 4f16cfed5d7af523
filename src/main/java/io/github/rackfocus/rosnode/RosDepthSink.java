package io.github.rackfocus.rosnode;

import io.github.rackfocus.config.PointsConfig;
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
 * frame. Topics without subscribers are not serialised, and without any subscriber the sink wants
 * no maps. Images allocate nothing per map; compressed depth allocates its PNG.
 *
 * <p>While colour is awaited, the all-in-focus image and points are not published, so that a
 * subscriber receives either only grey or only coloured ones.
 */
public final class RosDepthSink implements DepthSink {
  private static final String DEPTH_TOPIC = "depth/image_rect";

  /** Messages queued per subscriber; small, since a slow subscriber wants the newest map. */
  private static final int QUEUE = 2;

  private final CameraInfoSource camera;
  private final ToLongFunction<io.github.rackfocus.depth.DepthInfo> sweepIds;
  private final long stampOffsetNanos;
  private final LongSupplier nanoClock;
  private final Header header = new Header();
  private final ImageTopic[] images;
  private final ImageTopic allFocus;
  private final @Nullable PointTopic points;
  private final Publisher<CompressedImage> compressed;
  private final Publisher<CameraInfo> cameraInfos;
  private final Publisher<DepthInfo> infos;
  private final CompressedDepth coding = new CompressedDepth();
  private final CompressedImage compressedImage = new CompressedImage();
  private final CameraInfo cameraInfo = new CameraInfo();
  private final DepthInfoMessage info = new DepthInfoMessage(header);

  /**
   * Advertises the topics.
   *
   * @param camera queried for every map
   * @param sweepIds returns the number of the sweep that a map belongs to
   * @param stampOffsetNanos added to the reference frame's stamp
   * @param nanoClock monotonic time, to measure how long publishing takes
   * @param cloud the points
   */
  public RosDepthSink(
      ConnectedNode node,
      CameraInfoSource camera,
      ToLongFunction<io.github.rackfocus.depth.DepthInfo> sweepIds,
      long stampOffsetNanos,
      LongSupplier nanoClock,
      PointsConfig cloud) {
    this.camera = camera;
    this.sweepIds = sweepIds;
    this.stampOffsetNanos = stampOffsetNanos;
    this.nanoClock = nanoClock;
    MapLayer[] layers = MapLayer.values();
    images = new ImageTopic[layers.length];
    for (int i = 0; i < layers.length; i++) {
      images[i] = new ImageTopic(node, layers[i], header);
    }
    allFocus = images[MapLayer.ALL_FOCUS.ordinal()];
    compressedImage.header = header;
    cameraInfo.header = header;
    // As in image_transport, a remap of the image's topic applies to its transports as well.
    String depthTopic = node.getResolver().resolve(DEPTH_TOPIC).value();
    compressed = node.newPublisher(depthTopic + "/compressedDepth", CompressedImage.TYPE, QUEUE);
    cameraInfos = node.newPublisher("depth/camera_info", CameraInfo.TYPE, QUEUE);
    infos = node.newPublisher("depth/info", DepthInfo.TYPE, QUEUE);
    points = PointTopic.advertise(node, cloud, header, QUEUE);
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
    return compressed.hasSubscribers()
        || cameraInfos.hasSubscribers()
        || infos.hasSubscribers()
        || wantsPoints();
  }

  @Override
  public boolean wantsColour() {
    return allFocus.publisher.hasSubscribers() || wantsPoints();
  }

  private boolean wantsPoints() {
    return points != null && points.hasSubscribers();
  }

  @Override
  public void accept(DepthMap map) {
    long startNanos = nanoClock.getAsLong();
    header.stampNanos = Math.max(0, map.info().stampNanos() + stampOffsetNanos);
    header.frameId = camera.frameId();
    boolean withPoints = wantsPoints();
    boolean described =
        (withPoints || cameraInfos.hasSubscribers())
            && camera.describe(cameraInfo, map.width(), map.height());
    if (described) {
      cameraInfos.publish(cameraInfo);
    }
    for (ImageTopic image : images) {
      if (image != allFocus || !map.isColourAwaited()) {
        image.publish(map);
      }
    }
    if (points != null && withPoints && !map.isColourAwaited()) {
      points.publish(map, described ? cameraInfo : null);
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
              nanoClock.getAsLong() - startNanos));
    }
  }

  /** Returns the messages dropped for slow subscribers, over all topics. */
  @Override
  public long lost() {
    long sum = compressed.dropped() + cameraInfos.dropped() + infos.dropped();
    sum += points == null ? 0 : points.dropped();
    for (ImageTopic image : images) {
      sum += image.publisher.dropped();
    }
    return sum;
  }

  /** Does nothing: the topics belong to the ROS node and are closed with it. */
  @Override
  public void close() {}

  private static final class ImageTopic {
    private final MapImage message;
    private final Publisher<MapImage> publisher;

    ImageTopic(ConnectedNode node, MapLayer layer, Header header) {
      message = new MapImage(layer, header);
      publisher = node.newPublisher(layer.topic(), message.type(), QUEUE);
    }

    void publish(DepthMap map) {
      if (publisher.hasSubscribers()) {
        message.show(map);
        try {
          publisher.publish(message);
        } finally {
          message.show(null);
        }
      }
    }
  }
}
