package io.github.rackfocus.rosnode;

import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.config.PointsConfig;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.Publisher;
import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.ros.msg.std_msgs.Header;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The topic {@code depth/points}. Maps without points are logged at most once a second. */
final class PointTopic {
  private static final String TOPIC = "depth/points";

  private final PointCloudMessage message;
  private final Publisher<PointCloudMessage> publisher;
  private final RateLimitedLogger warnings =
      new RateLimitedLogger(LoggerFactory.getLogger(PointTopic.class));

  private PointTopic(ConnectedNode node, PointsConfig config, Header header, int queue) {
    message = new PointCloudMessage(config, header);
    publisher = node.newPublisher(TOPIC, message.type(), queue);
  }

  /**
   * Advertises the topic.
   *
   * @param header shared by all messages of a map
   * @param queue messages queued per subscriber
   * @return null if points are not enabled
   */
  static @Nullable PointTopic advertise(
      ConnectedNode node, PointsConfig config, Header header, int queue) {
    return config.enabled() ? new PointTopic(node, config, header, queue) : null;
  }

  boolean hasSubscribers() {
    return publisher.hasSubscribers();
  }

  long dropped() {
    return publisher.dropped();
  }

  private void withhold(String fault) {
    warnings.warn("{}: a map has no points: {}", publisher.topicName(), fault);
  }

  /**
   * Publishes the points of a map.
   *
   * @param camera of the map; null if it is not calibrated
   */
  void publish(DepthMap map, @Nullable CameraInfo camera) {
    if (camera == null) {
      withhold(
          "the camera has no calibration of this size; expected a camera_info or a camera file");
      return;
    }
    String fault = message.contradiction(map.width(), map.height());
    if (fault != null) {
      withhold(fault);
      return;
    }
    message.show(map, camera);
    try {
      publisher.publish(message);
    } finally {
      message.show(null, camera);
    }
  }
}
