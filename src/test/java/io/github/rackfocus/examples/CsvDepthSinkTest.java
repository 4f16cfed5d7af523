package io.github.rackfocus.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.Validity;
import io.github.rackfocus.sink.TestDepthMaps;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvDepthSinkTest {
  @TempDir Path folder;

  @Test
  void shouldWriteALinePerMap() throws Exception {
    Path file = folder.resolve("maps.csv");
    double share;
    try (CsvDepthSink sink = new CsvDepthSink(file)) {
      for (int sequence = 41; sequence <= 42; sequence++) {
        try (DepthMap map = TestDepthMaps.scene(80, 16, 1_000 + sequence, sequence)) {
          sink.accept(TestDepthMaps.fillByRule(map));
        }
      }
      try (DepthMap map = TestDepthMaps.scene(80, 16, 0, 0)) {
        share = map.info().validShare();
      }
      // Before the sink is closed: a line is written when its map was accepted.
      assertThat(Files.readAllLines(file)).hasSize(3);
    }
    // The smallest depth of the rule is that of pixel 0; pixels of other validities do not count.
    assertThat(Files.readAllLines(file))
        .isEqualTo(
            List.of(
                "stamp_nanos,sequence,published_share,nearest_m",
                "1041,41," + share + ",0.2",
                "1042,42," + share + ",0.2"));
  }

  @Test
  void shouldLeaveTheDepthEmptyWhereNoPixelHasOne() throws Exception {
    Path file = folder.resolve("maps.csv");
    try (CsvDepthSink sink = new CsvDepthSink(file);
        DepthMap map = TestDepthMaps.scene(80, 16, 7, 1)) {
      for (int i = 0; i < map.pixels(); i++) {
        map.validity().put(i, Validity.NEARER_THAN_SWEEP.code());
        map.depth().put(i, Float.NEGATIVE_INFINITY);
      }
      sink.accept(map);
    }
    assertThat(Files.readAllLines(file).get(1)).startsWith("7,1,").endsWith(",");
  }
}
