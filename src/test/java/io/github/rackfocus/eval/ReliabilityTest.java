package io.github.rackfocus.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ReliabilityTest {
  @Test
  void shouldCompareTheStatedWithTheActualShareOfEachBin() {
    Reliability reliability = new Reliability();
    reliability.add(0.96, true);
    reliability.add(0.96, false);
    reliability.add(0.955, true);
    reliability.add(0, false);
    assertThat(reliability.bins())
        .containsExactly(
            Map.of("from", 0.0, "to", 0.1, "pixels", 1L, "confidence", 0.0, "withinPlane", 0.0),
            Map.of(
                "from",
                0.95,
                "to",
                0.97,
                "pixels",
                3L,
                "confidence",
                (0.96 + 0.96 + 0.955) / 3,
                "withinPlane",
                2.0 / 3));
  }

  @Test
  void shouldPutValuesOnAnEdgeAndOutOfRangeIntoTheNearestBin() {
    Reliability reliability = new Reliability();
    reliability.add(1, true);
    reliability.add(1.5, true);
    reliability.add(-0.5, true);
    assertThat(reliability.bins())
        .extracting(bin -> bin.get("to"), bin -> bin.get("pixels"), bin -> bin.get("confidence"))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(0.1, 1L, 0.0),
            org.assertj.core.groups.Tuple.tuple(1.0, 2L, 1.0));
  }
}
