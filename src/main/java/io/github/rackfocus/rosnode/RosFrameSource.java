package io.github.rackfocus.rosnode;

import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.config.RosInputConfig;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.Subscriber;
import io.github.rackfocus.ros.msg.rackfocus_msgs.LensState;
import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.ros.msg.sensor_msgs.CompressedImage;
import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import io.github.rackfocus.ros.msg.std_msgs.Float64;
import io.github.rackfocus.sweep.CameraCalibration;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A camera and its lens among ROS nodes: topics {@code image} (or {@code image/compressed}), {@code
 * camera_info}, and {@code lens_state} or {@code lens_power}, relative to the node's namespace.
 *
 * <p>Images are decoded in the thread of their connection and wait for their lens reading; {@link
 * #next} is for one thread. Ends when the node does.
 */
public final class RosFrameSource implements FrameSource {
  /** Frames that wait in this source at most, beyond those that the node holds. */
  public static final int FRAMES_WAITING = 8;

  private final RosInputConfig settings;
  private final ConnectedNode node;
  private final String imageTopic;
  private final FrameIntake intake;
  private final List<Subscriber<?>> subscribers = new ArrayList<>();
  private final Object arrival = new Object();
  private volatile boolean wanted = true;
  private long arrivals;
  private boolean closed;

  /**
   * Subscribes the topics.
   *
   * @param node not closed by this source
   * @param pool where frames are leased; see {@link io.github.rackfocus.node.DepthNode#framesInUse}
   *     and {@link #FRAMES_WAITING}
   * @param frameId the optical frame until an image names the driver's
   * @throws IOException if the camera file of {@code cameraInfoUrl} can't be read or is not sound,
   *     in a sentence for the operator
   */
  public RosFrameSource(
      ConnectedNode node, RosInputConfig settings, FramePool pool, String frameId)
      throws IOException {
    this.node = node;
    this.settings = settings;
    boolean raw = settings.images().transport() == RosInputConfig.ImageTransport.RAW;
    String image = node.getResolver().resolve("image").value();
    // As image_transport does: the base name is what is remapped, the transport is below it.
    imageTopic = raw ? image : image + "/compressed";
    CameraCalibration file = CameraInfoUrl.read(settings.images().cameraInfoUrl(), System.getenv());
    intake = new FrameIntake(imageTopic, settings, pool, file, frameId, FRAMES_WAITING);
    if (raw) {
      subscribe(imageTopic, Image.TYPE, this::onImage);
    } else {
      subscribe(imageTopic, CompressedImage.TYPE, this::onCompressedImage);
    }
    if (file == null) {
      subscribe("camera_info", CameraInfo.TYPE, intake::cameraInfo);
    }
    switch (settings.lens().input()) {
      case STATE -> subscribe("lens_state", LensState.TYPE, this::onLensState);
      case POWER -> subscribe("lens_power", Float64.TYPE, this::onLensPower);
      case STAMP -> {
        // The sweep runs by the clock.
      }
    }
    node.addShutdownListener(this::close);
  }

  @Override
  public String name() {
    return imageTopic;
  }

  @Override
  public FocusScale scale() {
    return FocusScale.DIOPTRE;
  }

  @Override
  public double[] planeFocus() {
    return settings.sweep().axis().focus();
  }

  @Override
  public @Nullable Frame next() throws InterruptedException {
    while (true) {
      long seen;
      synchronized (arrival) {
        if (closed) {
          return null;
        }
        seen = arrivals;
      }
      long now = System.nanoTime();
      Frame frame = intake.matcher().poll(now);
      if (frame != null) {
        return frame;
      }
      awaitArrival(seen, intake.matcher().nanosToWait(now));
    }
  }

  /** Waits until something comes that had not when it was looked for, or a frame's time is up. */
  private void awaitArrival(long seen, long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    synchronized (arrival) {
      while (!closed && arrivals == seen) {
        if (nanos == Long.MAX_VALUE) {
          arrival.wait();
          continue;
        }
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return;
        }
        // Rounded up: a wait of 0 has no end.
        arrival.wait(1 + TimeUnit.NANOSECONDS.toMillis(left));
      }
    }
  }

  @Override
  public long dropped() {
    return intake.dropped();
  }

  /** What could not be used, by cause: images, frames without a reading, readings. */
  public Map<String, Long> causes() {
    return intake.causes();
  }

  /** The newest lens reading, or {@link FocusReading#NONE}. */
  public FocusReading newestReading() {
    return intake.matcher().newestReading();
  }

  /** Lens readings that counted. */
  public long readingsTaken() {
    return intake.readingsTaken();
  }

  /** The driver's number of the sweep at a time; 0 where it tells none. */
  public long sweepIdAt(long stampNanos) {
    return intake.sweepIds().at(stampNanos);
  }

  @Override
  public double depthOffsetMetres() {
    return intake.calibration().lens().depthOffsetMetres();
  }

  /**
   * Whether anybody wants frames: while nobody does, images are not even decoded. True at first.
   */
  public void setWanted(boolean value) {
    wanted = value;
  }

  /** What is known of the camera; of any thread. */
  public CameraInfoSource camera() {
    return intake.calibration();
  }

  @Override
  public void close() {
    synchronized (arrival) {
      if (closed) {
        return;
      }
      closed = true;
      arrival.notifyAll();
    }
    subscribers.forEach(Subscriber::close);
    intake.close();
  }

  private <T extends io.github.rackfocus.ros.message.Message> void subscribe(
      String topic,
      io.github.rackfocus.ros.message.MessageType<T> type,
      io.github.rackfocus.ros.tcpros.MessageListener<T> listener) {
    Subscriber<T> subscriber = node.newSubscriber(topic, type);
    subscriber.addMessageListener(listener);
    subscribers.add(subscriber);
  }

  private void onImage(Image image) {
    if (wanted) {
      long now = System.nanoTime();
      intake.image(image, now, node.getClock().nowNanos(), now);
      somethingCame();
    }
  }

  private void onCompressedImage(CompressedImage image) {
    if (wanted) {
      long now = System.nanoTime();
      intake.compressedImage(image, now, node.getClock().nowNanos(), now);
      somethingCame();
    }
  }

  private void onLensState(LensState state) {
    intake.lensState(state);
    somethingCame();
  }

  private void onLensPower(Float64 power) {
    intake.lensPower(power.data, node.getClock().nowNanos());
    somethingCame();
  }

  private void somethingCame() {
    synchronized (arrival) {
      arrivals++;
      arrival.notifyAll();
    }
  }
}
