package io.github.rackfocus.fleet;

import java.util.TreeSet;

/**
 * How far a worker is with a partition of the frames' topic: what was read, what of it is finished
 * (its depth acknowledged, or counted as making none), and how far back the next worker must read
 * to have the stacks it needs.
 *
 * <p>The offset that is committed is {@link #finished()}: nothing before it is needed again but to
 * fill stacks, so a consumer's lag tells the work that is left. Thread-safe: maps are finished on
 * Kafka's thread.
 */
public final class PartitionProgress {
  private final int partition;
  private final TreeSet<Long> unfinished = new TreeSet<>();
  private long firstToEmit;
  private long next;
  private long readBackFrom;

  /**
   * @param firstToEmit what lies before it is only read to fill stacks
   */
  PartitionProgress(int partition, long firstToEmit) {
    this.partition = partition;
    this.firstToEmit = firstToEmit;
    this.next = firstToEmit;
    this.readBackFrom = firstToEmit;
  }

  /** The partition's number. */
  public int partition() {
    return partition;
  }

  /** Whether a record's depth is still wanted; else it only fills stacks. */
  public synchronized boolean isWanted(long offset) {
    return offset >= firstToEmit;
  }

  /** A record was read; unless it is begun it is finished too. */
  public synchronized void read(long offset) {
    next = Math.max(next, offset + 1);
  }

  /** A record's map is under way from now on. */
  public synchronized void begin(long offset) {
    unfinished.add(offset);
    next = Math.max(next, offset + 1);
  }

  /** A record's map was acknowledged, or counted as lost. */
  public synchronized void finish(long offset) {
    unfinished.remove(offset);
  }

  /** The first record that is not finished, or the next one to come. */
  public synchronized long finished() {
    return unfinished.isEmpty() ? next : unfinished.first();
  }

  /** The next record to come. */
  public synchronized long next() {
    return next;
  }

  /** Notes from where the next worker must read; at most {@link #finished()}. */
  public synchronized void readBackFrom(long offset) {
    readBackFrom = offset;
  }

  /** From where the next worker must read. */
  public synchronized long readBackFrom() {
    return Math.min(readBackFrom, finished());
  }

  /** Leaves out what lies before an offset; maps under way are finished all the same. */
  synchronized void skipTo(long offset) {
    firstToEmit = Math.max(firstToEmit, offset);
    next = Math.max(next, offset);
  }
}
