package io.github.rackfocus.assembly;

import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.KafkaConfig;
import io.github.rackfocus.config.SinkConfig;
import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthPostProcessor;
import io.github.rackfocus.depth.FilterMode;
import io.github.rackfocus.depth.StillFilter;
import io.github.rackfocus.frame.CameraView;
import io.github.rackfocus.kafka.KafkaDepthSink;
import io.github.rackfocus.kafka.KafkaFrameSink;
import io.github.rackfocus.kafka.KafkaFrameSinkConfig;
import io.github.rackfocus.kafka.KafkaObstacleSink;
import io.github.rackfocus.kafka.KafkaPublisher;
import io.github.rackfocus.kafka.codec.CameraFrameCodec;
import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.node.DepthNode;
import io.github.rackfocus.node.DepthNodeBuilder;
import io.github.rackfocus.node.LiveSettings;
import io.github.rackfocus.sink.DepthSink;
import io.github.rackfocus.sink.FileSink;
import io.github.rackfocus.sink.SinkFanOut;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Builds a node from its configuration. */
public final class NodeAssembly {
  private NodeAssembly() {}

  /**
   * Builds a node that is ready to start and owns the source and the sinks.
   *
   * @param source where frames come from
   * @param moreSinks sinks in addition to those of the configuration
   * @param lossless replay: stages wait for each other and nothing is skipped
   * @throws IOException if the model or a sink is unavailable; the source is closed then
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
   * Builds a live node whose source learns its calibration while it runs.
   *
   * @param view returns what is known of the camera for images of a width and height; called by the
   *     threads of the sinks for each map or frame
   */
  public static DepthNode liveNode(
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
        (width, height) -> identity.withView(view.apply(width, height)));
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
      // What is queued for each sink, what each is busy with, what is computed, and one to spare.
      int maxMaps = sinks.size() * (depth + 1) + 2;
      SinkFanOut fanOut = new SinkFanOut(sinks, depth, lossless);
      sinks = List.of(); // From here on the fan-out closes them.
      try {
        KafkaConfig kafka = configuration.sinks().kafka();
        DepthNodeBuilder parts =
            DepthNode.builder(source, estimator, fanOut)
                .rolling(configuration.rolling())
                .colour(configuration.colour())
                .filter(
                    configuration.filter() == FilterMode.STILL
                        ? new StillFilter(configuration.validity())
                        : null)
                .postProcessor(
                    new DepthPostProcessor(
                        configuration.validity(), depthOffset(configuration, source)))
                .maxMaps(maxMaps)
                .lossless(lossless)
                .exposureOffsetSeconds(
                    configuration.source().ros().lens().matching().exposureOffsetNanos() / 1e9)
                .deadlineNanos(configuration.model().deadlineNanos());
        if (kafka != null && kafka.frames() != null) {
          KafkaFrameSink frames = frameSink(configuration, source, kafka.frames(), cameras);
          topics.add(frames.publisher());
          parts.frameSink(frames);
        }
        if (kafka != null && kafka.health() != null) {
          parts.healthSink(
              new KafkaNodeHealthSink(
                  kafka.client(), kafka.health(), configuration.identity(), topics));
        }
        DepthNode node = parts.build();
        node.enable(!configuration.capture().only());
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

  /** Returns what of a configuration may change while a node runs. */
  public static LiveSettings liveSettings(AppConfig configuration) {
    return new LiveSettings(
        configuration.model().iterations(),
        configuration.model().deadlineNanos(),
        configuration.rolling().everyNth(),
        configuration.filter() == FilterMode.STILL,
        configuration.rolling().registration(),
        configuration.validity());
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

  /** The configured offset plus that of the camera's calibration. */
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
              kafka.client(),
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
