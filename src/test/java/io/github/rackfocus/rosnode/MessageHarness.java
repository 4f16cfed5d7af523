package io.github.rackfocus.rosnode;

import static io.github.rackfocus.fuzz.Laws.check;
import static io.github.rackfocus.fuzz.Laws.checkEqual;

import io.github.rackfocus.fuzz.FuzzHarness;
import io.github.rackfocus.fuzz.Laws;
import io.github.rackfocus.ros.message.MalformedMessageException;
import io.github.rackfocus.ros.message.Message;
import io.github.rackfocus.ros.message.MessageType;
import io.github.rackfocus.ros.msg.rackfocus_msgs.LensState;
import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.ros.msg.sensor_msgs.CompressedImage;
import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import io.github.rackfocus.ros.msg.std_msgs.Float64;
import io.github.rackfocus.sweep.CameraCalibration;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The ROS messages that the node subscribes to; the first byte selects the type. What is read can
 * be written, and is read again as the same. A calibration that is accepted is accepted again as
 * the node publishes it, if it is one of the whole image.
 */
public final class MessageHarness implements FuzzHarness {
  @Override
  public void run(byte[] input) throws Exception {
    if (input.length == 0) {
      return;
    }
    byte[] bytes = Arrays.copyOfRange(input, 1, input.length);
    switch (input[0] & 7) {
      case 0 -> read(Image.TYPE, bytes);
      case 1 -> read(CompressedImage.TYPE, bytes);
      case 2 -> {
        CameraInfo info = read(CameraInfo.TYPE, bytes);
        if (info != null) {
          calibration(info);
        }
      }
      case 3 -> read(LensState.TYPE, bytes);
      default -> read(Float64.TYPE, bytes);
    }
  }

  private static <T extends Message> T read(MessageType<T> type, byte[] bytes) throws Exception {
    T message = type.factory().get();
    Boolean accepted =
        Laws.bounded(
            bytes,
            32768,
            64,
            () ->
                Laws.readOrRefused(
                    () -> {
                      type.read(ByteBuffer.wrap(bytes), message);
                      return true;
                    },
                    MalformedMessageException.class));
    if (accepted == null) {
      return null;
    }
    byte[] written = type.write(message).array();
    check(written.length == message.serializedSize(), "a message has the size that it states");
    T again = type.factory().get();
    type.read(ByteBuffer.wrap(written), again);
    checkEqual(type.write(again).array(), written, type.name() + " survives a round trip");
    return message;
  }

  private static void calibration(CameraInfo info) throws Exception {
    CameraCalibration calibration =
        Laws.readOrRefused(
            () -> CameraInfoMessages.calibration(info), IllegalArgumentException.class);
    // The principal point of a part of an image may well be beside it.
    if (calibration == null
        || calibration.width() != info.width
        || calibration.height() != info.height) {
      return;
    }
    CameraInfo published = new CameraInfo();
    CameraInfoMessages.describe(calibration, false, published);
    CameraCalibration again = CameraInfoMessages.calibration(published);
    check(
        Arrays.equals(again.camera(), calibration.camera())
            && Arrays.equals(again.rectifiedCamera(), calibration.rectifiedCamera())
            && again.width() == calibration.width()
            && again.height() == calibration.height(),
        "a published calibration is read as the same");
  }

  @Override
  public Map<String, byte[]> seeds() {
    Map<String, byte[]> seeds = new LinkedHashMap<>();
    Image image = TestMessages.mono8(4, 3, 1_763_640_000_123_456_789L, 7);
    seeds.put("image", selected(0, Image.TYPE, image));
    CompressedImage compressed = new CompressedImage();
    compressed.format = "png";
    compressed.data = ByteBuffer.wrap(new byte[] {1, 2, 3});
    seeds.put("compressed", selected(1, CompressedImage.TYPE, compressed));
    seeds.put("camera-info", selected(2, CameraInfo.TYPE, TestMessages.cameraInfo(64, 48, -0.1)));
    CameraInfo binned = TestMessages.cameraInfo(64, 48, 0);
    binned.binningX = 2;
    binned.binningY = 2;
    binned.roi.xOffset = 8;
    binned.roi.width = 48;
    binned.roi.height = 40;
    seeds.put("binned", selected(2, CameraInfo.TYPE, binned));
    seeds.put("lens", selected(3, LensState.TYPE, TestMessages.lensState(1_000_000_000L, 2.5)));
    Float64 power = new Float64();
    power.data = -1.5;
    seeds.put("power", selected(4, Float64.TYPE, power));
    return seeds;
  }

  private static <T extends Message> byte[] selected(int type, MessageType<T> of, T message) {
    byte[] bytes = of.write(message).array();
    byte[] all = new byte[bytes.length + 1];
    all[0] = (byte) type;
    System.arraycopy(bytes, 0, all, 1, bytes.length);
    return all;
  }
}
