package io.github.rackfocus.sweep;

import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.TimeJump;
import org.jspecify.annotations.Nullable;

/**
 * The newest lens readings in the order of their stamps, and the focus at any time they cover.
 * Bounded: the oldest reading is dropped for a new one. A reading holds later than its stamp by the
 * lens's {@linkplain LensTiming delay}. For one thread.
 */
final class LensReadings {
  /** One second of a driver that reads at 4 kHz, four minutes of one that reads with each frame. */
  static final int CAPACITY = 4096;

  /** 1000 dioptres is a focus at one millimetre, beyond any lens. */
  static final double MAX_DIOPTRES = 1000;

  private final MatchingConfig options;
  private final long[] stamps = new long[CAPACITY];
  private final FocusReading[] readings = new FocusReading[CAPACITY];
  private int first;
  private int count;
  private final TimeJump timeJump = new TimeJump();
  private final long delayUp;
  private final long delayDown;

  LensReadings(MatchingConfig options) {
    this.options = options;
    this.delayUp = options.timing().delayUpNanos();
    this.delayDown = options.timing().delayDownNanos();
  }

  /** Adds a reading if it is plausible. */
  ReadingResult add(long stampNanos, FocusReading reading) {
    double focus = reading.focus();
    double power = reading.lensPowerDioptres();
    if (Double.isNaN(focus)) {
      focus =
          options.focusAtPower(power, reading.temperatureCelsius())
              - options.timing().hysteresisDioptres() * reading.direction();
    }
    if (Double.isNaN(focus)) {
      return ReadingResult.NOT_A_NUMBER;
    }
    if (!(focus >= 0 && focus <= MAX_DIOPTRES) || Double.isInfinite(power)) {
      return ReadingResult.OUT_OF_RANGE;
    }
    if (stampNanos <= 0) {
      return ReadingResult.NO_STAMP;
    }
    ReadingResult verdict = ReadingResult.TAKEN;
    if (count > 0 && stampNanos <= stamps[at(count - 1)]) {
      if (!timeJump.isJump(stampNanos)) {
        return ReadingResult.BACKWARDS;
      }
      count = 0;
      verdict = ReadingResult.RESTARTED_BY_TIME;
    }
    timeJump.reset();
    append(
        stampNanos,
        Double.compare(focus, reading.focus()) == 0
            ? reading
            : new FocusReading(
                focus,
                power,
                reading.settled(),
                reading.temperatureCelsius(),
                reading.direction()));
    return verdict;
  }

  /** Whether later readings cannot change the focus at a time. */
  boolean covers(long timeNanos) {
    return count > 0 && stamps[at(count - 1)] >= timeNanos - Math.min(delayUp, delayDown);
  }

  /** Returns the reading at a time, or {@link FocusReading#NONE} if it is not known yet. */
  FocusReading at(long timeNanos) {
    if (delayUp == delayDown || motionAt(timeNanos - delayUp) > 0) {
      return stampedAt(timeNanos - delayUp);
    }
    if (motionAt(timeNanos - delayDown) < 0) {
      return stampedAt(timeNanos - delayDown);
    }
    // The lens turns or holds in between, where it hardly moves.
    return stampedAt(timeNanos - (delayUp + delayDown) / 2);
  }

  /** Returns the direction in which the reading moves at a stamp: +1, -1, or 0 if unknown. */
  private int motionAt(long stampNanos) {
    int before = lastAtOrBefore(stampNanos);
    if (before < 0) {
      return 0;
    }
    FocusReading reading = readings[at(before)];
    if (reading.direction() != 0) {
      return reading.direction();
    }
    // A lens that steps came from the reading before; any other is on its way to the next.
    int from = options.between() == MatchingConfig.Between.LINEAR ? before : before - 1;
    return from < 0 || from + 1 >= count
        ? 0
        : (int) Math.signum(readings[at(from + 1)].focus() - readings[at(from)].focus());
  }

  private FocusReading stampedAt(long timeNanos) {
    int before = lastAtOrBefore(timeNanos);
    if (before < 0) {
      return FocusReading.NONE;
    }
    FocusReading reading = readings[at(before)];
    long age = timeNanos - stamps[at(before)];
    if (age == 0) {
      return reading;
    }
    boolean held =
        switch (options.between()) {
          case HELD -> true;
          case LINEAR -> false;
          case BY_DIRECTION -> reading.direction() == 0;
        };
    if (held) {
      return age <= options.maxReadingAgeNanos() ? reading : FocusReading.NONE;
    }
    if (before + 1 == count) {
      return FocusReading.NONE;
    }
    long gap = stamps[at(before + 1)] - stamps[at(before)];
    return gap <= options.maxReadingAgeNanos()
        ? between(reading, readings[at(before + 1)], (double) age / gap)
        : FocusReading.NONE;
  }

  /** The newest reading, or null. */
  @Nullable FocusReading newest() {
    return count == 0 ? null : readings[at(count - 1)];
  }

  private static FocusReading between(FocusReading from, FocusReading to, double share) {
    double focus = from.focus() + share * (to.focus() - from.focus());
    double power =
        from.lensPowerDioptres() + share * (to.lensPowerDioptres() - from.lensPowerDioptres());
    return new FocusReading(
        // Rounding may exceed the interval by the last bit.
        Math.min(
            Math.max(focus, Math.min(from.focus(), to.focus())),
            Math.max(from.focus(), to.focus())),
        power,
        from.settled() && to.settled(),
        from.temperatureCelsius(),
        from.direction());
  }

  private void append(long stampNanos, FocusReading reading) {
    if (count == CAPACITY) {
      first = (first + 1) % CAPACITY;
      count--;
    }
    stamps[at(count)] = stampNanos;
    readings[at(count)] = reading;
    count++;
  }

  private int lastAtOrBefore(long timeNanos) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (stamps[at(middle)] <= timeNanos) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low - 1;
  }

  private int at(int index) {
    return (first + index) % CAPACITY;
  }
}
