package io.github.rackfocus.assembly;

import io.github.rackfocus.camera.FrameSource;
import io.github.rackfocus.camera.SourceClock;
import io.github.rackfocus.camera.StackFolder;
import io.github.rackfocus.camera.StackFolderConfig;
import io.github.rackfocus.camera.simulated.SimulatedCamera;
import io.github.rackfocus.camera.simulated.SimulatedCameraConfig;
import io.github.rackfocus.config.SourceConfig;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.node.DepthNode;
import io.github.rackfocus.sweep.FocusAxis;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.DoubleConsumer;

/** Opens frame sources from their configuration. */
public final class Sources {
  private Sources() {}

  /**
   * Opens a source, which the caller closes.
   *
   * @throws IOException if it is unavailable; the message is for the operator
   */
  public static FrameSource open(SourceConfig settings) throws IOException {
    return switch (settings.kind()) {
      case FOLDER -> folder(Path.of(settings.folder()), settings.folderOptions());
      case SIMULATED -> simulated(settings.simulated(), share -> {});
      case ROS ->
          throw new IOException(
              "source.kind is ros, which needs a ROS node; expected simulated or folder here");
    };
  }

  /** Opens a simulated camera that is paced by the JVM's clock. */
  public static SimulatedCamera simulated(SimulatedCameraConfig config, DoubleConsumer progress) {
    return simulated(config, SourceClock.SYSTEM, progress);
  }

  /** Opens a stack folder that is paced by the JVM's clock. */
  public static StackFolder folder(Path folder, StackFolderConfig options) throws IOException {
    return folder(folder, options, SourceClock.SYSTEM);
  }

  /**
   * Opens a simulated camera for a node.
   *
   * @param clock paces its frames
   * @param progress receives the share rendered ahead, 0 to 1, from any thread
   */
  public static SimulatedCamera simulated(
      SimulatedCameraConfig config, SourceClock clock, DoubleConsumer progress) {
    FramePool pool = new FramePool(DepthNode.framesInUse(config.sweep().planes()));
    return new SimulatedCamera(config, pool, clock, progress);
  }

  /**
   * Opens a stack folder for a node.
   *
   * @param clock paces its frames
   * @throws IOException if it is invalid; the message is for the operator
   */
  public static StackFolder folder(Path folder, StackFolderConfig options, SourceClock clock)
      throws IOException {
    FramePool pool = new FramePool(DepthNode.framesInUse(FocusAxis.MAX_PLANES));
    return StackFolder.open(folder, options, pool, clock);
  }
}
