package io.github.rackfocus.rosnode;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.NativeLibraryException;
import io.github.rackfocus.config.ConfigException;
import io.github.rackfocus.config.LiveConfig;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.NodeConfiguration;
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
 * What the programs of ROS nodes share: it reads the arguments, waits for the master and the
 * parameters, runs the node until a signal arrives or the master requests shutdown, and gives the
 * exit code: 0 success, 1 failure, 2 invalid usage or configuration.
 */
final class RosProgram {
  private static final Logger LOG = LoggerFactory.getLogger(RosProgram.class);
  private static final int EXIT_OK = 0;
  private static final int EXIT_FAILURE = 1;
  private static final int EXIT_USAGE = 2;

  /** Added to a signal's number for the exit code, by the convention of shells. */
  private static final int EXIT_SIGNAL_BASE = 128;

  /** A node, from its parameters to its end. */
  @FunctionalInterface
  interface Body {
    /**
     * Runs the node until {@code stop} is counted down, or it has ended by itself.
     *
     * @throws IOException if it failed
     * @throws IllegalArgumentException if its configuration cannot be used
     */
    void run(ConnectedNode ros, LiveConfig options, CountDownLatch stop)
        throws IOException, InterruptedException;
  }

  private final String defaultName;
  private final String usage;
  private final Body body;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread main = Thread.currentThread();
  private volatile boolean connecting = true;

  RosProgram(String defaultName, String usage, Body body) {
    this.defaultName = defaultName;
    this.usage = usage;
    this.body = body;
  }

  /** Runs the program and exits with its exit code. To be called by the main thread. */
  void runAndExit(String[] arguments) {
    // Numbers are the same everywhere: also those that a library prints.
    Locale.setDefault(Locale.ROOT);
    System.exit(run(List.of(arguments), System.out));
  }

  private int run(List<String> arguments, PrintStream out) {
    try {
      NodeConfiguration configuration =
          NodeConfiguration.fromCommandLine(arguments, System.getenv(), defaultName);
      List<String> rest = configuration.remainingArguments();
      if (rest.contains("--help") || rest.contains("-h")) {
        out.println(usage);
        return EXIT_OK;
      }
      if (!rest.isEmpty()) {
        throw new IllegalArgumentException(
            "unexpected arguments " + rest + "; expected NAME:=VALUE, see --help");
      }
      handleSignals();
      run(configuration);
      return EXIT_OK;
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

  private void run(NodeConfiguration configuration)
      throws IOException, ConfigException, InterruptedException {
    try (ConnectedNode ros = ConnectedNode.connect(configuration)) {
      connecting = false;
      ros.addShutdownListener(stop::countDown);
      LiveConfig options = ros.isEnding() ? null : readParameters(ros);
      if (options != null) {
        body.run(ros, options, stop);
        LOG.info("{} has ended", ros.getName());
      }
    }
  }

  /** Reads the parameters, again until the master answers; returns null on shutdown. */
  private @Nullable LiveConfig readParameters(ConnectedNode ros)
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
}
