package io.github.rackfocus.rosnode;

import io.github.rackfocus.assembly.Sources;
import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.camera.simulated.SimulatedCamera;
import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.RosInputConfig;
import io.github.rackfocus.depth.DepthInfo;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.node.DepthNode;
import io.github.rackfocus.ros.ConnectedNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** Makes the source of a ROS node's frames, and finds out what camera is behind it. */
final class RosSources {
  /**
   * A source, and what is known of what is behind it.
   *
   * @param source of the frames
   * @param camera that they come from
   * @param sweepIds the number of the sweep that a map was made in; 0 where nobody counts
   * @param wanted told whether anybody wants frames, again and again
   * @param causes why images and readings could not be used, with how often
   */
  record Opened(
      FrameSource source,
      CameraInfoSource camera,
      ToLongFunction<DepthInfo> sweepIds,
      Consumer<Boolean> wanted,
      Supplier<Map<String, Long>> causes) {
    Opened(FrameSource source, CameraInfoSource camera, ToLongFunction<DepthInfo> sweepIds) {
      this(source, camera, sweepIds, any -> {}, Map::of);
    }
  }

  private RosSources() {}

  /**
   * Opens the configured source; the caller closes it.
   *
   * @throws IOException if it can't be had, in a sentence for the operator
   * @throws IllegalArgumentException if its depth would not be in metres
   */
  static Opened open(AppConfig configuration, ConnectedNode node) throws IOException {
    Opened opened =
        switch (configuration.source().kind()) {
          case SIMULATED -> simulated(configuration, node);
          case FOLDER -> folder(configuration, node);
          case ROS -> topics(configuration, node);
        };
    if (!opened.source().scale().isMetric()) {
      opened.source().close();
      throw new IllegalArgumentException(
          opened.source().name()
              + " counts its focus in images; topics carry metres and need a focus in dioptres");
    }
    return opened;
  }

  private static Opened simulated(AppConfig configuration, ConnectedNode node) {
    SimulatedCamera camera =
        Sources.simulated(
            configuration.source().simulated(), RosSourceClock.of(node.getClock()), share -> {});
    camera.stampFrom(node.getClock()::nowNanos);
    String frameId = configuration.frameId();
    int sweepFrames = camera.sweepFrames();
    return new Opened(
        camera,
        new PinholeCameraInfo(frameId, SimulatedCamera.focalWidths()),
        info -> info.sequence() / sweepFrames);
  }

  private static Opened topics(AppConfig configuration, ConnectedNode node)
      throws IOException {
    RosInputConfig settings = configuration.source().ros();
    int planes = settings.sweep().axis().planes();
    FramePool pool = new FramePool(DepthNode.framesInUse(planes) + RosFrameSource.FRAMES_WAITING);
    RosFrameSource camera = new RosFrameSource(node, settings, pool, configuration.frameId());
    return new Opened(
        camera,
        camera.camera(),
        info -> camera.sweepIdAt(info.stampNanos()),
        camera::setWanted,
        camera::causes);
  }

  private static Opened folder(AppConfig configuration, ConnectedNode node)
      throws IOException {
    FrameSource folder =
        Sources.folder(
            Path.of(configuration.source().folder()),
            configuration
                .source()
                .playback()
                .withStartStampNanos(Math.max(0, node.getClock().nowNanos())),
            RosSourceClock.of(node.getClock()));
    return new Opened(folder, new UnknownCameraInfo(configuration.frameId()), info -> 0);
  }
}
