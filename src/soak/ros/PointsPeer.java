import io.github.rackfocus.config.PointsConfig;
import io.github.rackfocus.depth.DepthEngine;
import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthPostProcessor;
import io.github.rackfocus.depth.ModelIdentity;
import io.github.rackfocus.depth.ValidityThresholds;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.NodeConfiguration;
import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.rosnode.CameraInfoSource;
import io.github.rackfocus.rosnode.RosDepthSink;
import io.github.rackfocus.sweep.FocalStack;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Publishes depth maps of 640x480, computed before, by the node's own sink, and prints the CPU time
 * of this process and of another over SECONDS after a warm-up:
 *
 * <pre>{@code
 * PointsPeer RATE SECONDS [PID]
 * POINTS cpu=PERCENT other=PERCENT
 * }</pre>
 */
public final class PointsPeer {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 480;
  private static final int PLANES = 3;

  /** Maps with different stamps, so that they are matched with their camera_info. */
  private static final int MAPS = 8;

  private static final double WARM_UP_SECONDS = 5;

  private PointsPeer() {}

  public static void main(String[] args) throws Exception {
    NodeConfiguration configuration =
        NodeConfiguration.fromCommandLine(
            List.of(args), System.getenv(), "points_peer_" + ProcessHandle.current().pid());
    String[] rest = configuration.remainingArguments().toArray(String[]::new);
    long periodNanos = (long) (1e9 / Double.parseDouble(rest[0]));
    double seconds = Double.parseDouble(rest[1]);
    long other = rest.length > 2 ? Long.parseLong(rest[2]) : ProcessHandle.current().pid();
    DepthMap[] maps = maps();
    try (ConnectedNode node = ConnectedNode.connect(configuration)) {
      node.endOnSignals();
      RosDepthSink sink =
          new RosDepthSink(
              node, new Camera(), info -> 0, 0, System::nanoTime, PointsConfig.DEFAULTS);
      while (!sink.wantsMaps() && !node.isEnding()) {
        Thread.sleep(20);
      }
      publish(sink, maps, periodNanos, WARM_UP_SECONDS);
      long cpu = cpuNanos(ProcessHandle.current().pid());
      long otherCpu = cpuNanos(other);
      publish(sink, maps, periodNanos, seconds);
      System.out.printf(
          "POINTS cpu=%.2f other=%.2f%n",
          (cpuNanos(ProcessHandle.current().pid()) - cpu) / 1e7 / seconds,
          (cpuNanos(other) - otherCpu) / 1e7 / seconds);
    }
  }

  private static void publish(RosDepthSink sink, DepthMap[] maps, long period, double seconds) {
    long begin = System.nanoTime();
    int sent = 0;
    for (long due = begin; due - begin < seconds * 1e9; due += period) {
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      sink.accept(maps[sent++ % maps.length]);
    }
  }

  private static long cpuNanos(long pid) {
    if (pid == ProcessHandle.current().pid()) {
      return ((com.sun.management.OperatingSystemMXBean)
              ManagementFactory.getOperatingSystemMXBean())
          .getProcessCpuTime();
    }
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().totalCpuDuration())
        .orElseThrow(() -> new IllegalStateException("no process " + pid))
        .toNanos();
  }

  private static DepthMap[] maps() {
    FramePool pool = new FramePool(PLANES);
    DepthPostProcessor postProcessor = new DepthPostProcessor(ValidityThresholds.DEFAULTS);
    DepthMap[] maps = new DepthMap[MAPS];
    try (DepthEngine engine =
        new DepthEngine(new Slope(), postProcessor, MAPS, System::nanoTime)) {
      for (int map = 0; map < MAPS; map++) {
        Frame[] frames = new Frame[PLANES];
        double[] focus = new double[PLANES];
        for (int plane = 0; plane < PLANES; plane++) {
          focus[plane] = 2 + plane;
          frames[plane] = pool.tryLease(WIDTH, HEIGHT, true);
          frames[plane].seal(
              1_000_000_000L * (1 + map) + plane, map, FocusReading.at(focus[plane]));
        }
        try (FocalStack stack =
            new FocalStack(FocusScale.DIOPTRE, frames, focus, new boolean[PLANES], PLANES - 1)) {
          maps[map] = engine.compute(stack);
        }
      }
    }
    return maps;
  }

  /** Depth that varies over the image, confident in nine of ten pixels. */
  private static final class Slope implements DepthEstimator {
    @Override
    public void estimate(FocalStack stack, DepthMap into) {
      for (int i = 0; i < into.pixels(); i++) {
        into.position().put(i, 0.1f + 0.8f * i / into.pixels());
        into.error().put(i, 0.01f);
        into.confidence().put(i, i % 10 == 0 ? 0 : 1);
        into.allFocus().put(i, i % 100 / 100f);
      }
    }

    @Override
    public ModelIdentity model() {
      return new ModelIdentity("slope", "1", "");
    }

    @Override
    public String executionProvider() {
      return "none";
    }

    @Override
    public int minPlanes() {
      return PLANES;
    }

    @Override
    public int maxPlanes() {
      return PLANES;
    }

    @Override
    public int iterations() {
      return 0;
    }

    @Override
    public void close() {}
  }

  private record Camera() implements CameraInfoSource {
    @Override
    public String frameId() {
      return "camera_optical_frame";
    }

    @Override
    public boolean describe(CameraInfo info, int width, int height) {
      info.width = width;
      info.height = height;
      info.distortionModel = "plumb_bob";
      info.k[0] = info.k[4] = info.p[0] = info.p[5] = width;
      info.k[2] = info.p[2] = width / 2.0;
      info.k[5] = info.p[6] = height / 2.0;
      info.k[8] = info.p[10] = info.r[0] = info.r[4] = info.r[8] = 1;
      return true;
    }

    @Override
    public String calibrationSha256() {
      return "";
    }
  }
}
