package io.github.rackfocus.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.node.DepthNode;
import io.github.rackfocus.sink.SinkFanOut;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The three examples as one node: images in memory, constant depth, a CSV file. */
class ExamplePipelineTest {
  @TempDir Path folder;

  @Test
  void shouldWriteALineForEveryStack() throws Exception {
    double[] focus = {2, 4, 6, 8, 10};
    FramePool pool = new FramePool(DepthNode.framesInUse(focus.length));
    ListFrameSource source =
        new ListFrameSource(ListFrameSourceTest.sweeps(3, focus, 32, 32), focus, pool);
    Path file = folder.resolve("maps.csv");
    boolean lossless = true; // The source does not wait for a live node, so that frames would drop.
    SinkFanOut sinks = new SinkFanOut(List.of(new CsvDepthSink(file)), 2, lossless);

    try (DepthNode node =
        DepthNode.builder(source, new ConstantDepthEstimator(0.2), sinks)
            .maxMaps(5) // Two queued, one in the sink, one being computed, one to spare.
            .lossless(lossless)
            .build()) {
      node.start();
      node.awaitEnd();
    }

    assertThat(pool.leased()).isZero();
    // Fifteen frames; a stack is complete from the fifth on.
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(1 + 11);
    assertThat(lines.get(1)).startsWith("40000000,4,").endsWith(",0.2");
    assertThat(lines.get(11)).startsWith("140000000,14,").endsWith(",0.2");
  }
}
