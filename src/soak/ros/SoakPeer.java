import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.NodeConfiguration;
import io.github.rackfocus.ros.Publisher;
import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The Java peer of the ROS client's soak test, with the arguments and output of pub.cpp and sub.cpp.
 * CPU and allocation are those of the whole process; {@code cpu} and {@code alloc} start after
 * WARM_UP_SECONDS, to exclude JIT compilation, {@code cpu_all} with the first image.
 *
 * <pre>{@code
 * SoakPeer pub TOPIC ENCODING WIDTH HEIGHT BYTES_PER_PIXEL RATE SECONDS [QUEUE]
 * SoakPeer sub TOPIC
 * }</pre>
 */
public final class SoakPeer {
  private static final double WARM_UP_SECONDS = 5;
  private static final int MOST_IMAGES = 1 << 20;

  private SoakPeer() {}

  public static void main(String[] args) throws Exception {
    NodeConfiguration configuration =
        NodeConfiguration.fromCommandLine(
            List.of(args), System.getenv(), "soak_" + args[0] + "_" + ProcessHandle.current().pid());
    ConnectedNode node = ConnectedNode.connect(configuration);
    node.endOnSignals();
    String[] rest = configuration.remainingArguments().toArray(String[]::new);
    if (rest[0].equals("pub")) {
      publish(node, rest);
    } else {
      subscribe(node, rest[1]);
    }
    node.close();
  }

  private static void publish(ConnectedNode node, String[] args) throws InterruptedException {
    Image image = new Image();
    image.encoding = args[2];
    image.width = Long.parseLong(args[3]);
    image.height = Long.parseLong(args[4]);
    image.step = image.width * Long.parseLong(args[5]);
    image.data =
        ByteBuffer.allocateDirect(Math.toIntExact(image.step * image.height))
            .order(ByteOrder.LITTLE_ENDIAN);
    long periodNanos = (long) (1e9 / Double.parseDouble(args[6]));
    long durationNanos = (long) (1e9 * Double.parseDouble(args[7]));
    int queue = args.length > 8 ? Integer.parseInt(args[8]) : 5;
    Publisher<Image> publisher = node.newPublisher(args[1], Image.TYPE, queue);
    while (!publisher.hasSubscribers() && !node.isEnding()) {
      Thread.sleep(20);
    }
    Thread.sleep(500);
    System.out.println("BEGUN");
    Usage all = Usage.now();
    Usage steady = null;
    long begin = System.nanoTime();
    int sent = 0;
    for (long due = begin; due - begin < durationNanos && !node.isEnding(); due += periodNanos) {
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      image.data.putInt(0, sent);
      image.header.stampNanos = wallNanos();
      publisher.publish(image);
      sent++;
      if (steady == null && System.nanoTime() - begin > WARM_UP_SECONDS * 1e9) {
        steady = Usage.now();
      }
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    System.out.printf(
        "PUB ours sent=%d dropped=%d rate=%.1f %s%n",
        sent, publisher.dropped(), sent / seconds, Usage.words(all, steady, System.nanoTime()));
    Thread.sleep(1000);
  }

  private static void subscribe(ConnectedNode node, String topic) throws InterruptedException {
    Tally tally = new Tally();
    node.newSubscriber(topic, Image.TYPE).addMessageListener(tally::take);
    System.out.println("READY");
    while (!node.isEnding() && !tally.isOver()) {
      Thread.sleep(50);
    }
    tally.print();
  }

  private static long wallNanos() {
    Instant now = Instant.now();
    return TimeUnit.SECONDS.toNanos(now.getEpochSecond()) + now.getNano();
  }

  /** Statistics of received images: filled by the connection's thread, read by another at the end. */
  private static final class Tally {
    private final long[] latencies = new long[MOST_IMAGES];
    private final CountDownLatch begun = new CountDownLatch(1);
    private volatile int received;
    private volatile long lastNanos;
    private long firstNanos;
    private int firstNumber;
    private int lastNumber;
    private Usage all;
    private Usage steady;
    private double seconds;

    void take(Image image) {
      long wall = wallNanos();
      long now = System.nanoTime();
      lastNumber = image.data.order(ByteOrder.LITTLE_ENDIAN).getInt(0);
      if (received == 0) {
        firstNanos = now;
        firstNumber = lastNumber;
        all = Usage.now();
        begun.countDown();
      }
      latencies[received] = wall - image.header.stampNanos;
      if (steady == null && now - firstNanos > WARM_UP_SECONDS * 1e9) {
        steady = Usage.now();
      }
      seconds = (now - firstNanos) / 1e9;
      lastNanos = now;
      received++;
    }

    boolean isOver() throws InterruptedException {
      begun.await();
      return System.nanoTime() - lastNanos > 2_000_000_000L;
    }

    void print() {
      long span = (long) lastNumber - firstNumber + 1;
      Arrays.sort(latencies, 0, received);
      System.out.printf(
          "SUB ours recv=%d of %d (lost %d) rate=%.1f p50=%.2fms p99=%.2fms max=%.2fms %s%n",
          received,
          span,
          span - received,
          received / seconds,
          latencies[received / 2] / 1e6,
          latencies[(int) (0.99 * (received - 1))] / 1e6,
          latencies[received - 1] / 1e6,
          Usage.words(all, steady, lastNanos));
    }
  }

  /** A snapshot of this process's CPU time and allocation. */
  private record Usage(long nanos, long cpuNanos, long bytes) {
    private static final com.sun.management.ThreadMXBean THREADS =
        (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final com.sun.management.OperatingSystemMXBean SYSTEM =
        (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    static Usage now() {
      long bytes = 0;
      for (long one : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
        bytes += Math.max(0, one);
      }
      return new Usage(System.nanoTime(), SYSTEM.getProcessCpuTime(), bytes);
    }

    /** Usage from the start and from the steady state on, up to the last image. */
    static String words(Usage all, Usage steady, long lastNanos) {
      Usage end = now();
      Usage from = steady == null ? all : steady;
      double seconds = (lastNanos - from.nanos) / 1e9;
      return "cpu=%.2f%% cpu_all=%.2f%% alloc=%.3fMB/s"
          .formatted(
              (end.cpuNanos - from.cpuNanos) / 1e7 / seconds,
              (end.cpuNanos - all.cpuNanos) / 1e7 * 1e9 / (lastNanos - all.nanos),
              (end.bytes - from.bytes) / 1e6 / seconds);
    }
  }
}
