package io.github.rackfocus.eval;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;

/** Bytes of Java heap that named threads of this JVM allocate. Not thread-safe. */
final class ThreadAllocations {
  private final ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final List<String> threads;
  private long[] last;

  ThreadAllocations(String... threads) {
    this.threads = List.of(threads);
    this.last = new long[threads.length];
  }

  /** Returns the names of the threads. */
  List<String> threads() {
    return threads;
  }

  /** Returns the bytes per thread since the last call; counts from 0 for a thread not running. */
  long[] takeBytes() {
    long[] total = new long[threads.size()];
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      int index = threads.indexOf(thread.getName());
      if (index >= 0) {
        total[index] = bean.getThreadAllocatedBytes(thread.getId());
      }
    }
    long[] taken = new long[total.length];
    for (int i = 0; i < total.length; i++) {
      taken[i] = total[i] - last[i];
    }
    last = total;
    return taken;
  }
}
