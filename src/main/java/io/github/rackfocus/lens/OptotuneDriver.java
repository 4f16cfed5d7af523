package io.github.rackfocus.lens;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

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
  private static final int ANSWER_MILLIS = 200;
  private static final int ATTEMPTS = 3;
  private static final int MAX_BYTES = 512;
  private static final int MAX_DISCARDED_READS = 8;
  private static final byte[] START = "Start".getBytes(StandardCharsets.US_ASCII);
  private static final String READY = "Ready\r\n";

  private final String name;
  private final LensPort.Opener opener;
  private final byte[] buffer = new byte[MAX_BYTES];
  private volatile @Nullable LensPort port;
  private double offset;

  OptotuneDriver(String name, LensPort.Opener opener) {
    this.name = name;
    this.opener = opener;
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
    close();
    port = opener.open();
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
    char type = (char) buffer[at + 1];
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
    accepted(buffer[limits + 2], "temperature limits");
    int mode = ask(OptotuneFrames.command("MwCA"), 'M', 8, "focal-power mode");
    accepted(buffer[mode + 3], "focal-power mode");
    double max = dioptres(OptotuneFrames.word(buffer, mode + 4));
    double min = dioptres(OptotuneFrames.word(buffer, mode + 6));
    if (min > max) {
      throw new LensException(
          name + ": range of the lens is " + min + " to " + max + "; expected an ascending one");
    }
    return new LensRange(min, max);
  }

  private void start() throws LensException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      discardInput();
      current().write(START);
      int count = 0;
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ANSWER_MILLIS);
      while (count < buffer.length) {
        int more = receive(count, deadline);
        if (more == 0) {
          break;
        }
        count += more;
        if (new String(buffer, 0, count, StandardCharsets.ISO_8859_1).contains(READY)) {
          return;
        }
      }
    }
    throw new LensException(
        name + ": no answer to Start; expected Ready from an Optotune Lens Driver 4 or 4i");
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
    current().write(OptotuneFrames.command("PwDA", (int) value, 0));
  }

  @Override
  public LensSample read() throws LensException {
    int power = ask(OptotuneFrames.command("PrDA", 0, 0), 'P', 4, "power");
    double dioptres = dioptres(OptotuneFrames.word(buffer, power + 2));
    int temperature = ask(OptotuneFrames.command("TCA"), 'T', 5, "temperature");
    return new LensSample(
        dioptres, (float) (DEGREES * OptotuneFrames.word(buffer, temperature + 3)));
  }

  /**
   * Sends a command and waits for its answer, up to three times.
   *
   * @return where the content of the answer begins in the buffer
   */
  private int ask(byte[] command, char letter, int length, String what) throws LensException {
    int damaged = 0;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      discardInput();
      current().write(command);
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ANSWER_MILLIS);
      int count = 0;
      while (count < buffer.length) {
        int more = receive(count, deadline);
        if (more == 0) {
          break;
        }
        count += more;
        int at = OptotuneFrames.find(buffer, count, letter, length);
        if (at >= 0) {
          return at;
        }
      }
      damaged = Math.max(damaged, count);
    }
    throw new LensException(
        name
            + ": no valid answer about the "
            + what
            + " in "
            + ATTEMPTS
            + " attempts; "
            + (damaged == 0 ? "nothing came" : damaged + " bytes came, none a frame with its CRC"));
  }

  /** Reads more bytes into the buffer; returns 0 if the deadline has passed. */
  private int receive(int count, long deadline) throws LensException {
    long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
    return left <= 0 ? 0 : current().read(buffer, count, buffer.length - count, (int) left);
  }

  /** Drops what is left of late answers; bounded, as a device that babbles must not hold us. */
  private void discardInput() throws LensException {
    int reads = 0;
    while (reads < MAX_DISCARDED_READS && current().read(buffer, 0, buffer.length, 0) > 0) {
      reads++;
    }
  }

  private LensPort current() throws LensException {
    LensPort open = port;
    if (open == null) {
      throw new LensException(name + " is not connected");
    }
    return open;
  }

  private double dioptres(int value) {
    return value / PER_DIOPTRE - offset;
  }

  @Override
  public void close() {
    LensPort open = port;
    port = null;
    if (open != null) {
      open.close();
    }
  }
}
