package io.github.rackfocus.rosnode;

import io.github.rackfocus.assembly.Sources;
import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.camera.simulated.SimulatedCamera;
import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.RosInputConfig;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.node.DepthNode;
import io.github.rackfocus.ros.ConnectedNode;
import java.io.IOException;
import java.nio.file.Path;

/** Opens the configured frame source of a ROS node. */
final class RosSources {
  private RosSources() {}

  /**
   * Opens the configured source, which the caller closes.
   *
   * @throws IOException if the source is unavailable
   * @throws IllegalArgumentException if its focus scale is not metric
   */
  static RosInput open(AppConfig configuration, ConnectedNode node) throws IOException {
    RosInput input =
        switch (configuration.source().kind()) {
          case SIMULATED -> simulated(configuration, node);
          case FOLDER -> folder(configuration, node);
          case ROS -> topics(configuration, node);
        };
    if (!input.source().scale().isMetric()) {
      input.source().close();
      throw new IllegalArgumentException(
          input.source().name()
              + " has no focus in dioptres; ROS topics carry metres and need a focus in dioptres");
    }
    return input;
  }

  private static RosInput simulated(AppConfig configuration, ConnectedNode node) {
    SimulatedCamera camera =
        Sources.simulated(
            configuration.source().simulated(), RosSourceClock.of(node.getClock()), share -> {});
    camera.stampFrom(node.getClock()::nowNanos);
    String frameId = configuration.frameId();
    int sweepFrames = camera.sweepFrames();
    return new RosInput(
        camera,
        new PinholeCameraInfo(frameId, SimulatedCamera.focalWidths()),
        info -> info.sequence() / sweepFrames);
  }

  private static RosInput topics(AppConfig configuration, ConnectedNode node) throws IOException {
    RosInputConfig settings = configuration.source().ros();
    int planes = settings.sweep().axis().planes();
    FramePool pool = new FramePool(DepthNode.framesInUse(planes) + RosFrameSource.FRAMES_WAITING);
    boolean drivesLens = RosLens.isConfigured(configuration.source());
    RosFrameSource camera =
        new RosFrameSource(node, settings, pool, configuration.frameId(), drivesLens);
    return new RosInput(
        camera,
        camera.camera(),
        info -> camera.sweepIdAt(info.stampNanos()),
        camera::setWanted,
        camera::causes,
        camera::lensState);
  }

  private static RosInput folder(AppConfig configuration, ConnectedNode node) throws IOException {
    FrameSource folder =
        Sources.folder(
            Path.of(configuration.source().folder()),
            configuration
                .source()
                .playback()
                .withStartStampNanos(Math.max(0, node.getClock().nowNanos())),
            RosSourceClock.of(node.getClock()));
    return new RosInput(folder, new UnknownCameraInfo(configuration.frameId()), info -> 0);
  }
}
