package io.github.rackfocus.sweep;

import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.TimeJump;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The newest lens readings in the order of their stamps, and the focus at any time they cover.
 *
 * <p>A reading that is rejected says that from its stamp on the focus is unknown: the reading
 * before it does not hold any longer, and nothing is interpolated across it.
 *
 * <p>Bounded: the oldest reading is dropped for a new one. A reading holds later than its stamp by
 * the lens's {@linkplain LensTiming delay}. For one thread.
 */
final class LensReadings {
  /** One second of a driver that reads at 4 kHz, four minutes of one that reads with each frame. */
  static final int CAPACITY = 4096;

  /** 1000 dioptres is a focus at one millimetre, beyond any lens, on either side of infinity. */
  static final double MAX_DIOPTRES = 1000;

  /** Time after which a temperature says nothing of the present. */
  private static final long MAX_TEMPERATURE_AGE_NANOS = 60_000_000_000L;

  private static final double MIN_CELSIUS = -100;
  private static final double MAX_CELSIUS = 200;

  private final MatchingConfig options;
  private final LensSteps steps;
  private final long[] stamps = new long[CAPACITY];
  private final FocusReading[] readings = new FocusReading[CAPACITY];
  private int first;
  private int count;
  private final TimeJump timeJump = new TimeJump();
  private final ReadingCadence cadence = new ReadingCadence();
  private final LongUnaryOperator stampAtOrBefore = this::stampAtOrBefore;
  private final long delayUp;
  private final long delayDown;
  private FocusReading newest = FocusReading.NONE;
  private float celsius = Float.NaN;
  private long celsiusStampNanos;
  private boolean restarted;
  private UnknownFocus unknown = UnknownFocus.NO_READING;

  LensReadings(MatchingConfig options) {
    this.options = options;
    this.steps = new LensSteps(options.toleranceDioptres());
    this.delayUp = options.timing().delayUpNanos();
    this.delayDown = options.timing().delayDownNanos();
  }

  /** Adds a reading; if it is not plausible, notes that the focus is unknown from its stamp on. */
  ReadingResult add(long stampNanos, FocusReading reading) {
    if (stampNanos <= 0) {
      return ReadingResult.NO_STAMP;
    }
    double focus = focusOf(stampNanos, reading);
    ReadingResult fault = faultOf(focus, reading);
    if (count > 0 && stampNanos <= stamps[at(count - 1)]) {
      if (!timeJump.isJump(stampNanos)) {
        contradict(stampNanos, fault == null ? focus : Double.NaN, reading.settled());
        return fault == null ? ReadingResult.BACKWARDS : fault;
      }
      count = 0;
      celsius = Float.NaN;
      restarted = true;
    }
    timeJump.reset();
    append(stampNanos, fault == null ? withFocus(reading, focus) : FocusReading.NONE);
    if (fault != null) {
      return fault;
    }
    newest = readings[at(count - 1)];
    ReadingResult result = restarted ? ReadingResult.RESTARTED_BY_TIME : ReadingResult.TAKEN;
    restarted = false;
    return result;
  }

  private double focusOf(long stampNanos, FocusReading reading) {
    if (!Double.isNaN(reading.focus())) {
      return reading.focus();
    }
    return options.focusAtPower(
        reading.lensPowerDioptres(), temperature(stampNanos, reading), reading.direction());
  }

  /**
   * Returns the temperature of a reading, or the last one if the reading has none: a lens does not
   * cool down because one reading lacks the temperature.
   */
  private float temperature(long stampNanos, FocusReading reading) {
    float now = reading.temperatureCelsius();
    if (now >= MIN_CELSIUS && now <= MAX_CELSIUS) {
      celsius = now;
      celsiusStampNanos = stampNanos;
    } else if (Math.abs(stampNanos - celsiusStampNanos) > MAX_TEMPERATURE_AGE_NANOS) {
      celsius = Float.NaN;
    }
    return celsius;
  }

  private static @Nullable ReadingResult faultOf(double focus, FocusReading reading) {
    if (Double.isNaN(focus)) {
      return ReadingResult.NOT_A_NUMBER;
    }
    return Math.abs(focus) > MAX_DIOPTRES || Double.isInfinite(reading.lensPowerDioptres())
        ? ReadingResult.OUT_OF_RANGE
        : null;
  }

  private static FocusReading withFocus(FocusReading reading, double focus) {
    return Double.compare(focus, reading.focus()) == 0
        ? reading
        : new FocusReading(
            focus,
            reading.lensPowerDioptres(),
            reading.settled(),
            reading.temperatureCelsius(),
            reading.direction());
  }

  /**
   * Notes a reading that comes too late for its place. If it agrees with what is known at its
   * stamp, nothing changes; otherwise the focus is unknown from there on.
   */
  private void contradict(long stampNanos, double focus, boolean settled) {
    int before = lastAtOrBefore(stampNanos);
    if (before < 0) {
      return; // Nothing is known before the first reading anyway.
    }
    FocusReading known = stampedAt(stampNanos);
    boolean agrees = Math.abs(known.focus() - focus) <= options.toleranceDioptres();
    boolean sameStamp = stamps[at(before)] == stampNanos;
    if (agrees && (settled || !known.settled() || !sameStamp)) {
      return;
    }
    FocusReading instead =
        agrees
            ? new FocusReading(
                known.focus(),
                known.lensPowerDioptres(),
                false,
                known.temperatureCelsius(),
                known.direction())
            : FocusReading.NONE;
    if (sameStamp) {
      readings[at(before)] = instead;
    } else {
      insert(before + 1, stampNanos, instead);
    }
  }

  private void insert(int place, long stampNanos, FocusReading reading) {
    int index = place;
    if (count == CAPACITY) {
      first = (first + 1) % CAPACITY;
      count--;
      index--;
    }
    for (int i = count; i > index; i--) {
      stamps[at(i)] = stamps[at(i - 1)];
      readings[at(i)] = readings[at(i - 1)];
    }
    stamps[at(index)] = stampNanos;
    readings[at(index)] = reading;
    count++;
  }

  /** Whether later readings cannot change the focus at a time. */
  boolean covers(long timeNanos) {
    return count > 0 && stamps[at(count - 1)] >= timeNanos - Math.min(delayUp, delayDown);
  }

  /**
   * Returns the reading at the time of a frame, or {@link FocusReading#NONE} if it is not known.
   * Frames come in the order of their times.
   */
  FocusReading ofFrame(long timeNanos) {
    long stamp = stampFor(timeNanos);
    FocusReading reading = stampedAt(stamp);
    boolean missing = reading.isKnown() && isHeld(reading) && isMissing(stamp);
    cadence.addFrame(stamp);
    return missing ? unknown(UnknownFocus.LATE) : reading;
  }

  private boolean isMissing(long stampNanos) {
    return cadence.isMissing(stampNanos, stamps[at(count - 1)], stampAtOrBefore);
  }

  private long stampAtOrBefore(long timeNanos) {
    int before = lastAtOrBefore(timeNanos);
    return before < 0 ? Long.MIN_VALUE : stamps[at(before)];
  }

  /** Returns the stamp of the readings at which the optics are where they are at a time. */
  private long stampFor(long timeNanos) {
    if (delayUp == delayDown || motionAt(timeNanos - delayUp) > 0) {
      return timeNanos - delayUp;
    }
    if (motionAt(timeNanos - delayDown) < 0) {
      return timeNanos - delayDown;
    }
    // The lens turns or holds in between, where it hardly moves.
    return timeNanos - (delayUp + delayDown) / 2;
  }

  /** Why the focus was unknown when it was last asked for. */
  UnknownFocus unknown() {
    return unknown;
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
      return unknown(UnknownFocus.NO_READING);
    }
    FocusReading reading = readings[at(before)];
    long age = timeNanos - stamps[at(before)];
    if (!reading.isKnown()) {
      return unknown(
          age <= options.maxReadingAgeNanos() ? UnknownFocus.REFUSED : UnknownFocus.NO_READING);
    }
    if (age == 0) {
      return reading;
    }
    if (isHeld(reading)) {
      return age <= options.maxReadingAgeNanos() ? reading : unknown(UnknownFocus.NO_READING);
    }
    if (before + 1 == count) {
      return unknown(UnknownFocus.NO_READING);
    }
    FocusReading next = readings[at(before + 1)];
    long gap = stamps[at(before + 1)] - stamps[at(before)];
    if (gap > options.maxReadingAgeNanos()) {
      return unknown(UnknownFocus.NO_READING);
    }
    if (!next.isKnown()) {
      return unknown(UnknownFocus.REFUSED);
    }
    return isEven(before)
        ? between(reading, next, (double) age / gap)
        : unknown(UnknownFocus.TURNED);
  }

  private boolean isHeld(FocusReading reading) {
    return switch (options.between()) {
      case HELD -> true;
      case LINEAR -> false;
      case BY_DIRECTION -> reading.direction() == 0;
    };
  }

  /** Whether the lens moves evenly from a reading to the next, as far as readings before tell. */
  private boolean isEven(int from) {
    steps.clear();
    for (int i = from - 1; i >= 0 && !steps.isFull(); i--) {
      FocusReading earlier = readings[at(i)];
      FocusReading later = readings[at(i + 1)];
      long gap = stamps[at(i + 1)] - stamps[at(i)];
      if (!earlier.isKnown() || gap > options.maxReadingAgeNanos() || isHeld(earlier)) {
        break;
      }
      steps.addBefore(later.focus() - earlier.focus(), gap);
    }
    FocusReading before = readings[at(from)];
    FocusReading after = readings[at(from + 1)];
    return steps.isEven(
        after.focus() - before.focus(),
        stamps[at(from + 1)] - stamps[at(from)],
        before.direction(),
        after.direction());
  }

  private FocusReading unknown(UnknownFocus why) {
    unknown = why;
    return FocusReading.NONE;
  }

  /** The newest reading that was accepted, or {@link FocusReading#NONE}. */
  FocusReading newest() {
    return newest;
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
    insert(count, stampNanos, reading);
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
