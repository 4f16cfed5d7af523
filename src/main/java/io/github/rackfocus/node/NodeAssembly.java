package io.github.rackfocus.node;

import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.MetricDepth;
import io.github.rackfocus.kafka.CameraFrameCodec;
import io.github.rackfocus.kafka.CameraIdentity;
import io.github.rackfocus.kafka.KafkaDepthSink;
import io.github.rackfocus.kafka.KafkaFrameConfig;
import io.github.rackfocus.kafka.KafkaFrameSink;
import io.github.rackfocus.sink.DepthSink;
import io.github.rackfocus.sink.FileSink;
import io.github.rackfocus.sink.SinkFanOut;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Puts a node together from its configuration. */
public final class NodeAssembly {
  private NodeAssembly() {}

  /**
   * Makes a node that is ready to start, and that owns what it was given.
   *
   * @param source where frames come from
   * @param moreSinks besides those of the configuration
   * @param lossless replay: stages wait for each other and nothing is skipped
   * @throws IOException if the model or a sink can't be had; the source is closed then
   */
  public static DepthNode node(
      NodeConfiguration configuration,
      FrameSource source,
      List<? extends DepthSink> moreSinks,
      boolean lossless)
      throws IOException {
    List<DepthSink> sinks = new ArrayList<>(moreSinks);
    try {
      addSinks(configuration, sinks);
      DepthEstimator estimator = Estimators.open(configuration.model());
      int depth = configuration.sinks().queueDepth();
      // What waits for each sink, what each is busy with, what is being filled, and one to spare.
      int mapCapacity = sinks.size() * (depth + 1) + 2;
      SinkFanOut fanOut = new SinkFanOut(sinks, depth, lossless);
      sinks = List.of(); // The fan-out closes them from now on.
      try {
        DepthNode node =
            new DepthNode(
                source,
                configuration.rolling(),
                estimator,
                new MetricDepth(configuration.validity(), depthOffset(configuration, source)),
                fanOut,
                mapCapacity,
                lossless,
                configuration.model().deadlineNanos(),
                System::nanoTime);
        KafkaOptions kafka = configuration.sinks().kafka();
        if (kafka != null && kafka.frames() != null) {
          node.publishFramesTo(frameSink(configuration, source, kafka.frames()));
        }
        return node;
      } catch (IOException | RuntimeException e) {
        fanOut.close();
        estimator.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      source.close();
      for (DepthSink sink : sinks) {
        sink.close();
      }
      throw e;
    }
  }

  private static KafkaFrameSink frameSink(
      NodeConfiguration configuration, FrameSource source, KafkaFrameConfig frames)
      throws IOException {
    CameraFrameCodec codec =
        new CameraFrameCodec(
            source.scale(),
            source.planeFocus(),
            depthOffset(configuration, source),
            frames.packing());
    CameraIdentity identity = configuration.identity();
    return new KafkaFrameSink(frames, frame -> identity, codec, InstantSource.system());
  }

  /** As configured, and what the camera was calibrated to. */
  private static double depthOffset(NodeConfiguration configuration, FrameSource source) {
    return configuration.depthOffsetMetres() + source.depthOffsetMetres();
  }

  private static void addSinks(NodeConfiguration configuration, List<DepthSink> sinks)
      throws IOException {
    SinkSettings settings = configuration.sinks();
    if (settings.files() != null) {
      sinks.add(new FileSink(settings.files()));
    }
    if (settings.kafka() != null && settings.kafka().depth() != null) {
      sinks.add(new KafkaDepthSink(settings.kafka().depth(), configuration.identity()));
    }
  }
}
