package io.github.rackfocus.rosnode;

import io.github.rackfocus.assembly.NodeAssembly;
import io.github.rackfocus.common.DaemonThreads;
import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.NativeLibraryException;
import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.ConfigException;
import io.github.rackfocus.frame.CameraView;
import io.github.rackfocus.frame.CameraView.PinholeIntrinsics;
import io.github.rackfocus.node.DepthNode;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.NodeConfiguration;
import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.ros.msg.std_srvs.SetBool;
import io.github.rackfocus.ros.msg.std_srvs.Trigger;
import io.github.rackfocus.ros.net.RosException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * {@code depth_node}: Rackfocus as a ROS node. It waits for its master, reads its parameters, and
 * publishes depth until the source ends, a signal arrives or the master requests shutdown.
 */
public final class RosDepthNode {
  private static final Logger LOG = LoggerFactory.getLogger(RosDepthNode.class);
  private static final String DEFAULT_NAME = "rackfocus";
  private static final int EXIT_OK = 0;
  private static final int EXIT_FAILURE = 1;
  private static final int EXIT_USAGE = 2;

  /** Added to a signal's number for the exit code, by the convention of shells. */
  private static final int EXIT_SIGNAL_BASE = 128;

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

  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread main = Thread.currentThread();
  private volatile boolean connecting = true;

  private RosDepthNode() {}

  /** Runs the node and exits with its exit code. */
  public static void main(String[] arguments) {
    // Numbers are the same everywhere: also those that a library prints.
    Locale.setDefault(Locale.ROOT);
    System.exit(new RosDepthNode().run(List.of(arguments), System.out));
  }

  private int run(List<String> arguments, PrintStream out) {
    try {
      NodeConfiguration configuration =
          NodeConfiguration.fromCommandLine(arguments, System.getenv(), DEFAULT_NAME);
      List<String> rest = configuration.remainingArguments();
      if (rest.contains("--help") || rest.contains("-h")) {
        out.println(USAGE);
        return EXIT_OK;
      }
      if (!rest.isEmpty()) {
        throw new IllegalArgumentException(
            "unexpected arguments " + rest + "; expected NAME:=VALUE, see --help");
      }
      handleSignals();
      return run(configuration);
    } catch (ConfigException | IllegalArgumentException e) {
      LOG.error("{}", e.getMessage());
      return EXIT_USAGE;
    } catch (NoSuchFileException e) {
      LOG.error("{}: no such file", e.getMessage());
      return EXIT_USAGE;
    } catch (IOException | NativeLibraryException e) {
      LOG.error("{}", ErrorMessages.of(e));
      return EXIT_FAILURE;
    } catch (InterruptedException e) {
      LOG.info("shutdown requested before the node was connected");
      return EXIT_OK;
    }
  }

  private int run(NodeConfiguration configuration)
      throws IOException, ConfigException, InterruptedException {
    try (ConnectedNode ros = ConnectedNode.connect(configuration)) {
      connecting = false;
      ros.addShutdownListener(stop::countDown);
      if (ros.isEnding()) {
        return EXIT_OK;
      }
      AppConfig options = readParameters(ros);
      if (options == null) {
        return EXIT_OK;
      }
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
      return run(ros, node, input, options);
    }
  }

  private static CameraView view(CameraInfoSource camera, int width, int height) {
    CameraInfo info = new CameraInfo();
    PinholeIntrinsics intrinsics =
        camera.describe(info, width, height)
            ? new PinholeIntrinsics(width, height, info.p[0], info.p[5], info.p[2], info.p[6])
            : null;
    return new CameraView(camera.frameId(), intrinsics, camera.calibrationSha256());
  }

  private int run(ConnectedNode ros, DepthNode node, RosInput input, AppConfig options)
      throws IOException, InterruptedException {
    advertiseServices(ros, node);
    try (node;
        DemandMonitor demand = new DemandMonitor(node::wantsFrames, input.demand());
        RosDiagnostics diagnostics =
            new RosDiagnostics(ros, node, input.causes(), options.cameraKey())) {
      node.start();
      DaemonThreads.start("end-of-source", () -> awaitEnd(node));
      LOG.info("{} publishes depth of {}", ros.getName(), options.source().kind());
      stop.await();
      node.stop();
      node.awaitEnd();
    }
    LOG.info("{} has ended", ros.getName());
    return EXIT_OK;
  }

  /** Reads the parameters, again until the master answers; returns null on shutdown. */
  private @Nullable AppConfig readParameters(ConnectedNode ros)
      throws IOException, ConfigException, InterruptedException {
    while (stop.getCount() > 0) {
      try {
        return RosParameters.read(ros);
      } catch (RosException e) {
        LOG.warn("waiting for the parameters of {}: {}", ros.getName(), e.getMessage());
        if (stop.await(1, TimeUnit.SECONDS)) {
          return null;
        }
      }
    }
    return null;
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

  /**
   * Makes SIGINT and SIGTERM end {@link #run} instead of shutting down the JVM at once: shutdown
   * hooks run concurrently, and that of ONNX Runtime would free memory in use by a running
   * inference. A second signal halts the JVM.
   */
  private void handleSignals() {
    for (String name : List.of("INT", "TERM")) {
      Signal.handle(
          new Signal(name),
          signal -> {
            if (stop.getCount() == 0) {
              Runtime.getRuntime().halt(EXIT_SIGNAL_BASE + signal.getNumber());
            }
            stop.countDown();
            if (connecting) {
              main.interrupt();
            }
          });
    }
  }

  private void awaitEnd(DepthNode node) {
    try {
      node.awaitEnd();
    } catch (IOException | InterruptedException e) {
      // The main thread calls awaitEnd as well and reports the failure.
      LOG.debug("the source ended: {}", e.toString());
    }
    stop.countDown();
  }
}
