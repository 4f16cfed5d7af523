package io.github.rackfocus.frame;

/**
 * Tells stamps that arrive late from a clock that jumped back, as a bag that loops or a restarted
 * simulation makes it do.
 *
 * <p>A jump is assumed once {@value #STAMPS_BEFORE_JUMP} stamps in a row, each newer than the one
 * before, are older than what was accepted: a single late message must not discard what is held.
 * For one thread.
 */
public final class TimeJump {
  private static final int STAMPS_BEFORE_JUMP = 3;

  private int run;
  private long lastStampNanos;

  /**
   * Notes a stamp that is older than expected.
   *
   * @return whether time has jumped back; the caller then discards what it holds, accepts the stamp
   *     and calls {@link #reset}
   */
  public boolean isJump(long stampNanos) {
    run = run > 0 && stampNanos > lastStampNanos ? run + 1 : 1;
    lastStampNanos = stampNanos;
    return run >= STAMPS_BEFORE_JUMP;
  }

  /** Notes that a stamp was accepted. */
  public void reset() {
    run = 0;
  }
}
