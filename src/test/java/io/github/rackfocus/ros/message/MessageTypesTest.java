package io.github.rackfocus.ros.message;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.ros.msg.diagnostic_msgs.DiagnosticArray;
import io.github.rackfocus.ros.msg.dynamic_reconfigure.ConfigDescription;
import io.github.rackfocus.ros.msg.dynamic_reconfigure.Reconfigure;
import io.github.rackfocus.ros.msg.rackfocus_msgs.DepthInfo;
import io.github.rackfocus.ros.msg.rackfocus_msgs.LensState;
import io.github.rackfocus.ros.msg.roscpp.GetLoggers;
import io.github.rackfocus.ros.msg.roscpp.SetLoggerLevel;
import io.github.rackfocus.ros.msg.rosgraph_msgs.Clock;
import io.github.rackfocus.ros.msg.rosgraph_msgs.Log;
import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.ros.msg.sensor_msgs.CompressedImage;
import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import io.github.rackfocus.ros.msg.sensor_msgs.PointCloud2;
import io.github.rackfocus.ros.msg.sensor_msgs.PointField;
import io.github.rackfocus.ros.msg.std_msgs.Header;
import io.github.rackfocus.ros.msg.std_srvs.SetBool;
import io.github.rackfocus.ros.msg.std_srvs.Trigger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MessageTypesTest {
  static Stream<Arguments> published() {
    return Stream.of(
        Arguments.of(Header.TYPE, "std_msgs/Header", "2176decaecbce78abc3b96ef049fabed"),
        Arguments.of(Image.TYPE, "sensor_msgs/Image", "060021388200f6f0f447d0fcd9c64743"),
        Arguments.of(CameraInfo.TYPE, "sensor_msgs/CameraInfo", "c9a58c1b0b154e0e6da7578cb991d214"),
        Arguments.of(
            CompressedImage.TYPE,
            "sensor_msgs/CompressedImage",
            "8f7a12909da2c9d3332d540a0977563f"),
        Arguments.of(
            PointCloud2.TYPE, "sensor_msgs/PointCloud2", "1158d486dd51d683ce2f1be655c3c181"),
        Arguments.of(
            DiagnosticArray.TYPE,
            "diagnostic_msgs/DiagnosticArray",
            "60810da900de1dd6ddd437c3503511da"),
        Arguments.of(Log.TYPE, "rosgraph_msgs/Log", "acffd30cd6b6de30f120938c17c593fb"),
        Arguments.of(Clock.TYPE, "rosgraph_msgs/Clock", "a9c97c1d230cfc112e270351a944ee47"));
  }

  @ParameterizedTest
  @MethodSource("published")
  void shouldHaveTheMd5sumsOfRos(MessageType<?> type, String name, String md5sum) {
    assertThat(type.name()).isEqualTo(name);
    assertThat(type.md5sum()).isEqualTo(md5sum);
    assertThat(type.factory().get().type()).isSameAs(type);
  }

  @Test
  void shouldHaveTheMd5sumsOfRosForServices() {
    assertThat(GetLoggers.TYPE.md5sum()).isEqualTo("32e97e85527d4678a8f9279894bb64b0");
    assertThat(SetLoggerLevel.TYPE.md5sum()).isEqualTo("51da076440d78ca1684d36c868df61ea");
    assertThat(SetBool.TYPE.md5sum()).isEqualTo("09fb03525b03e7ea1fd3992bafd87e16");
    assertThat(Trigger.TYPE.md5sum()).isEqualTo("937c9679a518e3a18d831e57125ea522");
    assertThat(Reconfigure.TYPE.md5sum()).isEqualTo("bb125d226a21982a4a98760418dc2672");
    assertThat(ConfigDescription.TYPE.md5sum()).isEqualTo("757ce9d44ba8ddd801bb30bc456f946f");
    assertThat(SetBool.TYPE.request().name()).isEqualTo("std_srvs/SetBoolRequest");
  }

  @Test
  void shouldDefineAllContainedTypesInTheFullDefinition() {
    assertThat(PointCloud2.TYPE.definition())
        .startsWith("Header header\n")
        .contains("\n" + "=".repeat(80) + "\nMSG: std_msgs/Header\nuint32 seq\n")
        .contains("\n" + "=".repeat(80) + "\nMSG: sensor_msgs/PointField\nuint8 INT8=1\n");
  }

  @Test
  void shouldHoldUnsignedNumbersTimesAndConstants() {
    assertThat(PointField.FLOAT32).isEqualTo(7);
    LensState state = new LensState();
    state.header.stampNanos = 4_000_000_000_123_456_789L;
    state.planeIndex = 65535;
    state.sweepId = 4_294_967_295L;
    state.lensPowerDioptres = -0.5;
    LensState back = new LensState();
    LensState.TYPE.read(LensState.TYPE.write(state), back);
    assertThat(back).usingRecursiveComparison().isEqualTo(state);
    assertThat(new DepthInfo().planeStampsNanos).isEmpty();
  }
}
