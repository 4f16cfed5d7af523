package io.github.rackfocus.rosnode;

import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.camera.InputStatus;
import io.github.rackfocus.config.RosInputConfig;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.frame.LensWarp;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.Subscriber;
import io.github.rackfocus.ros.message.Message;
import io.github.rackfocus.ros.message.MessageListener;
import io.github.rackfocus.ros.message.MessageType;
import io.github.rackfocus.ros.msg.rackfocus_msgs.LensState;
import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.ros.msg.sensor_msgs.CompressedImage;
import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import io.github.rackfocus.ros.msg.std_msgs.Float64;
import io.github.rackfocus.sweep.CameraCalibration;
import io.github.rackfocus.sweep.PlaneCounter;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives images and lens readings from ROS topics: {@code image} (or {@code image/compressed}),
 * {@code camera_info}, and {@code lens_state} or {@code lens_power}, relative to the node's
 * namespace.
 *
 * <p>Images are decoded in the thread of their connection and wait for their lens reading. {@link
 * #next} is called by one thread. The source is closed when the node shuts down.
 */
public final class RosFrameSource implements FrameSource {
  private static final Logger LOG = LoggerFactory.getLogger(RosFrameSource.class);

  /** Maximum number of frames waiting in this source, in addition to those held by the node. */
  public static final int FRAMES_WAITING = 8;

  private final RosInputConfig settings;
  private final ConnectedNode node;
  private final String imageTopic;
  private final @Nullable String lensTopic;
  private final FrameIntake intake;
  private final List<Subscriber<?>> subscribers = new ArrayList<>();
  private final Object arrival = new Object();
  private volatile boolean wanted = true;
  private long arrivals;
  private boolean closed;

  /** Subscribes to the topics of images and lens readings; parameters as below. */
  public RosFrameSource(ConnectedNode node, RosInputConfig settings, FramePool pool, String frameId)
      throws IOException {
    this(node, settings, pool, frameId, false);
  }

  /**
   * Subscribes to the topics.
   *
   * @param node not closed by this source
   * @param pool to lease frames from; see {@link io.github.rackfocus.node.DepthNode#framesInUse}
   *     and {@link #FRAMES_WAITING}
   * @param frameId the optical frame until an image has one
   * @param drivesLens whether this node drives the lens: its readings come by {@link #lensState}
   *     and not from the topic
   * @throws IOException if the camera file of {@code cameraInfoUrl} is unreadable or invalid
   */
  public RosFrameSource(
      ConnectedNode node,
      RosInputConfig settings,
      FramePool pool,
      String frameId,
      boolean drivesLens)
      throws IOException {
    this.node = node;
    this.settings = settings;
    boolean raw = settings.images().transport() == RosInputConfig.ImageTransport.RAW;
    String image = node.getResolver().resolve("image").value();
    // As in image_transport, the base name is remapped and the transport is appended.
    imageTopic = raw ? image : image + "/compressed";
    warnOfTransport(image);
    lensTopic = lensTopic(node, settings.lens());
    CameraCalibration file = CameraInfoUrl.read(settings.images().cameraInfoUrl(), System.getenv());
    intake = new FrameIntake(imageTopic, imageTopic, settings, pool, file, frameId, FRAMES_WAITING);
    if (raw) {
      subscribe(imageTopic, Image.TYPE, this::onImage);
    } else {
      subscribe(imageTopic, CompressedImage.TYPE, this::onCompressedImage);
    }
    if (file == null) {
      subscribe("camera_info", CameraInfo.TYPE, intake::cameraInfo);
    }
    switch (settings.lens().input()) {
      case STATE, COUNTER -> {
        if (!drivesLens) {
          subscribe("lens_state", LensState.TYPE, this::lensState);
        }
      }
      case POWER -> subscribe("lens_power", Float64.TYPE, this::onLensPower);
      case STAMP -> {
        // Focus follows from the frame's stamp.
      }
    }
    node.addShutdownListener(this::close);
  }

  /** The base name of a camera never ends in a transport, but is easily given with it. */
  private static void warnOfTransport(String image) {
    for (String transport : List.of("compressed", "compressedDepth", "theora")) {
      if (image.endsWith("/" + transport)) {
        LOG.warn(
            "image topic {} ends in the name of a transport; expected the base topic {}, and"
                + " image_transport: compressed for compressed images",
            image,
            image.substring(0, image.length() - transport.length() - 1));
      }
    }
  }

  private static @Nullable String lensTopic(ConnectedNode node, RosInputConfig.Lens lens) {
    return switch (lens.input()) {
      case STATE -> node.getResolver().resolve("lens_state").value();
      case POWER -> node.getResolver().resolve("lens_power").value();
      case COUNTER ->
          lens.counter() == PlaneCounter.Count.TRIGGER
              ? node.getResolver().resolve("lens_state").value()
              : null;
      case STAMP -> null;
    };
  }

  @Override
  public InputStatus inputs() {
    return intake.inputs(imageTopic, lensTopic);
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

  /** Waits for a message after the given count of arrivals, or for the given time. */
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
        // Rounded up: a wait of 0 would never time out.
        arrival.wait(1 + TimeUnit.NANOSECONDS.toMillis(left));
      }
    }
  }

  @Override
  public long dropped() {
    return intake.dropped();
  }

  /** Returns the counts of rejected images, frames and readings by cause. */
  public Map<String, Long> causes() {
    return intake.causes();
  }

  /** Returns the newest lens reading, or {@link FocusReading#NONE}. */
  public FocusReading newestReading() {
    return intake.matcher().newestReading();
  }

  /** Returns the number of accepted lens readings. */
  public long readingsTaken() {
    return intake.readingsTaken();
  }

  /** Returns the lens driver's number of the sweep at a time; 0 if unknown. */
  public long sweepIdAt(long stampNanos) {
    return intake.sweepIds().at(stampNanos);
  }

  @Override
  public void colourDemand(BooleanSupplier wanted) {
    intake.colourDemand(wanted);
  }

  @Override
  public @Nullable LensWarp lensWarp() {
    return intake.calibration().lensWarp();
  }

  @Override
  public double depthOffsetMetres() {
    return intake.calibration().lens().depthOffsetMetres();
  }

  /** Sets whether frames are wanted; if not, images are not decoded. Initially true. */
  public void setWanted(boolean value) {
    wanted = value;
  }

  /** Returns the camera's calibration. Thread-safe. */
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

  private <T extends Message> void subscribe(
      String topic, MessageType<T> type, MessageListener<T> listener) {
    Subscriber<T> subscriber = node.newSubscriber(topic, type);
    subscriber.addMessageListener(listener);
    subscribers.add(subscriber);
  }

  private void onImage(Image image) {
    if (wanted) {
      long now = System.nanoTime();
      intake.image(image, now, node.getClock().nowNanos(), now);
      notifyArrival();
    }
  }

  private void onCompressedImage(CompressedImage image) {
    if (wanted) {
      long now = System.nanoTime();
      intake.compressedImage(image, now, node.getClock().nowNanos(), now);
      notifyArrival();
    }
  }

  /** Accepts a lens reading. Thread-safe. */
  public void lensState(LensState state) {
    intake.lensState(state);
    notifyArrival();
  }

  private void onLensPower(Float64 power) {
    intake.lensPower(power.data, node.getClock().nowNanos());
    notifyArrival();
  }

  private void notifyArrival() {
    synchronized (arrival) {
      arrivals++;
      arrival.notifyAll();
    }
  }
}
