package io.github.rackfocus.kafka.codec;

import static io.github.rackfocus.fuzz.Laws.check;
import static io.github.rackfocus.fuzz.Laws.checkEqual;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.Validity;
import io.github.rackfocus.frame.FocusReading;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.fuzz.FuzzHarness;
import io.github.rackfocus.fuzz.Laws;
import io.github.rackfocus.sink.TestDepthMaps;
import io.github.rackfocus.v1.CameraFrame;
import io.github.rackfocus.v1.DepthFrame;
import io.github.rackfocus.v1.Health;
import io.github.rackfocus.v1.ObstacleGrid;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The messages on Kafka; the first byte selects the type. A depth frame that is accepted has a
 * value for each pixel, a camera frame that is accepted is encoded and read again as the same, and
 * every message has a JSON form.
 */
public final class ProtobufHarness implements FuzzHarness {
  /** Size of the largest accepted image here; what is claimed beyond it takes no memory. */
  private static final int MAX_PIXELS = 1 << 16;

  private static final CameraIdentity CAMERA = CameraIdentity.of("r2", "front");

  private final ObjectMapper json = new ObjectMapper();
  private final FramePool pool = new FramePool(1);

  @Override
  public void run(byte[] input) throws Exception {
    if (input.length == 0) {
      return;
    }
    byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
    switch (input[0] & 3) {
      case 0 -> depth(bytes);
      case 1 -> camera(bytes);
      case 2 ->
          json(
              Laws.readOrRefused(
                  () -> ObstacleGrid.parseFrom(bytes), InvalidProtocolBufferException.class));
      default ->
          json(
              Laws.readOrRefused(
                  () -> Health.parseFrom(bytes), InvalidProtocolBufferException.class));
    }
  }

  private void depth(byte[] bytes) throws Exception {
    DepthFrame frame =
        Laws.readOrRefused(() -> DepthFrame.parseFrom(bytes), InvalidProtocolBufferException.class);
    if (frame == null) {
      return;
    }
    json(frame);
    long claimed = (long) frame.getWidth() * frame.getHeight();
    if (claimed > MAX_PIXELS && claimed <= FramePool.MAX_PIXELS && frame.getWidth() > 0) {
      return; // Legal, and slow.
    }
    long most = 64 << 10;
    DepthPixels pixels =
        Laws.bounded(
            bytes,
            most + 24 * Math.max(0, Math.min(claimed, MAX_PIXELS)),
            32,
            () -> Laws.readOrRefused(() -> DepthFrameCodec.decode(frame), IOException.class));
    if (pixels != null) {
      check(pixels.depth().length == claimed, "there is a depth for each pixel");
      for (byte code : pixels.validity()) {
        Validity.of(code & 0xff);
      }
    }
  }

  private void camera(byte[] bytes) throws Exception {
    ReceivedFrame received =
        Laws.bounded(
            bytes,
            64 << 10,
            64,
            () ->
                Laws.readOrRefused(
                    () -> CameraFrameCodec.parse(bytes, MAX_PIXELS), RejectedFrameException.class));
    if (received == null) {
      return;
    }
    check((long) received.width() * received.height() <= MAX_PIXELS, "frames have bounded sizes");
    try (Frame frame = pool.tryLease(received.width(), received.height(), false)) {
      Boolean unpacked =
          Laws.readOrRefused(
              () -> {
                received.unpackInto(frame, 0);
                return true;
              },
              RejectedFrameException.class);
      if (unpacked != null) {
        survives(frame, received);
      }
    }
    check(pool.leased() == 0, "nothing stays leased");
  }

  private static void survives(Frame frame, ReceivedFrame received) throws Exception {
    byte[] encoded =
        new CameraFrameCodec(
                received.scale(),
                received.planeFocus(),
                received.depthOffsetMetres(),
                ImagePacking.ZSTD)
            .encode(frame, received.identity())
            .toByteArray();
    ReceivedFrame again = CameraFrameCodec.parse(encoded, MAX_PIXELS);
    check(again.identity().equals(received.identity()), "identity survives");
    check(again.reading().equals(received.reading()), "the reading survives");
    byte[] luma = new byte[frame.pixels()];
    frame.luma().get(0, luma);
    checkEqual(CameraFrameCodec.luma(CameraFrame.parseFrom(encoded)), luma, "luma survives");
  }

  private void json(Message message) throws Exception {
    if (message != null) {
      check(json.readTree(ProtoJson.of(message)).isObject(), "a message has a JSON form");
    }
  }

  @Override
  public Map<String, byte[]> seeds() {
    Map<String, byte[]> seeds = new LinkedHashMap<>();
    try (DepthMap map = TestDepthMaps.scene(10, 4, 1_763_640_000_123_456_789L, 7)) {
      for (DepthPacking packing : DepthPacking.values()) {
        DepthFrameCodec codec = new DepthFrameCodec(CAMERA, packing, true, true);
        seeds.put("depth-" + packing, selected(0, codec.encode(map)));
      }
      seeds.put("obstacles", selected(2, new ObstacleGridCodec(CAMERA, 4, 2).encode(map)));
    }
    try (Frame frame = pool.tryLease(6, 4, false)) {
      frame.seal(1_763_640_000_123_456_789L, 3, FocusReading.at(2.5));
      for (ImagePacking packing : ImagePacking.values()) {
        CameraFrameCodec codec =
            new CameraFrameCodec(FocusScale.DIOPTRE, new double[] {1, 2.5, 4}, 0, packing);
        seeds.put("camera-" + packing, selected(1, codec.encode(frame, CAMERA)));
      }
    }
    seeds.put("health", selected(3, Health.newBuilder().setRobot("r2").build()));
    return seeds;
  }

  private static byte[] selected(int type, Message message) {
    byte[] bytes = message.toByteArray();
    byte[] all = new byte[bytes.length + 1];
    all[0] = (byte) type;
    System.arraycopy(bytes, 0, all, 1, bytes.length);
    return all;
  }
}
