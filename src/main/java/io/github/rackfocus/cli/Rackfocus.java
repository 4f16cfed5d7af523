package io.github.rackfocus.cli;

import io.github.rackfocus.assembly.Estimators;
import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.config.ConfigException;
import io.github.rackfocus.config.ModelConfig;
import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.eval.EstimatorFactory;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rackfocus}: the entry point of the command line. */
@Command(
    name = "rackfocus",
    description = "Live, dense, metric depth from one camera whose liquid lens sweeps focus.",
    mixinStandardHelpOptions = true,
    versionProvider = Rackfocus.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "'rackfocus COMMAND --help' describes a command. Start with 'rackfocus demo'.",
      "Exit codes: 0 success, 1 failure, 2 wrong usage or configuration."
    },
    subcommands = {
      DemoCommand.class,
      RunCommand.class,
      ReplayCommand.class,
      ModelsCommand.class,
      BenchCommand.class,
      TailCommand.class,
      WorkerCommand.class,
      CalibrateCommand.class
    })
public final class Rackfocus implements Runnable {
  static final int FAILED = 1;
  static final int WRONG_USAGE = 2;

  @Spec private @Nullable CommandSpec spec;

  /** Runs a command and exits the JVM with its exit code. */
  public static void main(String[] arguments) {
    // Numbers are the same everywhere: also those that a library prints.
    Locale.setDefault(Locale.ROOT);
    System.exit(run(arguments, new FileOutputStream(FileDescriptor.out), System.err));
  }

  /** Runs a command; one whose output could not be written has failed. */
  static int run(String[] arguments, OutputStream to, PrintStream err) {
    StandardOutput out = new StandardOutput(to);
    int exit = commandLine().setOut(out.writer()).execute(arguments);
    IOException failure = out.failure();
    if (failure != null) {
      err.println("rackfocus: standard output cannot be written: " + ErrorMessages.of(failure));
      return exit == 0 ? FAILED : exit;
    }
    return exit;
  }

  static CommandLine commandLine() {
    return new CommandLine(new Rackfocus())
        .addSubcommand(new EvalCommand(Rackfocus::estimatorFactory))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler((failure, command, parsed) -> {
          command.getErr().println(command.getColorScheme().errorText(message(failure)));
          LoggerFactory.getLogger(Rackfocus.class).debug("Command failed", failure);
          return isWrongUsage(failure) ? WRONG_USAGE : FAILED;
        });
  }

  private static EstimatorFactory estimatorFactory(
      @Nullable Integer iterations, String device, int threads) throws IOException {
    List<String> names = Estimators.names();
    return new EstimatorFactory() {
      @Override
      public DepthEstimator create(String model) throws IOException {
        return Estimators.open(
            ModelConfig.DEFAULTS.overriddenBy(model, iterations, device, threads));
      }

      @Override
      public List<String> names() {
        return names;
      }

      @Override
      public long bytes(String model) throws IOException {
        return Estimators.bytes(model);
      }
    };
  }

  @Override
  public void run() {
    if (spec == null) {
      throw new IllegalStateException("the command was not created by picocli");
    }
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  private static boolean isWrongUsage(Exception failure) {
    return failure instanceof ConfigException || failure instanceof IllegalArgumentException;
  }

  /** Returns a one-line message for the operator; the stack trace goes to the debug log. */
  private static String message(Exception failure) {
    Throwable cause = failure;
    if (failure instanceof UncheckedIOException unchecked && unchecked.getCause() != null) {
      cause = unchecked.getCause();
    }
    if (cause instanceof NoSuchFileException) {
      return ErrorMessages.of(cause) + ": no such file or folder";
    }
    return ErrorMessages.of(cause);
  }

  /** Reads the version from the manifest of the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Rackfocus.class.getPackage().getImplementationVersion();
      return new String[] {
        "rackfocus " + (version == null ? "(not packaged)" : version),
        "Java ${java.version}, ${os.name} ${os.arch}"
      };
    }
  }
}
