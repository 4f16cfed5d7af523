package io.github.rackfocus.ros;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * In the steady state, sending an image from a publisher to a subscriber over TCP allocates
 * nothing.
 */
@Timeout(120)
class AllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int BYTES = 300_000;
  private static final int MESSAGES = 500;

  @Test
  void shouldAllocateNothingPerImage() throws Exception {
    try (InJvmMaster master = new InJvmMaster();
        TestNodes nodes = new TestNodes(master.uri())) {
      Publisher<Image> publisher = nodes.connect("talker").newPublisher("image", Image.TYPE, 5);
      AtomicLong received = new AtomicLong();
      ConnectedNode listener = nodes.connect("listener");
      listener
          .newSubscriber("image", Image.TYPE)
          .addMessageListener(image -> received.addAndGet(image.data.remaining()));
      await().atMost(Duration.ofSeconds(40)).until(publisher::hasSubscribers);
      Image image = new Image();
      image.header.frameId = "camera_optical_frame";
      image.encoding = "mono8";
      image.data = ByteBuffer.allocateDirect(BYTES);

      send(publisher, image, received, MESSAGES);
      List<Thread> threads = threads();
      long[] before = new long[threads.size()];
      long[] after = new long[threads.size()];
      // Twice, since the first measurement loads classes itself.
      for (int round = 0; round < 2; round++) {
        measure(threads, before);
        send(publisher, image, received, MESSAGES);
        measure(threads, after);
      }
      for (int i = 0; i < before.length; i++) {
        // Not exactly 0: idle links check their peers, and the JDK allocates now and then.
        assertThat((double) (after[i] - before[i]) / MESSAGES)
            .as("bytes per image in thread %s", threads.get(i).getName())
            .isLessThan(8);
      }
      assertThat(threads).hasSizeGreaterThanOrEqualTo(3);
      assertThat(publisher.dropped()).isZero();
    }
  }

  private static void send(
      Publisher<Image> publisher, Image image, AtomicLong received, int count) {
    for (int i = 0; i < count; i++) {
      image.header.seq = i;
      image.header.stampNanos += 1_000_000;
      long expected = received.get() + BYTES;
      publisher.publish(image);
      while (received.get() < expected) {
        LockSupport.parkNanos(20_000);
      }
    }
  }

  /** The current thread and those that write to subscribers or read from publishers. */
  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread ->
            thread == Thread.currentThread()
                || thread.getName().startsWith("ros-connection-")
                || thread.getName().startsWith("ros-subscribe/image"))
        .toList();
  }

  @SuppressWarnings("deprecation") // getId's successor is not there on 17
  private static void measure(List<Thread> threads, long[] into) {
    for (int i = 0; i < into.length; i++) {
      into[i] = THREADS.getThreadAllocatedBytes(threads.get(i).getId());
    }
  }
}
