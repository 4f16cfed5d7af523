package io.github.rackfocus.rosnode;

import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.camera.InputStatus;
import io.github.rackfocus.config.RosInputConfig;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.frame.LensWarp;
import io.github.rackfocus.node.DepthNode;
import io.github.rackfocus.ros.bag.BagConnection;
import io.github.rackfocus.ros.bag.BagReader;
import io.github.rackfocus.ros.message.MalformedMessageException;
import io.github.rackfocus.ros.message.Message;
import io.github.rackfocus.ros.message.MessageType;
import io.github.rackfocus.ros.msg.rackfocus_msgs.LensState;
import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.ros.msg.sensor_msgs.CompressedImage;
import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import io.github.rackfocus.ros.msg.std_msgs.Float64;
import io.github.rackfocus.sweep.CameraCalibration;
import io.github.rackfocus.sweep.MatchingConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replays the images and lens readings of a ROS bag as fast as frames are taken, without skipping
 * any.
 *
 * <p>Messages are read in recording order, and frames wait for their readings in recorded time, so
 * the same bag and configuration always give the same frames with the same readings.
 */
public final class BagFrameSource implements FrameSource {
  private static final Logger LOG = LoggerFactory.getLogger(BagFrameSource.class);

  /** Waiting costs no latency here, so more frames may wait than in a live source. */
  private static final int FRAMES_WAITING = 64;

  private static final long POOL_RETRY_MILLIS = 1;

  private final Path file;
  private final BagReader bag;
  private final BagTopics.Found topics;
  private final RosInputConfig settings;
  private final int poolCapacity;
  private final FramePool pool;
  private final FrameIntake intake;
  private final Image image = new Image();
  private final CompressedImage compressedImage = new CompressedImage();
  private final CameraInfo cameraInfo = new CameraInfo();
  private final LensState lensState = new LensState();
  private final Float64 lensPower = new Float64();
  private long nowNanos;
  private boolean ended;
  private final AtomicLong malformed = new AtomicLong();
  private volatile long lost;
  private volatile boolean closed;

  private BagFrameSource(
      Path file,
      BagReader bag,
      BagTopics.Found topics,
      RosInputConfig settings,
      @Nullable CameraCalibration calibration) {
    this.file = file;
    this.bag = bag;
    this.topics = topics;
    MatchingConfig matching = settings.lens().matching();
    this.settings =
        settings.withLens(
            settings
                .lens()
                .withMatching(
                    matching.withMaxWaitNanos(
                        Math.max(matching.maxWaitNanos(), matching.maxReadingAgeNanos()))));
    this.poolCapacity = DepthNode.framesInUse(settings.sweep().axis().planes()) + FRAMES_WAITING;
    this.pool = new FramePool(poolCapacity);
    this.intake =
        new FrameIntake(
            name(),
            topics.image().topic(),
            this.settings,
            pool,
            calibration,
            "camera_optical_frame",
            FRAMES_WAITING);
    intake.checkForDamage();
  }

  /**
   * Opens a bag.
   *
   * @param choice the topics to read
   * @throws IOException if the bag is unreadable or lacks a topic, or the camera file is invalid
   */
  public static BagFrameSource open(Path file, BagTopics choice, RosInputConfig settings)
      throws IOException {
    CameraCalibration calibration =
        CameraInfoUrl.read(settings.images().cameraInfoUrl(), System.getenv());
    BagReader bag = BagReader.open(file);
    try {
      BagTopics.Found topics = choice.find(file, bag.connections(), settings);
      BagFrameSource source = new BagFrameSource(file, bag, topics, settings, calibration);
      source.readFirstCalibration();
      bag.select(topics::has);
      return source;
    } catch (IOException | RuntimeException e) {
      bag.close();
      throw e;
    }
  }

  @Override
  public String name() {
    Path last = file.getFileName();
    return last == null ? file.toString() : last.toString();
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
  public @Nullable Frame next() throws IOException, InterruptedException {
    while (!closed) {
      boolean waitsNoLonger = ended || intake.matcher().waiting() == FRAMES_WAITING;
      Frame frame = intake.matcher().poll(waitsNoLonger ? Long.MAX_VALUE : nowNanos);
      if (frame != null) {
        return frame;
      }
      if (ended) {
        return null;
      }
      if (pool.leased() >= poolCapacity) {
        Thread.sleep(POOL_RETRY_MILLIS);
        continue;
      }
      readMessage();
    }
    return null;
  }

  @Override
  public long dropped() {
    return intake.dropped() + malformed.get() + lost;
  }

  @Override
  public InputStatus inputs() {
    BagConnection lens = topics.lens();
    return intake.inputs(topics.image().topic(), lens == null ? null : lens.topic());
  }

  /** Returns the counts of rejected messages by cause. */
  public Map<String, Long> causes() {
    Map<String, Long> causes = new TreeMap<>(intake.causes());
    if (malformed.get() > 0) {
      causes.put("messageMalformed", malformed.get());
    }
    if (lost > 0) {
      causes.put("messageLost", lost);
    }
    return causes;
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

  /** Returns the camera's calibration. Thread-safe. */
  public CameraInfoSource camera() {
    return intake.calibration();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    intake.close();
    try {
      bag.close();
    } catch (IOException e) {
      LOG.debug("closing {}: {}", file, e.toString());
    }
  }

  /** Reads the first camera_info ahead: drivers send it after the image that it belongs to. */
  private void readFirstCalibration() throws IOException {
    if (topics.cameraInfo() == null) {
      return;
    }
    String topic = topics.cameraInfo().topic();
    bag.select(connection -> connection.topic().equals(topic));
    if (bag.next() && read(CameraInfo.TYPE, cameraInfo)) {
      intake.cameraInfo(cameraInfo);
    }
  }

  private void readMessage() throws IOException {
    try {
      if (bag.next()) {
        nowNanos = Math.max(nowNanos, bag.timeNanos());
        process();
      } else {
        ended = true;
        bag.warnings().forEach(warning -> LOG.warn("{}", warning));
      }
      lost = bag.lost();
    } catch (IOException e) {
      if (!closed) {
        throw e;
      }
    }
  }

  private void process() {
    String topic = bag.connection().topic();
    boolean valid;
    if (topic.equals(topics.image().topic())) {
      valid = processImage();
    } else if (topics.lens() != null && topic.equals(topics.lens().topic())) {
      valid = processLens(topics.lens().type());
    } else {
      valid = read(CameraInfo.TYPE, cameraInfo);
      if (valid) {
        intake.cameraInfo(cameraInfo);
      }
    }
    if (!valid) {
      malformed.incrementAndGet();
    }
  }

  private boolean processImage() {
    long arrival = System.nanoTime();
    if (topics.image().type().equals(Image.TYPE.name())) {
      if (read(Image.TYPE, image)) {
        intake.image(image, arrival, bag.timeNanos(), nowNanos);
        return true;
      }
    } else if (read(CompressedImage.TYPE, compressedImage)) {
      intake.compressedImage(compressedImage, arrival, bag.timeNanos(), nowNanos);
      return true;
    }
    return false;
  }

  private boolean processLens(String type) {
    if (type.equals(LensState.TYPE.name())) {
      if (read(LensState.TYPE, lensState)) {
        intake.lensState(lensState);
        return true;
      }
    } else if (read(Float64.TYPE, lensPower)) {
      intake.lensPower(lensPower.data, bag.timeNanos());
      return true;
    }
    return false;
  }

  private <T extends Message> boolean read(MessageType<T> type, T into) {
    try {
      type.read(bag.data(), into);
      return true;
    } catch (MalformedMessageException e) {
      intake.logMalformed(e);
      return false;
    }
  }
}
