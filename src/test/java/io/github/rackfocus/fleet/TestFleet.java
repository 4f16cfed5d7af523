package io.github.rackfocus.fleet;

import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthMapPool;
import io.github.rackfocus.depth.DepthPostProcessor;
import io.github.rackfocus.depth.PeakDepthEstimator;
import io.github.rackfocus.depth.ValidityThresholds;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.frame.TestFrames;
import io.github.rackfocus.kafka.codec.CameraFrameCodec;
import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.kafka.codec.DepthFrameCodec;
import io.github.rackfocus.kafka.codec.DepthPacking;
import io.github.rackfocus.kafka.codec.ImagePacking;
import io.github.rackfocus.registration.RegistrationMode;
import io.github.rackfocus.sweep.FocalStack;
import io.github.rackfocus.sweep.FocusAxis;
import io.github.rackfocus.sweep.RollingFocalStack;
import io.github.rackfocus.sweep.RollingStackConfig;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;

/** Frames of cameras that do not exist, and the depth that one machine makes of them. */
public final class TestFleet {
  public static final String FRAMES = "rackfocus.frames.v1";
  public static final String DEPTH = "rackfocus.depth.v1";
  public static final int PLANES = 5;
  public static final long START = 1_763_640_000_000_000_000L;

  /** At 5 Hz: a sweep a second. */
  public static final long TICK = 200_000_000L;

  private static final int WIDTH = 48;
  private static final int HEIGHT = 32;
  private static final double[] FOCUS = {1, 2, 3, 4, 5};

  private final FramePool pool = new FramePool(2 * PLANES);

  /** The identity of a camera by its number. */
  public static CameraIdentity camera(int number) {
    return CameraIdentity.of("robot" + number, "front");
  }

  /** A frame's record, with the headers that every node writes. */
  public ProducerRecord<byte[], byte[]> record(int camera, int number) {
    return record(camera(camera).key(), frame(camera, number), "rackfocus.frames.v1");
  }

  /** A record with a key and a type of the test's choice. */
  public static ProducerRecord<byte[], byte[]> record(String key, byte[] value, String type) {
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(FRAMES, key.getBytes(StandardCharsets.UTF_8), value);
    record.headers().add(new RecordHeader("ce_type", type.getBytes(StandardCharsets.UTF_8)));
    return record;
  }

  /** A frame's bytes: texture that is sharp at a plane of its own in each column. */
  public byte[] frame(int camera, int number) {
    int plane = number % PLANES;
    CameraFrameCodec codec =
        new CameraFrameCodec(FocusScale.DIOPTRE, FOCUS, 0.01 * camera, ImagePacking.PNG);
    try (Frame frame =
        TestFrames.of(
            pool,
            WIDTH,
            HEIGHT,
            (x, y) -> luma(camera, number, plane, x, y),
            START + number * TICK,
            FocusReading.at(FOCUS[plane]))) {
      return withSequence(codec.encode(frame, camera(camera)), number);
    }
  }

  private static byte[] withSequence(io.github.rackfocus.v1.CameraFrame frame, int number) {
    return frame.toBuilder().setSequence(number).build().toByteArray();
  }

  private static int luma(int camera, int number, int plane, int x, int y) {
    int texture = Math.floorMod((x * 7919 + y * 104_729 + camera * 31) * 2_654_435, 97);
    int blur = 1 + 2 * Math.abs(x * PLANES / WIDTH - plane);
    // Something moves: its cells are marked by comparison with the sweep before.
    int moving = (number / PLANES) % 7 == 3 && x < 8 ? 60 : 0;
    int noise = Math.floorMod(x * 13 + y * 7 + number * 5, 3);
    return 60 + texture / blur + moving + noise;
  }

  /** The depth records, by id, that one machine makes of a camera's frames, taken one by one. */
  public Map<String, byte[]> depthOf(int camera, int frames) {
    Map<String, byte[]> depth = new LinkedHashMap<>();
    DepthFrameCodec codec = new DepthFrameCodec(camera(camera), DepthPacking.PNG16, true, true);
    DepthPostProcessor metric = new DepthPostProcessor(ValidityThresholds.DEFAULTS, 0.01 * camera);
    FramePool own = new FramePool(3 * PLANES);
    DepthMapPool maps = new DepthMapPool(1);
    try (PeakDepthEstimator ddl = PeakDepthEstimator.ddl();
        RollingFocalStack rolling =
            new RollingFocalStack(
                new FocusAxis(FocusScale.DIOPTRE, FOCUS),
                // Contrast that moves over the image is no defocus.
                RollingStackConfig.DEFAULTS.withRegistration(RegistrationMode.OFF))) {
      for (int number = 0; number < frames; number++) {
        int plane = number % PLANES;
        int at = number;
        Frame frame = Objects.requireNonNull(own.tryLease(WIDTH, HEIGHT, false));
        for (int i = 0; i < WIDTH * HEIGHT; i++) {
          frame.luma().put(i, (byte) luma(camera, at, plane, i % WIDTH, i / WIDTH));
        }
        frame.seal(START + number * TICK, number, FocusReading.at(FOCUS[plane]));
        try (frame) {
          rolling.offer(frame);
        }
        FocalStack stack = rolling.takeStack();
        if (stack == null) {
          continue;
        }
        try (stack;
            DepthMap map = Objects.requireNonNull(maps.tryLease(WIDTH, HEIGHT))) {
          ddl.estimate(stack, map);
          map.info().setEstimator(ddl);
          metric.finish(stack, map);
          depth.put(idOf(number), codec.encode(map).toByteArray());
        }
      }
    }
    return depth;
  }

  /** The id of a frame and of the map it is the reference of. */
  public static String idOf(int number) {
    return START + number * TICK + "-" + number;
  }

  /** The configuration of a worker in these tests. */
  public static String yaml(String bootstrapServers, String... workerOptions) {
    List<String> options = new ArrayList<>(List.of(workerOptions));
    options.add("sessionTimeout: 6");
    return """
    model: {name: ddl}
    sweep: {registration: "off"}
    sinks:
      kafka: {enabled: true, bootstrapServers: "%s"}
    worker: {%s}
    """
        .formatted(bootstrapServers, String.join(", ", options));
  }
}
