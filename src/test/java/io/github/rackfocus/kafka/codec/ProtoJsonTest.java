package io.github.rackfocus.kafka.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.ByteString;
import io.github.rackfocus.v1.DepthFrame;
import io.github.rackfocus.v1.FocusScale;
import io.github.rackfocus.v1.FocusSweep;
import io.github.rackfocus.v1.Health;
import io.github.rackfocus.v1.StageTime;
import org.junit.jupiter.api.Test;

class ProtoJsonTest {
  @Test
  void shouldWriteTheCanonicalForm() throws Exception {
    Health health =
        Health.newBuilder()
            .setRobot("r2")
            .setStampNs(1_763_640_000_123_456_789L)
            .setFrames(-1)
            .putFramesDropped("badFrame", 3)
            .setLatencyP50Ms(12.5)
            .setSweepMs(Double.NaN)
            .addStages(StageTime.newBuilder().setName("stack").setP99Ms(20))
            .build();
    JsonNode json = new ObjectMapper().readTree(ProtoJson.of(health));
    assertThat(json.get("robot").textValue()).isEqualTo("r2");
    assertThat(json.get("stampNs").textValue()).isEqualTo("1763640000123456789");
    assertThat(json.get("frames").textValue()).isEqualTo("18446744073709551615");
    assertThat(json.get("framesDropped").get("badFrame").textValue()).isEqualTo("3");
    assertThat(json.get("latencyP50Ms").doubleValue()).isEqualTo(12.5);
    assertThat(json.get("sweepMs").textValue()).isEqualTo("NaN");
    assertThat(json.get("stages").get(0).get("name").textValue()).isEqualTo("stack");
    assertThat(json.get("stages").get(0).get("p50Ms").doubleValue()).isZero();
    assertThat(json.get("maps").textValue()).isEqualTo("0");
    assertThat(json.has("model")).as("a message that is absent").isFalse();
    assertThat(json.has("lensCelsius")).as("an optional field that is absent").isFalse();
  }

  @Test
  void shouldWriteBytesNamesAndInfinities() throws Exception {
    DepthFrame frame =
        DepthFrame.newBuilder()
            .setWidth(-2)
            .setDepth(ByteString.copyFrom(new byte[] {1, 2, (byte) 0xff}))
            .setSweep(
                FocusSweep.newBuilder()
                    .setScale(FocusScale.FOCUS_SCALE_DIOPTRE)
                    .addPlaneFocus(0.5)
                    .setFarthestDepthM(Double.POSITIVE_INFINITY))
            .build();
    JsonNode json = new ObjectMapper().readTree(ProtoJson.of(frame));
    assertThat(json.get("width").longValue()).isEqualTo(4_294_967_294L);
    assertThat(json.get("depth").textValue()).isEqualTo("AQL/");
    assertThat(json.get("sweep").get("scale").textValue()).isEqualTo("FOCUS_SCALE_DIOPTRE");
    assertThat(json.get("sweep").get("planeFocus").get(0).doubleValue()).isEqualTo(0.5);
    assertThat(json.get("sweep").get("farthestDepthM").textValue()).isEqualTo("Infinity");
  }
}
