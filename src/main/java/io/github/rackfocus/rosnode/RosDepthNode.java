package io.github.rackfocus.rosnode;

import io.github.rackfocus.assembly.NodeAssembly;
import io.github.rackfocus.common.DaemonThreads;
import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.LiveConfig;
import io.github.rackfocus.frame.CameraView;
import io.github.rackfocus.frame.CameraView.PinholeIntrinsics;
import io.github.rackfocus.node.DepthNode;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.msg.diagnostic_msgs.DiagnosticStatus;
import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.ros.msg.std_srvs.SetBool;
import io.github.rackfocus.ros.msg.std_srvs.Trigger;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code depth_node}: Rackfocus as a ROS node. It waits for its master, reads its parameters, and
 * publishes depth until the source ends, a signal arrives or the master requests shutdown.
 */
public final class RosDepthNode {
  private static final Logger LOG = LoggerFactory.getLogger(RosDepthNode.class);
  private static final String DEFAULT_NAME = "rackfocus";

  private static final String USAGE =
      """
      Usage: depth_node [NAME:=VALUE ...]
        from:=to           remaps a topic or service
        _parameter:=value  sets a private parameter, such as _source/kind:=simulated
        _config:=FILE      reads the YAML file first; see config/node.yaml for all options
        __name:= __ns:= __master:= __log:= __ip:= __hostname:=   as for all ROS nodes
      The option sweep.maxStackAge, for example, is the parameter ~sweep/max_stack_age.
      Exit code: 0 success, 1 failure, 2 invalid usage or configuration.\
      """;

  private RosDepthNode() {}

  /** Runs the node and exits with its exit code. */
  public static void main(String[] arguments) {
    new RosProgram(DEFAULT_NAME, USAGE, RosDepthNode::run).runAndExit(arguments);
  }

  private static void run(ConnectedNode ros, LiveConfig live, CountDownLatch stop)
      throws IOException, InterruptedException {
    AppConfig options = live.current();
    RosInput input = RosSources.open(options, ros);
    RosDepthSink sink =
        new RosDepthSink(
            ros,
            input.camera(),
            input.sweepIds(),
            options.ros().stampOffsetNanos(),
            System::nanoTime,
            options.ros().points());
    DepthNode node =
        NodeAssembly.liveNode(
            options,
            input.source(),
            List.of(sink),
            (width, height) -> view(input.camera(), width, height));
    run(ros, node, input, live, stop);
  }

  private static CameraView view(CameraInfoSource camera, int width, int height) {
    CameraInfo info = new CameraInfo();
    PinholeIntrinsics intrinsics =
        camera.describe(info, width, height)
            ? new PinholeIntrinsics(width, height, info.p[0], info.p[5], info.p[2], info.p[6])
            : null;
    return new CameraView(camera.frameId(), intrinsics, camera.calibrationSha256());
  }

  private static void run(
      ConnectedNode ros, DepthNode node, RosInput input, LiveConfig live, CountDownLatch stop)
      throws IOException, InterruptedException {
    AppConfig options = live.current();
    advertiseServices(ros, node);
    LiveParameters.advertise(ros, node, live);
    CaptureService.advertise(ros, node, input.demand(), options.capture().timeoutSeconds());
    try (node;
        RosLens lens = RosLens.start(ros, options, input.lensListener(), stop::countDown);
        DemandMonitor demand = new DemandMonitor(node::wantsFrames, input.demand());
        RosDiagnostics diagnostics =
            new RosDiagnostics(ros, statuses(ros, node, input, options, lens))) {
      node.start();
      DaemonThreads.start("end-of-source", () -> awaitEnd(node, stop));
      LOG.info("{} publishes depth of {}", ros.getName(), options.source().kind());
      stop.await();
      if (lens != null) {
        // Before the last map is awaited, which may take longer than roslaunch waits.
        lens.close();
      }
      node.stop();
      node.awaitEnd();
      if (lens != null) {
        lens.check();
      }
    }
  }

  private static Supplier<List<DiagnosticStatus>> statuses(
      ConnectedNode ros,
      DepthNode node,
      RosInput input,
      AppConfig options,
      @Nullable RosLens lens) {
    DiagnosticReport report =
        new DiagnosticReport(ros.getName().value().substring(1), options.cameraKey());
    return () -> {
      List<DiagnosticStatus> all =
          new ArrayList<>(
              report.statuses(
                  node.health(),
                  input.causes().get(),
                  node.isEnabled(),
                  node.wantsFrames(),
                  System.nanoTime()));
      if (lens != null) {
        all.add(lens.status());
      }
      return all;
    };
  }

  private static void advertiseServices(ConnectedNode ros, DepthNode node) {
    ros.newServiceServer(
        "~enable",
        SetBool.TYPE,
        (request, response) -> {
          node.enable(request.data);
          response.success = true;
          response.message = request.data ? "depth is computed" : "depth is not computed";
          LOG.info("{}: {}", ros.getName(), response.message);
        });
    ros.newServiceServer(
        "~reset",
        Trigger.TYPE,
        (request, response) -> {
          node.reset();
          response.success = true;
          response.message = "the focal stack is emptied; depth resumes after a whole sweep";
          LOG.info("{}: {}", ros.getName(), response.message);
        });
  }

  private static void awaitEnd(DepthNode node, CountDownLatch stop) {
    try {
      node.awaitEnd();
    } catch (IOException | InterruptedException e) {
      // The main thread calls awaitEnd as well and reports the failure.
      LOG.debug("the source ended: {}", e.toString());
    }
    stop.countDown();
  }
}
