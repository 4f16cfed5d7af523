package io.github.rackfocus.rosnode;

import io.github.rackfocus.camera.InputStatus;
import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.NumberFormats;
import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.config.RosInputConfig;
import io.github.rackfocus.config.SweepConfig;
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
import io.github.rackfocus.sweep.FrameRectifier;
import io.github.rackfocus.sweep.MatchingConfig;
import io.github.rackfocus.sweep.PlaneCounter;
import io.github.rackfocus.sweep.ReadingResult;
import io.github.rackfocus.sweep.UnknownFocus;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns ROS messages from topics or bags into frames matched with lens readings. Rejected messages
 * are counted by cause and logged at most once a second.
 *
 * <p>Images are accepted from one thread, lens readings and camera infos from any thread. Frames
 * may be taken by any thread.
 */
final class FrameIntake implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FrameIntake.class);
  private static final int UNKNOWN_PLANE = 65535;
  private static final long MAX_RECEIVE_NANOS = 10_000_000_000L;

  private final String name;
  private final double lensLatencySeconds;
  private final LensChecks checks;
  private final boolean isCounted;
  private final SweepConfig sweep;
  private final ImageDecoder decoder;
  private final Decoding<Image> rawDecoding;
  private final Decoding<CompressedImage> compressedDecoding;
  private final InputCalibration calibration;
  private final FrameFocusMatcher matcher;
  private final InputTally tally = new InputTally();
  private final SweepIds sweepIds = new SweepIds();
  private final AtomicLongArray imageFaults = new AtomicLongArray(InputFault.values().length);
  private final AtomicLongArray readings = new AtomicLongArray(ReadingResult.values().length);
  private final RateLimitedLogger warnings = new RateLimitedLogger(LOG);
  private String lastContradiction = "";
  private long sequence;
  private long lastStamp;
  private final TimeJump timeJump = new TimeJump();
  private volatile boolean closed;

  /** Decodes one kind of image message to a frame that is not sealed yet. */
  @FunctionalInterface
  private interface Decoding<M> {
    Frame decode(M image, @Nullable FrameRectifier rectifier) throws BadImageException;
  }

  /**
   * @param name of the images' source, for messages
   * @param imageTopic whose name tells whether the images are rectified
   * @param file the calibration of a camera file, or null if there is none
   * @param frameId the optical frame until an image has one
   * @param framesWaiting maximum number of frames that wait for a reading or to be taken
   */
  FrameIntake(
      String name,
      String imageTopic,
      RosInputConfig settings,
      FramePool pool,
      @Nullable CameraCalibration file,
      String frameId,
      int framesWaiting) {
    this.name = name;
    this.lensLatencySeconds = settings.lens().latencySeconds();
    this.decoder =
        new ImageDecoder(pool, settings.images().bitDepth(), 2 * settings.sweep().axis().planes());
    this.rawDecoding = decoder::decode;
    this.compressedDecoding = decoder::decode;
    this.calibration = new InputCalibration(settings.images().rectify(), imageTopic, file, frameId);
    warnOfCaution();
    MatchingConfig stated = settings.lens().matching().withToleranceFor(settings.sweep().axis());
    MatchingConfig options = file == null ? stated : stated.with(file.lens());
    this.sweep = settings.sweep();
    this.checks =
        new LensChecks(
            file == null ? null : file.lens(),
            (settings.sweep().axis().nearest() - settings.sweep().axis().farthest())
                / (settings.sweep().axis().planes() - 1),
            warning -> LOG.warn("{}: {}", name, warning));
    this.isCounted = settings.lens().input() == RosInputConfig.LensInput.COUNTER;
    this.matcher =
        switch (settings.lens().input()) {
          case STAMP ->
              FrameFocusMatcher.byStamp(options, framesWaiting, settings.sweep().focusAtStamp());
          case COUNTER -> FrameFocusMatcher.byCounter(options, framesWaiting, counter(settings));
          case STATE, POWER -> FrameFocusMatcher.byReadings(options, framesWaiting);
        };
  }

  private PlaneCounter counter(RosInputConfig settings) {
    SweepConfig sweep = settings.sweep();
    return new PlaneCounter(
        new PlaneCounter.Config(
            settings.lens().counter(),
            settings.lens().counterOffset(),
            sweep.frames(),
            sweep.framePeriodNanos()),
        sweep::focusOfFrame,
        notice -> LOG.warn("{}: {}", name, notice));
  }

  /** Checks compressed images for damage, which takes as long as decoding them. */
  void checkForDamage() {
    decoder.checkForDamage();
  }

  /** Sets what tells whether frames should carry colour; it is asked on the decoding thread. */
  void colourDemand(BooleanSupplier wanted) {
    decoder.colourDemand(wanted);
  }

  /** Returns the camera's calibration. */
  InputCalibration calibration() {
    return calibration;
  }

  /** Returns the matcher, from which frames are taken. */
  FrameFocusMatcher matcher() {
    return matcher;
  }

  /**
   * Returns what has arrived.
   *
   * @param lensTopic topic of the lens readings; null if none are needed
   */
  InputStatus inputs(String imageTopic, @Nullable String lensTopic) {
    return tally.status(imageTopic, lensTopic);
  }

  /** Returns the sweep numbers of the lens driver by time. */
  SweepIds sweepIds() {
    return sweepIds;
  }

  /**
   * Accepts an image.
   *
   * @param arrivalNanos monotonic time at which its last byte arrived
   * @param arrivalStampNanos the same in the time of the stamps; 0 if unknown
   * @param now time for the matcher's maximum wait
   */
  void image(Image image, long arrivalNanos, long arrivalStampNanos, long now) {
    accept(image, image.header, rawDecoding, arrivalNanos, arrivalStampNanos, now);
  }

  /** Accepts a compressed image; parameters as in {@link #image}. */
  void compressedImage(CompressedImage image, long arrivalNanos, long arrivalStampNanos, long now) {
    accept(image, image.header, compressedDecoding, arrivalNanos, arrivalStampNanos, now);
  }

  private synchronized <M> void accept(
      M image,
      Header header,
      Decoding<M> decoding,
      long arrivalNanos,
      long arrivalStampNanos,
      long now) {
    if (closed) {
      return;
    }
    tally.imageReceived();
    try {
      checkStamp(header.stampNanos);
      Frame frame = decoding.decode(image, calibration.rectifier());
      checkSize(frame);
      tally.imageAccepted(header.stampNanos);
      offer(frame, header, arrivalNanos, arrivalStampNanos, now);
    } catch (BadImageException e) {
      reject(e);
    }
  }

  /** Accepts a reading of the lens driver. */
  void lensState(LensState state) {
    if (isCounted) {
      count(state);
      return;
    }
    ReadingResult result =
        reading(
            state.header.stampNanos,
            new FocusReading(
                state.focusDioptres,
                state.lensPowerDioptres,
                state.settled,
                state.temperatureCelsius,
                state.direction));
    if (result.isTaken()) {
      sweepIds.add(state.header.stampNanos, state.sweepId, result != ReadingResult.TAKEN);
    }
  }

  private void count(LensState state) {
    int step =
        state.planeIndex == UNKNOWN_PLANE
            ? -1
            : sweep.frameOfPlane(state.planeIndex, state.direction);
    tally.readingReceived();
    ReadingResult result = matcher.addCount(state.header.stampNanos, state.sweepId, step);
    readings.incrementAndGet(result.ordinal());
    if (result.isTaken()) {
      tally.readingAccepted(state.header.stampNanos, Double.NaN);
    } else {
      warnings.warn(
          "{}: a count at {} s was rejected: {} (sweep_id {}, plane_index {})",
          name,
          NumberFormats.seconds(state.header.stampNanos),
          result.key(),
          state.sweepId,
          state.planeIndex);
    }
  }

  /**
   * Accepts a lens power without a stamp.
   *
   * @param arrivalStampNanos when it arrived, in the time of the stamps
   */
  void lensPower(double dioptres, long arrivalStampNanos) {
    reading(
        arrivalStampNanos - Math.round(1e9 * lensLatencySeconds),
        new FocusReading(Double.NaN, dioptres, true, Float.NaN, 0));
  }

  /** Accepts the driver's calibration, which is used unless there is a camera file. */
  void cameraInfo(CameraInfo info) {
    try {
      if (calibration.offer(info)) {
        LOG.info("{}: camera_info has a {}", name, calibration.calibration());
        warnOfCaution();
      }
    } catch (IllegalArgumentException e) {
      warnings.warn("{}: camera_info was rejected: {}", name, ErrorMessages.of(e));
    }
  }

  /** Logs that a message does not match its type; the caller counts it. */
  void logMalformed(MalformedMessageException fault) {
    warnings.warn("{}: a message was dropped: {}", name, ErrorMessages.of(fault));
  }

  /** Returns the number of rejected images and of frames dropped because the queue was full. */
  long dropped() {
    long sum = matcher.overflowed();
    for (int i = 0; i < imageFaults.length(); i++) {
      sum += imageFaults.get(i);
    }
    return sum;
  }

  /** Returns the counts of rejected images, frames and readings by cause, without zeros. */
  Map<String, Long> causes() {
    Map<String, Long> causes = new TreeMap<>();
    for (InputFault fault : InputFault.values()) {
      put(causes, fault.key(), imageFaults.get(fault.ordinal()));
    }
    for (ReadingResult result : ReadingResult.values()) {
      if (!result.isTaken()) {
        put(causes, result.key(), readings.get(result.ordinal()));
      }
    }
    put(causes, "imageLost", matcher.lost());
    put(causes, "imageQueueFull", matcher.overflowed());
    put(causes, "imageWithoutReading", matcher.withoutReading());
    for (UnknownFocus cause : UnknownFocus.values()) {
      put(causes, cause.key(), matcher.withoutReading(cause));
    }
    return causes;
  }

  /** Returns the number of accepted lens readings. */
  long readingsTaken() {
    return readings.get(ReadingResult.TAKEN.ordinal())
        + readings.get(ReadingResult.RESTARTED_BY_TIME.ordinal());
  }

  /** Closes the waiting frames; later messages are ignored. */
  @Override
  public void close() {
    closed = true;
    matcher.close();
    synchronized (this) {
      decoder.close();
      calibration.close();
    }
  }

  /** Returns 0 if the clocks of camera and node are evidently not synchronised. */
  private static long receiveNanos(long stampNanos, long arrivalStampNanos) {
    long nanos = arrivalStampNanos - stampNanos;
    return nanos > 0 && nanos < MAX_RECEIVE_NANOS ? nanos : 0;
  }

  private void offer(
      Frame frame, Header header, long arrivalNanos, long arrivalStampNanos, long now) {
    calibration.frameId(header.frameId);
    frame.seal(
        header.stampNanos,
        sequence++,
        FocusReading.NONE,
        arrivalNanos,
        receiveNanos(header.stampNanos, arrivalStampNanos),
        System.nanoTime() - arrivalNanos);
    matcher.offer(frame, now, header.seq);
  }

  private ReadingResult reading(long stampNanos, FocusReading reading) {
    tally.readingReceived();
    ReadingResult result = matcher.addReading(stampNanos, reading);
    readings.incrementAndGet(result.ordinal());
    if (result.isTaken()) {
      tally.readingAccepted(stampNanos, matcher.newestReading().focus());
      checks.check(reading);
    } else {
      warnings.warn(
          "{}: a lens reading at {} s was rejected: {} (focus {}, lens power {} dioptres)",
          name,
          NumberFormats.seconds(stampNanos),
          result.key(),
          reading.focus(),
          reading.lensPowerDioptres());
    }
    return result;
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
              + NumberFormats.seconds(stampNanos)
              + " s after one of "
              + NumberFormats.seconds(lastStamp)
              + " s; expected a later one");
    }
    timeJump.reset();
    lastStamp = stampNanos;
  }

  /**
   * Compares an image with the calibration, also where it is not rectified. One of a file refuses
   * it; what a topic says wrongly costs only what depends on it.
   */
  private void checkSize(Frame frame) throws BadImageException {
    String contradiction = calibration.contradiction(frame.width(), frame.height());
    if (contradiction == null) {
      return;
    }
    if (calibration.isFromFile()) {
      frame.close();
      throw new BadImageException(InputFault.CALIBRATION, contradiction);
    }
    if (!contradiction.equals(lastContradiction)) {
      lastContradiction = contradiction;
      LOG.warn(
          "{}: camera_info does not fit the images: {}; maps have no camera_info",
          name,
          contradiction);
    }
  }

  private void warnOfCaution() {
    String caution = calibration.caution();
    if (caution != null) {
      LOG.warn("{}: {}", name, caution);
    }
  }

  private void reject(BadImageException e) {
    imageFaults.incrementAndGet(e.fault().ordinal());
    warnings.warn("{}: an image was dropped: {}", name, ErrorMessages.of(e));
  }

  private static void put(Map<String, Long> causes, String key, long count) {
    if (count > 0) {
      causes.put(key, count);
    }
  }
}
