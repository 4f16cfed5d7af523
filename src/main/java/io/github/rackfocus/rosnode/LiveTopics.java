package io.github.rackfocus.rosnode;

import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.common.DaemonThreads;
import io.github.rackfocus.config.RosInputConfig;
import io.github.rackfocus.config.RosInputConfig.LensInput;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.NodeConfiguration;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The topics of a running camera, received for a limited time by a ROS node of its own: a recording
 * without a bag. The time counts from the first image. Frames are dropped while the caller of
 * {@link #next} is busy with one.
 */
public final class LiveTopics implements FrameSource {
  private static final int FRAMES = 4;

  private final ConnectedNode node;
  private final RosFrameSource topics;
  private final Duration duration;
  private final Duration patience;
  private final CountDownLatch first = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);

  private LiveTopics(
      ConnectedNode node, RosFrameSource topics, Duration duration, Duration patience) {
    this.node = node;
    this.topics = topics;
    this.duration = duration;
    this.patience = patience;
  }

  /**
   * Connects to the master, waiting for it if need be, and subscribes.
   *
   * @param image topic of the images
   * @param lens topic of the lens readings; empty for the default name
   * @param duration time to receive, from the first image on
   * @param patience time to wait for the first image
   * @param arguments remappings and {@code __master:=URI}, as for a node
   * @param environment such as ROS_MASTER_URI and ROS_IP
   * @throws IOException if a name is invalid or the node cannot start
   */
  public static LiveTopics open(
      String image,
      String lens,
      Duration duration,
      Duration patience,
      RosInputConfig input,
      List<String> arguments,
      Map<String, String> environment)
      throws IOException, InterruptedException {
    List<String> remappings = new ArrayList<>(arguments);
    remappings.add("image:=" + image);
    if (!lens.isEmpty()) {
      String name = input.lens().input() == LensInput.POWER ? "lens_power" : "lens_state";
      remappings.add(name + ":=" + lens);
    }
    NodeConfiguration configuration =
        NodeConfiguration.fromCommandLine(remappings, environment, "rackfocus_calibrate");
    ConnectedNode node = ConnectedNode.connect(configuration);
    try {
      FramePool pool = new FramePool(FRAMES + RosFrameSource.FRAMES_WAITING);
      RosFrameSource topics = new RosFrameSource(node, input, pool, "camera_optical_frame");
      LiveTopics live = new LiveTopics(node, topics, duration, patience);
      DaemonThreads.start("live-end", live::awaitEnd);
      return live;
    } catch (IOException | RuntimeException e) {
      node.close();
      throw e;
    }
  }

  private void awaitEnd() {
    try {
      if (first.await(patience.toMillis(), TimeUnit.MILLISECONDS)
          && closed.await(duration.toMillis(), TimeUnit.MILLISECONDS)) {
        return; // Closed by the caller.
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    topics.close();
  }

  @Override
  public String name() {
    return topics.name();
  }

  @Override
  public FocusScale scale() {
    return topics.scale();
  }

  @Override
  public double[] planeFocus() {
    return topics.planeFocus();
  }

  /**
   * Waits for the next frame.
   *
   * @throws IOException if no image came in time
   */
  @Override
  public @Nullable Frame next() throws IOException, InterruptedException {
    Frame frame = topics.next();
    if (frame != null) {
      first.countDown();
    } else if (first.getCount() > 0 && closed.getCount() > 0) {
      throw new IOException(
          name()
              + ": no image within "
              + patience.toSeconds()
              + " s; expected a camera that publishes on this topic");
    }
    return frame;
  }

  @Override
  public long dropped() {
    return topics.dropped();
  }

  @Override
  public void close() {
    closed.countDown();
    topics.close();
    node.close();
  }
}
