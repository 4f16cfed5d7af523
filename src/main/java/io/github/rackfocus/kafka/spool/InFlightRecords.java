package io.github.rackfocus.kafka.spool;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The records of a spool that were taken and not yet released, in order, and those released out of
 * order. Not thread-safe.
 */
final class InFlightRecords {
  /** A record in flight. */
  static final class Flight {
    private final long index;
    private final Backlog.@Nullable Entry inMemory;
    private boolean released;

    private Flight(long index, Backlog.@Nullable Entry inMemory) {
      this.index = index;
      this.inMemory = inMemory;
    }

    long index() {
      return index;
    }

    /** The record itself if it is not on disk. */
    Backlog.@Nullable Entry inMemory() {
      return inMemory;
    }
  }

  private final Deque<Flight> flights = new ArrayDeque<>();

  /** Indices that were released before older ones, which will be taken again. */
  private final Set<Long> releasedAhead = new HashSet<>();

  /**
   * Adds the newest record.
   *
   * @param inMemory the record itself if it is not on disk
   */
  void add(long index, Backlog.@Nullable Entry inMemory) {
    flights.addLast(new Flight(index, inMemory));
  }

  /** Marks a record as released and returns whether the oldest record in flight has changed. */
  boolean release(long index) {
    for (Flight flight : flights) {
      if (flight.index == index) {
        flight.released = true;
        break;
      }
    }
    boolean changed = false;
    for (Flight oldest = flights.peekFirst();
        oldest != null && oldest.released;
        oldest = flights.peekFirst()) {
      flights.removeFirst();
      changed = true;
    }
    return changed;
  }

  /** The index of the oldest record in flight, or the given one if there is none. */
  long oldestOr(long other) {
    Flight oldest = flights.peekFirst();
    return oldest == null ? other : oldest.index;
  }

  /** Forgets which records below an index were released ahead of older ones. */
  void forgetBelow(long index) {
    releasedAhead.removeIf(released -> released < index);
  }

  /** Whether a record was released although older ones will be taken again. */
  boolean isReleased(long index) {
    return releasedAhead.contains(index);
  }

  /** Number of records of a range that were not released. */
  long unreleased(long from, long until) {
    long released = releasedAhead.stream().filter(index -> index >= from && index < until).count();
    return until - from - released;
  }

  /** Removes all records and returns the unreleased ones, newest first. */
  Deque<Flight> removeAll() {
    Deque<Flight> newestFirst = new ArrayDeque<>();
    for (Flight flight : flights) {
      if (flight.released) {
        releasedAhead.add(flight.index);
      } else {
        newestFirst.addFirst(flight);
      }
    }
    flights.clear();
    return newestFirst;
  }
}
