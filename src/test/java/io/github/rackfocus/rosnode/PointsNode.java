package io.github.rackfocus.rosnode;

import io.github.rackfocus.config.PointsConfig;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthMapPool;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.NodeConfiguration;
import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.sink.TestDepthMaps;
import java.util.List;
import java.util.Random;

/**
 * Publishes maps with depth that differs from pixel to pixel, of a camera whose projection matrix
 * is not symmetrical and is not its camera matrix.
 */
public final class PointsNode {
  static final int WIDTH = 321;
  static final int HEIGHT = 243;

  /** Every n-th pixel has no depth: NaN, −Inf or +Inf. */
  static final int INVALID = 7;

  private PointsNode() {}

  private record SkewedCamera(String frameId) implements CameraInfoSource {
    @Override
    public boolean describe(CameraInfo info, int width, int height) {
      new PinholeCameraInfo(frameId, 2).describe(info, width, height);
      info.p[0] = 391.37;
      info.p[2] = 150.21;
      info.p[5] = 388.64;
      info.p[6] = 131.93;
      return true;
    }

    @Override
    public String calibrationSha256() {
      return "";
    }
  }

  public static void main(String[] arguments) throws Exception {
    ConnectedNode node =
        ConnectedNode.connect(
            NodeConfiguration.fromCommandLine(List.of(arguments), System.getenv(), "points"));
    node.endOnSignals();
    RosDepthSink sink =
        new RosDepthSink(
            node,
            new SkewedCamera("camera_optical_frame"),
            info -> 0,
            0,
            System::nanoTime,
            PointsConfig.DEFAULTS);
    DepthMapPool pool = new DepthMapPool(1);
    float[] none = {Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY};
    Random random = new Random(8);
    while (!node.isEnding()) {
      if (sink.wantsMaps()) {
        try (DepthMap map =
            TestDepthMaps.colour(
                TestDepthMaps.scene(
                    pool,
                    WIDTH,
                    HEIGHT,
                    node.getClock().nowNanos(),
                    1,
                    FocusScale.DIOPTRE,
                    TestDepthMaps.DIOPTRES))) {
          for (int i = 0; i < map.pixels(); i++) {
            boolean invalid = i % INVALID == 0;
            map.depth().put(i, invalid ? none[i % 3] : 0.05f + 2 * random.nextFloat());
          }
          sink.accept(map);
        }
      }
      Thread.sleep(100);
    }
  }
}
