package io.github.rackfocus.kafka.spool;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Records that are not yet acknowledged, in the order in which they were appended: in memory
 * ({@link MemoryBacklog}) or on disk ({@link Spool}).
 *
 * <p>One thread appends, one takes, any releases. A record stays in the backlog until it is
 * released. A record that is dropped to stay within a limit is counted in the {@link LossCounts}
 * that the backlog was created with.
 */
public interface Backlog extends Closeable {
  /**
   * A record and its index.
   *
   * @param index counts up from 0 and is never reused
   * @param record the record
   */
  record Entry(long index, OutgoingRecord record) {}

  /**
   * Appends a record and drops older ones if a limit requires it. Never waits for a broker.
   *
   * @throws IOException if the record itself could not be kept; it is counted as lost
   */
  void append(OutgoingRecord record) throws IOException;

  /**
   * Takes the oldest record that was not taken yet; it is in flight from now on.
   *
   * @param patienceMillis how long to wait if there is none
   * @return null if there is none
   */
  @Nullable Entry take(long patienceMillis) throws InterruptedException;

  /** Removes a record in flight that was acknowledged, or that the caller has counted as lost. */
  void release(long index);

  /** Puts the records in flight back: they are taken again, oldest first. */
  void rewind();

  /** Records not taken yet. */
  long waiting();

  /** Bytes that the backlog occupies. */
  long bytes();

  /** Records left by earlier processes that were found when the backlog was opened. */
  long recovered();

  /** Whether records outlive this object and its process. */
  boolean isDurable();
}
