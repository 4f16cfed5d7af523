package io.github.rackfocus.rosnode;

import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.LiveConfig;
import io.github.rackfocus.ros.ConnectedNode;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code lens_node}: moves a lens through the planes of a sweep and publishes its readings as
 * {@code lens_state}, with the configuration of {@code depth_node}: sections {@code sweep}, {@code
 * lens} and {@code source.lens}.
 */
public final class RosLensNode {
  private static final Logger LOG = LoggerFactory.getLogger(RosLensNode.class);
  private static final String DEFAULT_NAME = "lens";

  private static final String USAGE =
      """
      Usage: lens_node [NAME:=VALUE ...]
        lens_state:=TOPIC          where the readings are published
        _source/lens/driver:=NAME  optotune, line or v4l2
        _source/lens/port:=PORT    /dev/ttyACM0, udp://HOST:PORT or /dev/video0
        _config:=FILE              reads the YAML file first; see config/node.yaml for all options
        __name:= __ns:= __master:= __log:= __ip:= __hostname:=   as for all ROS nodes
      The planes are those of the section sweep: ~sweep/planes, ~sweep/farthest, ~sweep/nearest.
      Exit code: 0 success, 1 failure, 2 invalid usage or configuration.\
      """;

  private RosLensNode() {}

  /** Runs the node and exits with its exit code. */
  public static void main(String[] arguments) {
    new RosProgram(DEFAULT_NAME, USAGE, RosLensNode::run).runAndExit(arguments);
  }

  private static void run(ConnectedNode ros, LiveConfig live, CountDownLatch stop)
      throws IOException, InterruptedException {
    AppConfig options = live.current();
    try (RosLens lens = RosLens.start(ros, options, state -> {}, stop::countDown)) {
      if (lens == null) {
        throw new IllegalArgumentException(
            ros.getName()
                + "/source/lens/driver is none, or source/kind is not ros; expected optotune, line"
                + " or v4l2");
      }
      LOG.info(
          "{} drives {} at {}",
          ros.getName(),
          options.source().lens().kind(),
          options.source().lens().port());
      try (RosDiagnostics diagnostics = new RosDiagnostics(ros, () -> List.of(lens.status()))) {
        stop.await();
      }
      lens.check();
    }
  }
}
