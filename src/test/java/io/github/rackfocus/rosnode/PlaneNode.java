package io.github.rackfocus.rosnode;

import io.github.rackfocus.config.PointsConfig;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthMapPool;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.NodeConfiguration;
import io.github.rackfocus.sink.TestDepthMaps;
import java.util.List;

/**
 * A node for the integration tests, a process of its own: publishes a plane at 8 cm, of a sweep
 * from 0.6 m to 0.07 m, with −Inf, +Inf and NaN in its first three rows, as the real sink does.
 */
public final class PlaneNode {
  static final float DEPTH_METRES = 0.08f;
  static final int WIDTH = 320;
  static final int HEIGHT = 240;
  private static final double[] DIOPTRES = {1 / 0.6, 3, 4.5, 6, 7.5, 9, 10.5, 12, 13, 1 / 0.07};

  private PlaneNode() {}

  public static void main(String[] arguments) throws Exception {
    ConnectedNode node =
        ConnectedNode.connect(
            NodeConfiguration.fromCommandLine(List.of(arguments), System.getenv(), "plane"));
    node.endOnSignals();
    RosDepthSink sink =
        new RosDepthSink(
            node,
            new PinholeCameraInfo("camera_optical_frame", 1.2),
            info -> 0,
            0,
            System::nanoTime,
            PointsConfig.DEFAULTS);
    DepthMapPool pool = new DepthMapPool(1);
    while (!node.isEnding()) {
      if (sink.wantsMaps()) {
        try (DepthMap map =
            TestDepthMaps.scene(
                pool, WIDTH, HEIGHT, node.getClock().nowNanos(), 1, FocusScale.DIOPTRE, DIOPTRES)) {
          for (int i = 0; i < map.pixels(); i++) {
            float special =
                i < WIDTH
                    ? Float.NEGATIVE_INFINITY
                    : i < 2 * WIDTH ? Float.POSITIVE_INFINITY : Float.NaN;
            map.depth().put(i, i < 3 * WIDTH ? special : DEPTH_METRES);
          }
          sink.accept(map);
        }
      }
      Thread.sleep(100);
    }
  }
}
