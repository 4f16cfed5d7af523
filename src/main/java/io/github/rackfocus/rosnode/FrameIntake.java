package io.github.rackfocus.rosnode;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.config.RosInputConfig;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.frame.TimeJump;
import io.github.rackfocus.ros.message.MalformedMessageException;
import io.github.rackfocus.ros.msg.rackfocus_msgs.LensState;
import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.ros.msg.sensor_msgs.CompressedImage;
import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import io.github.rackfocus.ros.msg.std_msgs.Header;
import io.github.rackfocus.sweep.CameraCalibration;
import io.github.rackfocus.sweep.FrameFocusMatcher;
import io.github.rackfocus.sweep.MatchingConfig;
import io.github.rackfocus.sweep.ReadingResult;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * What topics and bags have in common: ROS messages in, matched frames out. What can't be used is
 * counted by cause, said at most once a second, and forgotten.
 *
 * <p>Images come from one thread, lens readings and camera infos from any, and any takes frames.
 */
final class FrameIntake implements AutoCloseable {

  private static final long LONGEST_RECEIVE_NANOS = 10_000_000_000L;

  private final String name;
  private final double lensLatencySeconds;
  private final ImageDecoder decoder;
  private final InputCalibration calibration;
  private final FrameFocusMatcher matcher;
  private final SweepIds sweepIds = new SweepIds();
  private final AtomicLongArray imageFaults = new AtomicLongArray(InputFault.values().length);
  private final AtomicLongArray readings = new AtomicLongArray(ReadingResult.values().length);
  private final RateLimitedLogger trouble = new RateLimitedLogger(LoggerFactory.getLogger(FrameIntake.class));
  private long sequence;
  private long lastStamp;
  private final TimeJump timeJump = new TimeJump();
  private volatile boolean closed;

  /**
   * @param name of the images' source, for messages
   * @param file the calibration of a camera file, or null where there is none
   * @param frameId the optical frame until an image names the driver's
   * @param framesWaiting for a reading, or for whoever takes them
   */
  FrameIntake(
      String name,
      RosInputConfig settings,
      FramePool pool,
      @Nullable CameraCalibration file,
      String frameId,
      int framesWaiting) {
    this.name = name;
    this.lensLatencySeconds = settings.lensLatencySeconds();
    this.decoder = new ImageDecoder(pool, settings.bitDepth());
    this.calibration = new InputCalibration(settings.rectify(), file, frameId);
    MatchingConfig options =
        file == null
            ? settings.matching()
            : settings.matching().withPower(file.lens().powerGain(), file.lens().powerOffset());
    this.matcher =
        settings.lens() == RosInputConfig.LensInput.STAMP
            ? FrameFocusMatcher.byStamp(options, framesWaiting, settings.sweep().focusAtStamp())
            : FrameFocusMatcher.byReadings(options, framesWaiting);
  }

  /** Who knows the camera. */
  InputCalibration calibration() {
    return calibration;
  }

  /** The lens and its frames. */
  FrameFocusMatcher matcher() {
    return matcher;
  }

  /** Which sweep a time belongs to. */
  SweepIds sweepIds() {
    return sweepIds;
  }

  /**
   * Takes an image.
   *
   * @param arrivalNanos when its last byte had come, monotonic
   * @param arrivalStampNanos the same in the time of the stamps; 0 where that is not known
   * @param now the time of the matcher's patience
   */
  synchronized void image(Image image, long arrivalNanos, long arrivalStampNanos, long now) {
    if (closed) {
      return;
    }
    try {
      checkStamp(image.header.stampNanos);
      Frame frame = decoder.decode(image, calibration.rectifier());
      accept(frame, image.header, arrivalNanos, arrivalStampNanos, now);
    } catch (BadImageException e) {
      refuse(e);
    }
  }

  /** Takes a compressed image; else as {@link #image}. */
  synchronized void compressedImage(
      CompressedImage image, long arrivalNanos, long arrivalStampNanos, long now) {
    if (closed) {
      return;
    }
    try {
      checkStamp(image.header.stampNanos);
      Frame frame = decoder.decode(image, calibration.rectifier());
      accept(frame, image.header, arrivalNanos, arrivalStampNanos, now);
    } catch (BadImageException e) {
      refuse(e);
    }
  }

  /** Takes what the lens's driver says. */
  void lensState(LensState state) {
    ReadingResult verdict =
        reading(
            state.header.stampNanos,
            new FocusReading(
                state.focusDioptres,
                state.lensPowerDioptres,
                state.settled,
                state.temperatureCelsius,
                state.direction));
    if (verdict.isTaken()) {
      sweepIds.add(state.header.stampNanos, state.sweepId, verdict != ReadingResult.TAKEN);
    }
  }

  /**
   * Takes a lens power that came without a stamp.
   *
   * @param arrivalStampNanos when it came, in the time of the stamps
   */
  void lensPower(double dioptres, long arrivalStampNanos) {
    reading(
        arrivalStampNanos - Math.round(1e9 * lensLatencySeconds),
        new FocusReading(Double.NaN, dioptres, true, Float.NaN, 0));
  }

  /** Takes the driver's calibration, which counts unless there is a camera file. */
  void cameraInfo(CameraInfo info) {
    try {
      if (calibration.offer(info)) {
        LoggerFactory.getLogger(FrameIntake.class)
            .info("{}: camera_info tells a {}", name, calibration.calibration());
      }
    } catch (IllegalArgumentException e) {
      trouble.warn("{}: camera_info is not used: {}", name, ErrorMessages.of(e));
    }
  }

  /** Says that a message is not what its type says; the caller counts it. */
  void trouble(MalformedMessageException fault) {
    trouble.warn("{}: a message was dropped: {}", name, ErrorMessages.of(fault));
  }

  /** Images that did not become frames, and frames that nobody took in time. */
  long dropped() {
    long sum = matcher.overflowed();
    for (int i = 0; i < imageFaults.length(); i++) {
      sum += imageFaults.get(i);
    }
    return sum;
  }

  /** All counts by cause, of images, frames and readings; causes that did not occur left out. */
  Map<String, Long> causes() {
    Map<String, Long> causes = new TreeMap<>();
    for (InputFault fault : InputFault.values()) {
      put(causes, fault.key(), imageFaults.get(fault.ordinal()));
    }
    for (ReadingResult verdict : ReadingResult.values()) {
      if (!verdict.isTaken()) {
        put(causes, verdict.key(), readings.get(verdict.ordinal()));
      }
    }
    put(causes, "imageQueueFull", matcher.overflowed());
    put(causes, "imageWithoutReading", matcher.withoutReading());
    return causes;
  }

  /** Lens readings that counted. */
  long readingsTaken() {
    return readings.get(ReadingResult.TAKEN.ordinal())
        + readings.get(ReadingResult.RESTARTED_BY_TIME.ordinal());
  }

  /** Closes the frames that wait; what comes later is ignored. */
  @Override
  public void close() {
    closed = true;
    matcher.close();
    synchronized (this) {
      decoder.close();
      calibration.close();
    }
  }

  /** 0 where the clocks of camera and node have nothing to do with each other. */
  private static long receiveNanos(long stampNanos, long arrivalStampNanos) {
    long nanos = arrivalStampNanos - stampNanos;
    return nanos > 0 && nanos < LONGEST_RECEIVE_NANOS ? nanos : 0;
  }

  private void accept(
      Frame frame, Header header, long arrivalNanos, long arrivalStampNanos, long now) {
    calibration.frameId(header.frameId);
    frame.seal(
        header.stampNanos,
        sequence++,
        FocusReading.NONE,
        arrivalNanos,
        receiveNanos(header.stampNanos, arrivalStampNanos),
        System.nanoTime() - arrivalNanos);
    matcher.offer(frame, now);
  }

  private ReadingResult reading(long stampNanos, FocusReading reading) {
    ReadingResult verdict = matcher.addReading(stampNanos, reading);
    readings.incrementAndGet(verdict.ordinal());
    if (!verdict.isTaken()) {
      trouble.warn(
          "{}: a lens reading at {} s was refused: {} (focus {}, lens power {} dioptres)",
          name,
          stampNanos / 1e9,
          verdict.key(),
          reading.focus(),
          reading.lensPowerDioptres());
    }
    return verdict;
  }

  private void checkStamp(long stampNanos) throws BadImageException {
    if (stampNanos == 0) {
      throw new BadImageException(
          InputFault.NO_STAMP, "the stamp is 0; expected the time of the exposure");
    }
    if (stampNanos <= lastStamp && !timeJump.isJump(stampNanos)) {
      throw new BadImageException(
          InputFault.BACKWARDS,
          "the stamp is "
              + stampNanos / 1e9
              + " s after one of "
              + lastStamp / 1e9
              + " s; expected a later one");
    }
    timeJump.reset();
    lastStamp = stampNanos;
  }

  private void refuse(BadImageException e) {
    imageFaults.incrementAndGet(e.fault().ordinal());
    trouble.warn("{}: an image was dropped: {}", name, ErrorMessages.of(e));
  }

  private static void put(Map<String, Long> causes, String key, long count) {
    if (count > 0) {
      causes.put(key, count);
    }
  }
}
