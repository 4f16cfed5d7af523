package io.github.rackfocus.sweep;

import io.github.rackfocus.frame.FocusReading;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.IntToDoubleFunction;

/**
 * The focus of frames by counting: for a lens that the exposures step from plane to plane, so that
 * the frame of count {@code c} has step {@code (c + offset) modulo steps} of the sweep.
 *
 * <p>The count is either the camera's own, which comes with each image, or that of the triggers,
 * which comes as a message with the stamp of the exposure. A frame without such a message is
 * counted on from the frame before, as long as no frame is lost between them: their stamps are then
 * one frame period apart. Where a count cannot be trusted, frames have no focus until the next
 * count that can; nothing is guessed. For one thread; allocates nothing per frame.
 */
public final class PlaneCounter {
  /** More frame periods between two frames mean that frames between them were lost. */
  static final double LOST_PERIODS = 1.5;

  private static final double EXTRA_PERIODS = 0.5;
  private static final int MESSAGES = 256;
  private static final int INTERVALS = 64;
  private static final int ENOUGH_INTERVALS = 8;
  private static final int UNKNOWN = -1;

  /** Stamps that are so near are the same, whatever the time between frames is. */
  private static final long SAME_STAMP_NANOS = 1_000_000;

  /** Frames without a plane after the start before that is worth a notice. */
  private static final int PATIENCE = 10;

  /** Where the count of a frame comes from. */
  public enum Count {
    /** Messages with the stamp of each exposure. */
    TRIGGER,
    /** The image's own counter. */
    IMAGE
  }

  /**
   * How frames are counted.
   *
   * @param count where the count comes from
   * @param offset added to each count
   * @param steps frames of a sweep, after which it begins again
   * @param framePeriodNanos time between two frames; 0: measured
   */
  public record Config(Count count, int offset, int steps, long framePeriodNanos) {
    /** Checks every field; a fault names the field, what was found and what is expected. */
    public Config {
      if (steps < 1) {
        throw new IllegalArgumentException("steps is " + steps + "; expected 1 or more");
      }
      if (framePeriodNanos < 0) {
        throw new IllegalArgumentException(
            "framePeriod is " + framePeriodNanos + " ns; expected 0 (measured) or more");
      }
    }
  }

  private final Config config;
  private final FocusReading[] focus;
  private final Consumer<String> notices;
  private final long[] messageStamps = new long[MESSAGES];
  private final int[] messageSteps = new int[MESSAGES];
  private int messages;
  private long lastTrigger = UNKNOWN;
  private long lastTriggerStamp;
  private final long[] intervals = new long[INTERVALS];
  private final long[] sorted = new long[INTERVALS];
  private int intervalCount;
  private boolean hasTriggerPeriod;
  private long measuredPeriod;
  private long lastStamp;
  private long lastImage = UNKNOWN;
  private int lastStep = UNKNOWN;
  private boolean isImageTrusted = true;
  private long imageShift;
  private boolean isLossTold;
  private int unknownInRow;
  private long lost;

  /**
   * @param focusOfStep focus of a step of the sweep, dioptres; steps count from 0
   * @param notices receives a sentence when the count is lost and when it is found again
   */
  public PlaneCounter(Config config, IntToDoubleFunction focusOfStep, Consumer<String> notices) {
    this.config = config;
    this.notices = notices;
    this.focus = new FocusReading[config.steps()];
    for (int step = 0; step < focus.length; step++) {
      focus[step] = FocusReading.at(focusOfStep.applyAsDouble(step));
    }
  }

  /**
   * Adds a message with the count of an exposure.
   *
   * @param stampNanos the stamp of the exposure
   * @param triggers the trigger count
   * @param step the step of the sweep if the driver knows it, or -1
   */
  public ReadingResult add(long stampNanos, long triggers, int step) {
    if (stampNanos <= 0) {
      return ReadingResult.NO_STAMP;
    }
    if (step >= focus.length || triggers < 0) {
      return ReadingResult.OUT_OF_RANGE;
    }
    ReadingResult result = ReadingResult.TAKEN;
    if (stampNanos <= lastTriggerStamp) {
      if (messages > 0 && lastTriggerStamp - stampNanos < 1_000_000_000L) {
        return ReadingResult.BACKWARDS;
      }
      messages = 0;
      lastTrigger = UNKNOWN;
      result = ReadingResult.RESTARTED_BY_TIME;
    }
    boolean stuck = step < 0 && triggers == lastTrigger;
    if (step < 0 && lastTrigger != UNKNOWN && triggers > lastTrigger) {
      if (!hasTriggerPeriod) {
        hasTriggerPeriod = true;
        intervalCount = 0;
      }
      note((stampNanos - lastTriggerStamp) / (triggers - lastTrigger));
    }
    lastTrigger = triggers;
    lastTriggerStamp = stampNanos;
    int at = messages++ % MESSAGES;
    messageStamps[at] = stampNanos;
    if (stuck) {
      messageSteps[at] = UNKNOWN;
      return ReadingResult.NOT_COUNTING;
    }
    messageSteps[at] = step >= 0 ? step : stepOf(triggers);
    if (lastStamp != 0 && Math.abs(stampNanos - lastStamp) <= EXTRA_PERIODS * framePeriod()) {
      resynchronise(messageSteps[at], lastImage); // It came after its frame.
      lastStep = messageSteps[at];
    }
    return result;
  }

  /** Whether no message that may still arrive can belong to a frame. */
  boolean covers(long stampNanos) {
    return config.count() == Count.IMAGE
        || (messages > 0 && (lastTriggerStamp >= stampNanos || nearest(stampNanos) >= 0));
  }

  /**
   * Returns the focus of the next frame.
   *
   * @param image the image's own count
   */
  FocusReading focusOf(long stampNanos, long image) {
    long interval = stampNanos - lastStamp;
    if (lastStamp != 0 && interval <= 0) {
      restart();
      interval = 0;
    }
    int message = nearest(stampNanos);
    int step =
        config.count() == Count.IMAGE
            ? byImage(image, message)
            : message >= 0 ? messageSteps[message] : onFrom(interval);
    tell(step, interval);
    remember(stampNanos, interval, image, step);
    return step == UNKNOWN ? FocusReading.NONE : focus[step];
  }

  private void tell(int step, long interval) {
    if (step != UNKNOWN) {
      if (isLossTold) {
        notices.accept("the plane of each image is known again");
      }
      isLossTold = false;
      unknownInRow = 0;
      return;
    }
    unknownInRow++;
    if (!isLossTold && (lastStep != UNKNOWN || unknownInRow == PATIENCE)) {
      isLossTold = true;
      notices.accept(lossNotice(interval));
    }
  }

  private String lossNotice(long interval) {
    if (config.count() == Count.IMAGE) {
      return "the images' counter (header.seq) does not count on: images have no plane until a"
          + " message on lens_state has the stamp of one and its plane_index, or the node is"
          + " restarted in step with the camera. If the publisher sets no counter, use"
          + " lens.counter: trigger";
    }
    String why =
        framePeriod() == 0
            ? "the time between images is not known yet (expected sweep.period, or "
                + ENOUGH_INTERVALS
                + " images more)"
            : "the count of the images is lost after " + interval / 1_000_000 + " ms without one";
    return why
        + ": images have no plane until a message on lens_state has the stamp of one and its"
        + " plane_index, or the trigger count in sweep_id";
  }

  /** Time went back, as in a bag that loops: stamps and counts begin again. */
  private void restart() {
    lastStep = UNKNOWN;
    lastImage = UNKNOWN;
    isImageTrusted = true;
    intervalCount = 0;
    hasTriggerPeriod = false;
    measuredPeriod = 0;
  }

  private int byImage(long image, int message) {
    if (message >= 0 && messageSteps[message] != UNKNOWN) {
      resynchronise(messageSteps[message], image);
      return messageSteps[message];
    }
    if (lastImage == UNKNOWN) {
      return UNKNOWN; // Whether it counts at all shows with the next one.
    }
    if (image <= lastImage) {
      isImageTrusted = false;
    } else {
      lost += image - lastImage - 1;
    }
    return isImageTrusted ? stepOf(image + imageShift) : UNKNOWN;
  }

  private void resynchronise(int step, long image) {
    if (config.count() == Count.IMAGE && image != UNKNOWN) {
      imageShift = step - stepOf(image);
      isImageTrusted = true;
    }
  }

  /** Returns the index of the message of a frame, or -1. */
  private int nearest(long stampNanos) {
    long period = framePeriod();
    long best = period == 0 ? SAME_STAMP_NANOS : (long) (EXTRA_PERIODS * period);
    int found = -1;
    for (int i = 0; i < Math.min(messages, MESSAGES); i++) {
      long apart = Math.abs(messageStamps[i] - stampNanos);
      if (apart <= best) {
        best = apart;
        found = i;
      }
    }
    return found;
  }

  /** Counts on from the frame before, if none is missing between. */
  private int onFrom(long interval) {
    long period = framePeriod();
    if (lastStep == UNKNOWN || period == 0) {
      return UNKNOWN;
    }
    double periods = (double) interval / period;
    if (periods > LOST_PERIODS || periods < EXTRA_PERIODS) {
      lost += Math.max(0, Math.round(periods) - 1);
      return UNKNOWN;
    }
    return (lastStep + 1) % focus.length;
  }

  private void remember(long stampNanos, long interval, long image, int step) {
    if (lastStamp != 0 && interval > 0 && !hasTriggerPeriod) {
      note(interval);
    }
    lastStamp = stampNanos;
    lastImage = image;
    lastStep = step;
  }

  private void note(long interval) {
    intervals[intervalCount++ % INTERVALS] = interval;
    int known = Math.min(intervalCount, INTERVALS);
    if (hasTriggerPeriod) {
      measuredPeriod = sum(known) / known;
      return;
    }
    System.arraycopy(intervals, 0, sorted, 0, known);
    Arrays.sort(sorted, 0, known);
    // The median of those over which no frame can have been lost.
    int single = 1;
    while (single < known && sorted[single] <= LOST_PERIODS * sorted[0]) {
      single++;
    }
    measuredPeriod = known >= ENOUGH_INTERVALS ? sorted[single / 2] : 0;
  }

  private long sum(int known) {
    long sum = 0;
    for (int i = 0; i < known; i++) {
      sum += intervals[i];
    }
    return sum;
  }

  /** The time between two frames; 0 until it is measured. */
  private long framePeriod() {
    return config.framePeriodNanos() > 0 ? config.framePeriodNanos() : measuredPeriod;
  }

  private int stepOf(long count) {
    return (int) Math.floorMod(count + config.offset(), (long) focus.length);
  }

  /** Number of frames that were lost before they arrived, as far as counts and stamps tell. */
  long lost() {
    return lost;
  }
}
