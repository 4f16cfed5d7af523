package io.github.rackfocus.fleet;

import java.util.TreeSet;

/**
 * A worker's progress in a partition of the frame topic: which records were read, which of them are
 * finished (their depth was acknowledged, or they were counted as having none), and how far back
 * the next worker must read to restore the stacks.
 *
 * <p>The committed offset is {@link #finished()}. Earlier records are only needed to fill stacks,
 * so the consumer lag is the remaining work. Thread-safe: maps are finished by Kafka's thread.
 */
final class PartitionProgress {
  private final int partition;
  private final TreeSet<Long> unfinished = new TreeSet<>();
  private long firstToEmit;
  private long next;
  private long readBackFrom;

  /**
   * @param firstToEmit earlier records are only read to fill stacks
   */
  PartitionProgress(int partition, long firstToEmit) {
    this.partition = partition;
    this.firstToEmit = firstToEmit;
    this.next = firstToEmit;
    this.readBackFrom = firstToEmit;
  }

  /** The partition's number. */
  int partition() {
    return partition;
  }

  /** Whether a record's depth is needed; otherwise the record only fills stacks. */
  synchronized boolean isWanted(long offset) {
    return offset >= firstToEmit;
  }

  /** Records that a record was read. It counts as finished unless {@link #begin} follows. */
  synchronized void read(long offset) {
    next = Math.max(next, offset + 1);
  }

  /** Records that a map is being computed from a record. */
  synchronized void begin(long offset) {
    unfinished.add(offset);
    next = Math.max(next, offset + 1);
  }

  /** Records that a record's map was acknowledged, or counted as lost. */
  synchronized void finish(long offset) {
    unfinished.remove(offset);
  }

  /** The first record that is not finished, or the next one to be read. */
  synchronized long finished() {
    return unfinished.isEmpty() ? next : unfinished.first();
  }

  /** The next record to be read. */
  synchronized long next() {
    return next;
  }

  /** Sets the offset from which the next worker must read. */
  synchronized void readBackFrom(long offset) {
    readBackFrom = offset;
  }

  /** The offset from which the next worker must read; at most {@link #finished()}. */
  synchronized long readBackFrom() {
    return Math.min(readBackFrom, finished());
  }

  /** Skips the records before an offset, except for those whose maps are being computed. */
  synchronized void skipTo(long offset) {
    firstToEmit = Math.max(firstToEmit, offset);
    next = Math.max(next, offset);
  }
}
