package io.github.rackfocus.kafka.spool;

import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Records that nobody has acknowledged yet, in the order in which they came: in memory ({@link
 * MemoryBacklog}) or on disk ({@link Spool}).
 *
 * <p>One thread appends, one takes, any acknowledges. A record is in the backlog until it is
 * acknowledged or given up; each that is dropped for a bound is counted in the {@link LossCounts}
 * that the backlog was made with.
 */
public interface Backlog extends Closeable {
  /**
   * A record and its number, which counts from 0 on and is never used twice.
   *
   * @param index the number
   * @param record the record
   */
  record Entry(long index, OutgoingRecord record) {}

  /**
   * Takes a record, dropping older ones where a bound asks for it. Waits for no broker.
   *
   * @throws IOException if the record itself could not be kept; it is counted as lost
   */
  void append(OutgoingRecord record) throws IOException;

  /**
   * The oldest record not taken yet, which is under way from now on.
   *
   * @param patienceMillis how long to wait for one
   * @return null if none came
   */
  @Nullable Entry take(long patienceMillis) throws InterruptedException;

  /** A record under way arrived, or was given up and counted elsewhere: it is forgotten. */
  void ended(long index);

  /** What is under way and has not ended will be taken again, from the oldest on. */
  void rewind();

  /** Records not taken yet. */
  long waiting();

  /** Bytes that the backlog occupies. */
  long bytes();

  /** Records appended by earlier processes that this one found. */
  long recovered();

  /** Whether records outlive this object and its process. */
  boolean isDurable();
}
