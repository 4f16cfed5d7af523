package io.github.rackfocus.lens;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.LongSupplier;

/**
 * An Optotune Lens Driver 4 with a lens: takes the bytes of commands, gives the bytes of answers,
 * and moves the lens like a well-damped liquid lens. It can be made to misbehave. Thread-safe.
 */
public final class OptotuneEmulator {
  /** What is wrong with the line. Bytes are damaged or invented, never commands. */
  public enum Fault {
    NONE,
    /** Random bytes before every answer. */
    GARBAGE,
    /** Every third answer has a wrong CRC. */
    WRONG_CRC,
    /** Every third answer is cut off. */
    CUT,
    /** No answers. */
    SILENT,
    /** Refuses focal-power mode. */
    REFUSES
  }

  private static final double TIME_CONSTANT_NANOS = 4e6;

  private record Move(double from, double target, long since) {}

  private final List<Move> moves = new ArrayList<>();
  private final char type;
  private final LongSupplier clock;
  private final Random random = new Random(4);
  private final List<Double> commanded = new ArrayList<>();
  private byte[] pending = {};
  private Fault fault = Fault.NONE;
  private int answers;
  private boolean focalPower;
  private double from;
  private double target;
  private long since;

  /**
   * @param type of the firmware
   * @param clock nanoseconds, of the lens's motion
   */
  public OptotuneEmulator(char type, LongSupplier clock) {
    this.type = type;
    this.clock = clock;
    this.since = clock.getAsLong();
  }

  public synchronized void fault(Fault value) {
    fault = value;
  }

  /** Power of the lens itself at a time, dioptres; not before the last command. */
  public synchronized double powerAt(long nanos) {
    double left = Math.exp(-Math.max(0, nanos - since) / TIME_CONSTANT_NANOS);
    return target + (from - target) * left;
  }

  /** Power of the lens itself at any time since it was switched on, dioptres. */
  public synchronized double powerThen(long nanos) {
    for (int i = moves.size() - 1; i >= 0; i--) {
      Move move = moves.get(i);
      if (move.since() <= nanos) {
        double left = Math.exp(-(nanos - move.since()) / TIME_CONSTANT_NANOS);
        return move.target() + (move.from() - move.target()) * left;
      }
    }
    return 0;
  }

  /** Every power that was commanded. */
  public synchronized List<Double> commanded() {
    return List.copyOf(commanded);
  }

  /** Forgets everything, as when its power is cut. */
  public synchronized void reset() {
    pending = new byte[0];
    focalPower = false;
  }

  /** Takes bytes and returns the answers to the commands that they complete. */
  public synchronized byte[] accept(byte[] bytes, int count) {
    byte[] all = Arrays.copyOf(pending, pending.length + count);
    System.arraycopy(bytes, 0, all, pending.length, count);
    byte[] out = {};
    int at = 0;
    while (at < all.length) {
      int length = length(all, at);
      if (length < 0 || at + length > all.length) {
        break;
      }
      byte[] answer = answer(Arrays.copyOfRange(all, at, at + length));
      byte[] more = spoil(answer);
      out = join(out, more);
      at += length;
    }
    pending = Arrays.copyOfRange(all, at, all.length);
    return out;
  }

  /** Length of the command that begins at a place, with its CRC; -1 if not known yet. */
  private static int length(byte[] all, int at) {
    if (all[at] == 'H') {
      return 3;
    }
    if (all[at] == 'S') {
      return 5;
    }
    int left = all.length - at;
    if (left < 4) {
      return all[at] == 'T' && left >= 3 ? 5 : -1;
    }
    String name = new String(all, at, 4, StandardCharsets.US_ASCII);
    return switch (name) {
      case "PwTA", "PwDA", "PrDA" -> 10;
      case "MwCA" -> 6;
      default -> name.startsWith("TCA") ? 5 : 1; // An unknown byte is skipped.
    };
  }

  private byte[] answer(byte[] command) {
    String text = new String(command, StandardCharsets.ISO_8859_1);
    if (text.equals("Start")) {
      return "Ready\r\n".getBytes(StandardCharsets.US_ASCII);
    }
    int content = command.length - 2;
    if (content < 1) {
      return new byte[0];
    }
    int crc = command[content] & 0xff | (command[content + 1] & 0xff) << 8;
    if (crc != OptotuneFrames.crc(command, 0, content)) {
      return "N\r\n".getBytes(StandardCharsets.US_ASCII);
    }
    if (text.startsWith("H")) {
      return OptotuneFrames.answer(new byte[] {'H', (byte) type});
    }
    if (text.startsWith("TCA")) {
      return OptotuneFrames.answer(words("TCA", 31 * 16));
    }
    if (text.startsWith("PwTA")) {
      return OptotuneFrames.answer(join(new byte[] {'P', 'T', 0}, words("", raw(12), raw(-3))));
    }
    if (text.startsWith("MwCA")) {
      focalPower = fault != Fault.REFUSES;
      byte error = (byte) (focalPower ? 0 : 3);
      return OptotuneFrames.answer(
          join(new byte[] {'M', 'C', 'A', error}, words("", raw(12), raw(-3))));
    }
    if (text.startsWith("PwDA") && focalPower) {
      from = powerAt(clock.getAsLong());
      since = clock.getAsLong();
      target = OptotuneFrames.word(command, 4) / 200.0 - (type == 'A' ? 5 : 0);
      commanded.add(target);
      moves.add(new Move(from, target, since));
      return new byte[0];
    }
    // The driver tells what it holds, not where the lens is.
    return text.startsWith("PrDA") ? OptotuneFrames.answer(words("PD", raw(target))) : new byte[0];
  }

  private int raw(double dioptres) {
    return (int) Math.round((dioptres + (type == 'A' ? 5 : 0)) * 200);
  }

  private byte[] spoil(byte[] answer) {
    if (answer.length == 0 || fault == Fault.SILENT) {
      return new byte[0];
    }
    answers++;
    boolean third = answers % 3 == 0;
    if (fault == Fault.GARBAGE) {
      byte[] noise = new byte[random.nextInt(20)];
      random.nextBytes(noise);
      return join(noise, answer);
    }
    if (fault == Fault.WRONG_CRC && third) {
      byte[] wrong = answer.clone();
      wrong[wrong.length - 3] ^= 0x40;
      return wrong;
    }
    return fault == Fault.CUT && third ? Arrays.copyOf(answer, answer.length / 2) : answer;
  }

  private static byte[] words(String letters, int... words) {
    byte[] frame = OptotuneFrames.command(letters, words);
    return Arrays.copyOf(frame, frame.length - 2);
  }

  private static byte[] join(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }
}
