package io.github.rackfocus.kafka.spool;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The segments of a spool, oldest first: starts a new one when the newest is large or old enough,
 * and decides which exceed the limits of {@link SpoolConfig}. Not thread-safe.
 */
final class SpoolSegments {
  /** Segments in a full spool, and so the share of it that is dropped at a time. */
  private static final int SEGMENTS_PER_SPOOL = 64;

  private static final int SEGMENTS_PER_AGE = 8;

  private final SpoolFolder folder;
  private final SpoolConfig config;
  private final ArrayDeque<SpoolSegment> segments;
  private @Nullable SpoolSegment active;
  private long bytes;

  /** Starts with the segments that were recovered from the folder. */
  SpoolSegments(SpoolFolder folder, SpoolConfig config) {
    this.folder = folder;
    this.config = config;
    this.segments = folder.segments();
    for (SpoolSegment segment : segments) {
      bytes += segment.size();
    }
  }

  /** The segments, oldest first. */
  Iterable<SpoolSegment> all() {
    return segments;
  }

  boolean isEmpty() {
    return segments.isEmpty();
  }

  /** Bytes of all segments. */
  long bytes() {
    return bytes;
  }

  /** The first segment that contains the index or a later one; null if there is none. */
  @Nullable SpoolSegment find(long index) {
    for (SpoolSegment segment : segments) {
      if (segment.end() > index) {
        return segment;
      }
    }
    return null;
  }

  /**
   * Appends a frame.
   *
   * @throws IOException if it could not be written; the next frame goes to a new segment, so that
   *     indices within a segment stay consecutive
   */
  void append(long index, ByteBuffer frame, long nowNanos) throws IOException {
    int length = frame.remaining();
    try {
      segmentFor(index, length, nowNanos).append(frame, nowNanos, config.sync());
      bytes += length;
    } catch (IOException e) {
      active = null;
      throw e;
    }
  }

  private SpoolSegment segmentFor(long index, int length, long nowNanos) throws IOException {
    SpoolSegment current = active;
    if (current == null
        || current.size() + length > config.maxBytes() / SEGMENTS_PER_SPOOL
        || nowNanos - current.createdNanos() > config.maxAge().toNanos() / SEGMENTS_PER_AGE) {
      active = null;
      current = folder.create(index, nowNanos);
      segments.addLast(current);
      bytes += current.size();
      active = current;
    }
    return current;
  }

  /** Whether the oldest segment has to go before a frame of this length is appended. */
  boolean isFullFor(int length) {
    return !segments.isEmpty() && bytes + length + SpoolFormat.SEGMENT_HEADER > config.maxBytes();
  }

  /** Whether the newest record of the oldest segment exceeds the age limit. */
  boolean isOldestExpired(long nowNanos) {
    return !segments.isEmpty()
        && nowNanos - segments.getFirst().newestNanos() > config.maxAge().toNanos();
  }

  /** Removes the oldest segment from the list; the caller deletes it. */
  SpoolSegment removeOldest() {
    SpoolSegment oldest = segments.removeFirst();
    seal(oldest);
    return oldest;
  }

  /** Makes the next frame go to a new segment if this is the newest one. */
  void seal(SpoolSegment segment) {
    if (segment == active) {
      active = null;
    }
  }

  /** Deletes a segment that was removed from the list. */
  void delete(SpoolSegment segment) throws IOException {
    bytes -= segment.size();
    segment.delete();
  }

  /** Deletes the segments whose records are all below an index, except the newest. */
  void deleteBelow(long index) throws IOException {
    while (!segments.isEmpty()
        && segments.getFirst() != active
        && segments.getFirst().end() <= index) {
      delete(segments.removeFirst());
    }
  }

  /** Deletes all segments. */
  void deleteAll() throws IOException {
    for (SpoolSegment segment : segments) {
      segment.delete();
    }
    segments.clear();
    bytes = 0;
  }

  /** Closes the files. */
  void close() throws IOException {
    for (SpoolSegment segment : segments) {
      segment.close();
    }
  }
}
