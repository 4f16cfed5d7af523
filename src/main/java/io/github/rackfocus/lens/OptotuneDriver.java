package io.github.rackfocus.lens;

import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;

/**
 * Optotune's Lens Driver 4 and 4i in focal-power mode, in which the driver compensates for the
 * temperature of the lens.
 *
 * <p>The power that is read is the one the driver holds, not a measurement: the lens follows within
 * its settling time. Commands are not answered, so that a wrong one shows in the next reading.
 *
 * <p>Source: Optotune, "Lens Driver 4 manual". A frame that is damaged on the way is asked for
 * again.
 */
final class OptotuneDriver implements LensDriver {
  /** Temperatures between which the driver is asked to reach its powers; it tells which. */
  private static final int MIN_CELSIUS = 15;

  private static final int MAX_CELSIUS = 50;

  private static final int PER_DEGREE = 16;
  private static final double DEGREES = 0.0625;
  private static final double PER_DIOPTRE = 200;
  private static final double OFFSET_TYPE_A = 5;
  private static final long TEMPERATURE_NANOS = 1_000_000_000L;
  private static final byte[] START = "Start".getBytes(StandardCharsets.US_ASCII);
  private static final String READY = "Ready\r\n";

  private final String name;
  private final Exchange exchange;
  private double offset;
  private float celsius = Float.NaN;
  private long celsiusNanos;

  OptotuneDriver(String name, LensPort.Opener opener, LongSupplier clock) {
    this.name = name;
    this.exchange = new Exchange(name, opener, clock);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public boolean isFocus() {
    return false;
  }

  @Override
  public LensRange connect() throws LensException {
    exchange.open();
    celsius = Float.NaN;
    try {
      return handshake();
    } catch (LensException e) {
      close();
      throw e;
    }
  }

  private LensRange handshake() throws LensException {
    start();
    int at = ask(OptotuneFrames.command("H"), 'H', 2, "firmware type");
    char type = (char) exchange.bytes()[at + 1];
    if (type < 'A' || type > 'Z') {
      throw new LensException(name + ": firmware type is " + (int) type + "; expected a letter");
    }
    offset = type == 'A' ? OFFSET_TYPE_A : 0;
    int limits =
        ask(
            OptotuneFrames.command("PwTA", MAX_CELSIUS * PER_DEGREE, MIN_CELSIUS * PER_DEGREE),
            'P',
            7,
            "temperature limits");
    accepted(exchange.bytes()[limits + 2], "temperature limits");
    int mode = ask(OptotuneFrames.command("MwCA"), 'M', 8, "focal-power mode");
    accepted(exchange.bytes()[mode + 3], "focal-power mode");
    double max = dioptres(OptotuneFrames.word(exchange.bytes(), mode + 4));
    double min = dioptres(OptotuneFrames.word(exchange.bytes(), mode + 6));
    if (min > max) {
      throw new LensException(
          name + ": range of the lens is " + min + " to " + max + "; expected an ascending one");
    }
    return new LensRange(min, max);
  }

  private void start() throws LensException {
    exchange.ask(
        START,
        (bytes, count) -> new String(bytes, 0, count, StandardCharsets.ISO_8859_1).contains(READY),
        "connection (Start; expected Ready from an Optotune Lens Driver 4 or 4i)");
  }

  private void accepted(byte error, String what) throws LensException {
    if (error != 0) {
      throw new LensException(
          name + ": " + what + " was refused with error " + (error & 0xff) + "; expected 0");
    }
  }

  @Override
  public void set(double dioptres) throws LensException {
    long value = Math.round((dioptres + offset) * PER_DIOPTRE);
    if (value < Short.MIN_VALUE || value > Short.MAX_VALUE) {
      throw new LensException(
          name + ": power " + dioptres + " dioptres cannot be told; expected -158 to 158");
    }
    exchange.send(OptotuneFrames.command("PwDA", (int) value, 0));
  }

  @Override
  public LensSample read() throws LensException {
    int power = ask(OptotuneFrames.command("PrDA", 0, 0), 'P', 4, "power");
    double dioptres = dioptres(OptotuneFrames.word(exchange.bytes(), power + 2));
    long stamp = exchange.stampNanos();
    long span = exchange.spanNanos();
    // A lens warms slowly, and each exchange delays the next command.
    long now = System.nanoTime();
    if (Float.isNaN(celsius) || now - celsiusNanos > TEMPERATURE_NANOS) {
      int temperature = ask(OptotuneFrames.command("TCA"), 'T', 5, "temperature");
      celsius = (float) (DEGREES * OptotuneFrames.word(exchange.bytes(), temperature + 3));
      celsiusNanos = now;
    }
    return new LensSample(dioptres, celsius, stamp, span);
  }

  /** Asks, and returns where the content of the answer begins. */
  private int ask(byte[] command, char letter, int length, String what) throws LensException {
    int count =
        exchange.ask(
            command, (bytes, some) -> OptotuneFrames.find(bytes, some, letter, length) >= 0, what);
    return OptotuneFrames.find(exchange.bytes(), count, letter, length);
  }

  private double dioptres(int value) {
    return value / PER_DIOPTRE - offset;
  }

  @Override
  public void close() {
    exchange.close();
  }
}
