package io.github.rackfocus.lens;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Questions and answers over a port: opens it, asks up to three times, and knows when the answer
 * was given. For one thread, except {@link #close}.
 */
final class Exchange implements AutoCloseable {
  /** Finds a whole answer among bytes that may have garbage before it. */
  @FunctionalInterface
  interface Answer {
    /**
     * @param count bytes that have come
     * @return whether the answer is whole
     */
    boolean isWhole(byte[] bytes, int count);
  }

  private static final int ANSWER_MILLIS = 200;
  private static final int ATTEMPTS = 3;
  private static final int MAX_BYTES = 1024;

  /** A device that babbles must not hold us. */
  private static final int MAX_DISCARDED_READS = 8;

  private final String name;
  private final LensPort.Opener opener;
  private final LongSupplier clock;
  private final byte[] buffer = new byte[MAX_BYTES];
  private volatile @Nullable LensPort port;
  private long askedNanos;
  private long answeredNanos;

  /**
   * @param clock of the stamps
   */
  Exchange(String name, LensPort.Opener opener, LongSupplier clock) {
    this.name = name;
    this.opener = opener;
    this.clock = clock;
  }

  /** Opens the port anew. */
  void open() throws LensException {
    close();
    port = opener.open();
  }

  /** Sends bytes that are not answered. */
  void send(byte[] bytes) throws LensException {
    current().write(bytes);
  }

  /**
   * Sends a question until it is answered.
   *
   * @param what is asked, for messages
   * @return the number of bytes of the answer, which are in {@link #bytes}
   * @throws LensException if there is no whole answer
   */
  int ask(byte[] question, Answer answer, String what) throws LensException {
    int most = 0;
    discard(0);
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      askedNanos = clock.getAsLong();
      current().write(question);
      int count = receive(answer);
      if (count > 0) {
        answeredNanos = clock.getAsLong();
        return count;
      }
      most = Math.max(most, -count);
      // The answer may still come, and must not be taken for that of the next question.
      discard(ANSWER_MILLIS);
    }
    throw new LensException(
        name
            + ": no valid answer about the "
            + what
            + " in "
            + ATTEMPTS
            + " attempts; "
            + (most == 0 ? "nothing came" : most + " bytes came, none a whole valid answer"));
  }

  /** Returns the number of bytes of a whole answer, or the negative number of those that came. */
  private int receive(Answer answer) throws LensException {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ANSWER_MILLIS);
    int count = 0;
    while (count < buffer.length) {
      long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      int more = left <= 0 ? 0 : current().read(buffer, count, buffer.length - count, (int) left);
      if (more == 0) {
        break;
      }
      count += more;
      if (answer.isWhole(buffer, count)) {
        return count;
      }
    }
    return -count;
  }

  /** Drops what comes until nothing has come for a time. */
  private void discard(int waitMillis) throws LensException {
    int reads = 0;
    while (reads < MAX_DISCARDED_READS
        && current().read(buffer, 0, buffer.length, waitMillis) > 0) {
      reads++;
    }
  }

  /** The bytes of the last answer. */
  byte[] bytes() {
    return buffer;
  }

  /** The middle of the exchange that was answered. */
  long stampNanos() {
    return askedNanos + (answeredNanos - askedNanos) / 2;
  }

  /** How long it took. */
  long spanNanos() {
    return answeredNanos - askedNanos;
  }

  private LensPort current() throws LensException {
    LensPort open = port;
    if (open == null) {
      throw new LensException(name + " is not connected");
    }
    return open;
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
