package io.github.rackfocus.ros.bag;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The positions of a bag's messages. Filled once, in file order. Not thread-safe. */
final class BagIndex {
  private final Map<Integer, BagConnection> connections = new LinkedHashMap<>();
  private final List<BagChunk> chunks = new ArrayList<>();
  private long[] times = new long[1024];
  private int[] chunkOf = new int[1024];
  private int[] offsets = new int[1024];
  private int[] connectionOf = new int[1024];
  private int count;

  void add(BagConnection connection) {
    connections.putIfAbsent(connection.id(), connection);
  }

  /** Adds a chunk and returns its number. */
  int add(BagChunk chunk) {
    chunks.add(chunk);
    return chunks.size() - 1;
  }

  void addMessage(long timeNanos, int connection, int chunk, int offset) {
    if (count == times.length) {
      times = Arrays.copyOf(times, 2 * count);
      chunkOf = Arrays.copyOf(chunkOf, 2 * count);
      offsets = Arrays.copyOf(offsets, 2 * count);
      connectionOf = Arrays.copyOf(connectionOf, 2 * count);
    }
    times[count] = timeNanos;
    chunkOf[count] = chunk;
    offsets[count] = offset;
    connectionOf[count] = connection;
    count++;
  }

  /** Returns the number of messages so far. */
  int messages() {
    return count;
  }

  Collection<BagConnection> connections() {
    return connections.values();
  }

  @Nullable BagConnection connection(int id) {
    return connections.get(id);
  }

  BagChunk chunk(int number) {
    return chunks.get(number);
  }

  long timeNanos(int message) {
    return times[message];
  }

  int chunkOf(int message) {
    return chunkOf[message];
  }

  int offsetOf(int message) {
    return offsets[message];
  }

  int connectionOf(int message) {
    return connectionOf[message];
  }

  /** Returns the messages of the selected connections by time; equal times in file order. */
  int[] byTime(IntPredicate wanted) {
    Integer[] order = new Integer[count];
    int selected = 0;
    for (int i = 0; i < count; i++) {
      if (wanted.test(connectionOf[i])) {
        order[selected++] = i;
      }
    }
    // The sort is fast on nearly sorted input, which bags are. Chunks and offsets break ties, since
    // an index lists a chunk's messages by connection.
    Arrays.sort(
        order,
        0,
        selected,
        (a, b) -> {
          int byTime = Long.compare(times[a], times[b]);
          if (byTime != 0) {
            return byTime;
          }
          int byChunk = Integer.compare(chunkOf[a], chunkOf[b]);
          return byChunk != 0 ? byChunk : Integer.compare(offsets[a], offsets[b]);
        });
    int[] result = new int[selected];
    for (int i = 0; i < selected; i++) {
      result[i] = order[i];
    }
    return result;
  }
}
