package io.github.rackfocus.assembly;

import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.KafkaConfig;
import io.github.rackfocus.config.SinkConfig;
import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthPostProcessor;
import io.github.rackfocus.kafka.KafkaDepthSink;
import io.github.rackfocus.kafka.KafkaFrameSink;
import io.github.rackfocus.kafka.KafkaFrameSinkConfig;
import io.github.rackfocus.kafka.KafkaHealthPublisher;
import io.github.rackfocus.kafka.KafkaObstacleSink;
import io.github.rackfocus.kafka.KafkaPublisher;
import io.github.rackfocus.kafka.codec.CameraFrameCodec;
import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.node.DepthNode;
import io.github.rackfocus.sink.DepthSink;
import io.github.rackfocus.sink.FileSink;
import io.github.rackfocus.sink.SinkFanOut;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

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
      AppConfig configuration,
      FrameSource source,
      List<? extends DepthSink> moreSinks,
      boolean lossless)
      throws IOException {
    CameraIdentity identity = configuration.identity();
    return node(configuration, source, moreSinks, lossless, (width, height) -> identity);
  }

  /**
   * The same for a source that learns what its camera is while it runs.
   *
   * @param view what it knows of the camera of images of a width and height when a map or a frame
   *     is sent; asked by the sinks' threads
   */
  public static DepthNode nodeOf(
      AppConfig configuration,
      FrameSource source,
      List<? extends DepthSink> moreSinks,
      BiFunction<Integer, Integer, CameraView> view)
      throws IOException {
    CameraIdentity identity = configuration.identity();
    return node(
        configuration,
        source,
        moreSinks,
        false,
        (width, height) -> seen(identity, width, height, view.apply(width, height)));
  }

  private static CameraIdentity seen(
      CameraIdentity identity, int width, int height, CameraView view) {
    CameraIdentity.PinholeIntrinsics pinhole =
        view.calibrated()
            ? new CameraIdentity.PinholeIntrinsics(
                width, height, view.fx(), view.fy(), view.cx(), view.cy())
            : null;
    return identity.seenAs(view.frameId(), pinhole, view.calibrationSha256());
  }

  private static DepthNode node(
      AppConfig configuration,
      FrameSource source,
      List<? extends DepthSink> moreSinks,
      boolean lossless,
      BiFunction<Integer, Integer, CameraIdentity> cameras)
      throws IOException {
    List<DepthSink> sinks = new ArrayList<>(moreSinks);
    try {
      List<KafkaPublisher> topics = new ArrayList<>();
      addSinks(configuration, sinks, topics, map -> cameras.apply(map.width(), map.height()));
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
                new DepthPostProcessor(configuration.validity(), depthOffset(configuration, source)),
                fanOut,
                mapCapacity,
                lossless,
                configuration.model().deadlineNanos(),
                System::nanoTime);
        KafkaConfig kafka = configuration.sinks().kafka();
        if (kafka != null && kafka.frames() != null) {
          KafkaFrameSink frames = frameSink(configuration, source, kafka.frames(), cameras);
          topics.add(frames.publisher());
          node.publishFramesTo(frames);
        }
        if (kafka != null && kafka.health() != null) {
          node.publishHealthBy(
              new KafkaHealthPublisher(
                  kafka.settings(),
                  kafka.health(),
                  configuration.identity(),
                  () -> NodeHealthReport.of(node),
                  topics,
                  InstantSource.system()));
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
      AppConfig configuration,
      FrameSource source,
      KafkaFrameSinkConfig frames,
      BiFunction<Integer, Integer, CameraIdentity> cameras)
      throws IOException {
    CameraFrameCodec codec =
        new CameraFrameCodec(
            source.scale(),
            source.planeFocus(),
            depthOffset(configuration, source),
            frames.packing());
    return new KafkaFrameSink(
        frames,
        frame -> cameras.apply(frame.width(), frame.height()),
        codec,
        InstantSource.system());
  }

  /** As configured, and what the camera was calibrated to. */
  private static double depthOffset(AppConfig configuration, FrameSource source) {
    return configuration.depthOffsetMetres() + source.depthOffsetMetres();
  }

  private static void addSinks(
      AppConfig configuration,
      List<DepthSink> sinks,
      List<KafkaPublisher> topics,
      Function<DepthMap, CameraIdentity> cameras)
      throws IOException {
    SinkConfig settings = configuration.sinks();
    if (settings.files() != null) {
      sinks.add(new FileSink(settings.files()));
    }
    KafkaConfig kafka = settings.kafka();
    if (kafka != null && kafka.depth() != null) {
      KafkaDepthSink depth =
          new KafkaDepthSink(
              kafka.depth(), configuration.identity(), cameras, InstantSource.system());
      sinks.add(depth);
      topics.add(depth.publisher());
    }
    if (kafka != null && kafka.obstacles() != null) {
      KafkaObstacleSink obstacles =
          new KafkaObstacleSink(
              kafka.settings(),
              kafka.obstacles().topic(),
              kafka.obstacles().columns(),
              kafka.obstacles().rows(),
              configuration.identity(),
              cameras,
              InstantSource.system());
      sinks.add(obstacles);
      topics.add(obstacles.publisher());
    }
  }
}
