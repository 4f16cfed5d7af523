package io.github.rackfocus.ros.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.rackfocus.ros.msg.diagnostic_msgs.DiagnosticStatus;
import io.github.rackfocus.ros.msg.diagnostic_msgs.KeyValue;
import io.github.rackfocus.ros.msg.rackfocus_msgs.DepthInfo;
import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import io.github.rackfocus.ros.msg.sensor_msgs.PointCloud2;
import io.github.rackfocus.ros.msg.std_msgs.UInt8;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class MessageLawsTest {
  private static final String SEED = "20261120";

  @Property(seed = SEED, tries = 200)
  void shouldReadBackAnImage(
      @ForAll @LongRange(min = 0, max = 0xFFFFFFFFL) long width,
      @ForAll @LongRange(min = 0, max = 4_294_967_295_999_999_999L) long stampNanos,
      @ForAll String frameId,
      @ForAll byte[] data) {
    Image image = new Image();
    image.width = width;
    image.header.stampNanos = stampNanos;
    image.header.frameId = wellFormed(frameId);
    image.data = ByteBuffer.wrap(data);
    Image back = roundTrip(Image.TYPE, image, new Image());
    assertThat(back.width).isEqualTo(width);
    assertThat(back.header.stampNanos).isEqualTo(stampNanos);
    assertThat(back.header.frameId).isEqualTo(image.header.frameId);
    assertThat(back.data).isEqualTo(ByteBuffer.wrap(data));
    assertThat(image.data.position()).isZero();
  }

  @Property(seed = SEED, tries = 200)
  void shouldReadBackArraysIntoAMessageUsedBefore(
      @ForAll float[] focus, @ForAll @Size(max = 8) List<String> names, @ForAll double k) {
    DepthInfo before = new DepthInfo();
    before.planeFocusDioptres = new float[] {1, 2, 3};
    before.stageNames.addAll(List.of("receive", "decode"));
    DepthInfo info = new DepthInfo();
    info.planeFocusDioptres = focus;
    names.forEach(name -> info.stageNames.add(wellFormed(name)));
    DepthInfo back = roundTrip(DepthInfo.TYPE, info, before);
    assertThat(back.planeFocusDioptres).isEqualTo(focus);
    assertThat(back.stageNames).isEqualTo(info.stageNames);

    CameraInfo camera = new CameraInfo();
    camera.k[4] = k;
    assertThat(roundTrip(CameraInfo.TYPE, camera, new CameraInfo()).k[4]).isEqualTo(k);
  }

  @Property(seed = SEED, tries = 200)
  void shouldReadBackMessagesWithinMessages(@ForAll @IntRange(max = 20) int count) {
    DiagnosticStatus status = new DiagnosticStatus();
    for (int i = 0; i < count; i++) {
      KeyValue pair = new KeyValue();
      pair.key = "key " + i;
      status.values.add(pair);
    }
    DiagnosticStatus back = roundTrip(DiagnosticStatus.TYPE, status, new DiagnosticStatus());
    assertThat(back).usingRecursiveComparison().isEqualTo(status);
  }

  /** Whatever comes: a message or one clear exception, never memory for what is not there. */
  @Property(seed = SEED, tries = 500)
  void shouldReadOrRefuseAnyBytes(@ForAll @Size(max = 300) byte[] bytes) {
    for (MessageType<?> type : List.of(PointCloud2.TYPE, DepthInfo.TYPE, CameraInfo.TYPE)) {
      readOrRefuse(type, bytes);
    }
  }

  private static <T extends Message> void readOrRefuse(MessageType<T> type, byte[] bytes) {
    T message = type.factory().get();
    try {
      type.read(ByteBuffer.wrap(bytes), message);
      assertThat(message.serializedSize()).isEqualTo(bytes.length);
    } catch (MalformedMessageException e) {
      assertThat(e).hasMessageMatching("(?s).*(ends within|left over|remaining bytes).*");
    }
  }

  @Test
  void shouldRefuseALengthOfFourGigabytes() {
    Image image = new Image();
    ByteBuffer bytes = Image.TYPE.write(image).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(bytes.limit() - 4, -1);
    assertThatExceptionOfType(MalformedMessageException.class)
        .isThrownBy(() -> Image.TYPE.read(bytes, image))
        .withMessageContaining("4294967295 elements");
  }

  @Test
  void shouldRefuseToWriteWhatDoesNotFit() {
    UInt8 small = new UInt8();
    small.data = 256;
    assertThatIllegalArgumentException()
        .isThrownBy(() -> UInt8.TYPE.write(small))
        .withMessage("256 does not fit uint8");
    CameraInfo camera = new CameraInfo();
    camera.k = new double[8];
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CameraInfo.TYPE.write(camera))
        .withMessageContaining("K has 8 elements; expected 9");
  }

  private static <T extends Message> T roundTrip(MessageType<T> type, T message, T into) {
    ByteBuffer bytes = type.write(message);
    assertThat(bytes.remaining()).isEqualTo((int) message.serializedSize());
    type.read(bytes, into);
    return into;
  }

  /** UTF-8 has no half characters. */
  private static String wellFormed(String text) {
    return new String(
        text.getBytes(java.nio.charset.StandardCharsets.UTF_8),
        java.nio.charset.StandardCharsets.UTF_8);
  }
}
