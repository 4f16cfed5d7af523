package io.github.rackfocus.rosnode;

import io.github.rackfocus.assembly.CameraView;
import io.github.rackfocus.assembly.NodeAssembly;
import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.ConfigException;
import io.github.rackfocus.node.DepthNode;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.ros.msg.std_srvs.SetBool;
import io.github.rackfocus.ros.msg.std_srvs.Trigger;
import io.github.rackfocus.ros.net.RosException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * {@code depth_node}: Rackfocus as a ROS node. It waits for its master, reads its parameters,
 * publishes depth until the source ends, a signal or the master ends it, and closes all it has.
 */
public final class RosDepthNode {
  private static final Logger LOG = LoggerFactory.getLogger(RosDepthNode.class);
  private static final String DEFAULT_NAME = "rackfocus";
  private static final int DONE = 0;
  private static final int FAILED = 1;
  private static final int WRONG_USE = 2;

  /** What shells add to a signal's number for the exit code of a process it ended. */
  private static final int SIGNALLED = 128;

  private static final String USAGE =
      """
      Usage: depth_node [NAME:=VALUE ...]
        from:=to           remaps a topic or service
        _parameter:=value  sets a private parameter, such as _source/kind:=simulated
        _config:=FILE      reads the YAML file first; see config/node.yaml for every option
        __name:= __ns:= __master:= __log:= __ip:= __hostname:=   as for every ROS node
      An option such as sweep.maxStackAge is the parameter ~sweep/max_stack_age.
      Exit: 0 done, 1 failed, 2 wrong use or configuration.\
      """;

  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread main = Thread.currentThread();
  private volatile boolean connecting = true;

  private RosDepthNode() {}

  /** Runs the node and ends the JVM with its exit code. */
  public static void main(String[] arguments) {
    System.exit(new RosDepthNode().run(List.of(arguments), System.out));
  }

  private int run(List<String> arguments, PrintStream out) {
    try {
      var configuration =
          io.github.rackfocus.ros.NodeConfiguration.fromCommandLine(
              arguments, System.getenv(), DEFAULT_NAME);
      List<String> rest = configuration.remainingArguments();
      if (rest.contains("--help") || rest.contains("-h")) {
        out.println(USAGE);
        return DONE;
      }
      if (!rest.isEmpty()) {
        throw new IllegalArgumentException(
            "found the arguments " + rest + "; expected NAME:=VALUE only, see --help");
      }
      handleSignals();
      return run(configuration);
    } catch (ConfigException | IllegalArgumentException e) {
      LOG.error("{}", e.getMessage());
      return WRONG_USE;
    } catch (NoSuchFileException e) {
      LOG.error("{}: there is no such file", e.getMessage());
      return WRONG_USE;
    } catch (IOException e) {
      LOG.error("{}", ErrorMessages.of(e));
      return FAILED;
    } catch (InterruptedException e) {
      LOG.info("told to end before the node was there");
      return DONE;
    }
  }

  private int run(io.github.rackfocus.ros.NodeConfiguration configuration)
      throws IOException, ConfigException, InterruptedException {
    try (ConnectedNode ros = ConnectedNode.connect(configuration)) {
      connecting = false;
      ros.addShutdownListener(stop::countDown);
      if (ros.isEnding()) {
        return DONE;
      }
      AppConfig options = readParameters(ros);
      if (options == null) {
        return DONE;
      }
      RosSources.Opened input = RosSources.open(options, ros);
      RosDepthSink sink =
          new RosDepthSink(
              ros,
              input.camera(),
              input.sweepIds(),
              options.ros().stampOffsetNanos(),
              System::nanoTime);
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
    boolean known = camera.describe(info, width, height);
    double[] p = info.p;
    return new CameraView(
        camera.frameId(), known, p[0], p[5], p[2], p[6], camera.calibrationSha256());
  }

  private int run(
      ConnectedNode ros, DepthNode node, RosSources.Opened input, AppConfig options)
      throws IOException, InterruptedException {
    serve(ros, node);
    try (node;
        RosDiagnostics diagnostics = new RosDiagnostics(ros, node, input, options.cameraKey())) {
      node.start();
      Thread end = new Thread(() -> awaitEnd(node), "end-of-source");
      end.setDaemon(true);
      end.start();
      LOG.info("{} publishes depth of {}", ros.getName(), options.source().kind());
      stop.await();
      node.stop();
      node.awaitEnd();
    }
    LOG.info("{} has ended", ros.getName());
    return DONE;
  }

  /** The master may die while it is asked; null once told to end. */
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

  private static void serve(ConnectedNode ros, DepthNode node) {
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
          response.message = "the focal stack is emptied; depth comes after a whole sweep";
          LOG.info("{}: {}", ros.getName(), response.message);
        });
  }

  /**
   * SIGINT and SIGTERM let {@link #run} return instead of ending the JVM at once, for its shutdown
   * hooks run side by side, and ONNX Runtime's would take the ground from under an inference that
   * still runs. A second signal ends the JVM at once.
   */
  private void handleSignals() {
    for (String name : List.of("INT", "TERM")) {
      Signal.handle(
          new Signal(name),
          signal -> {
            if (stop.getCount() == 0) {
              Runtime.getRuntime().halt(SIGNALLED + signal.getNumber());
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
      // The main thread asks again and hears the same.
      LOG.debug("the source ended: {}", e.toString());
    }
    stop.countDown();
  }
}
