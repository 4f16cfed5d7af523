package io.github.rackfocus.cli;

import io.github.rackfocus.assembly.Estimators;
import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.config.ConfigException;
import io.github.rackfocus.config.ModelConfig;
import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.eval.EstimatorFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rackfocus}: the root of the command line. */
@Command(
    name = "rackfocus",
    description = "Live, dense, metric depth from one camera whose liquid lens sweeps focus.",
    mixinStandardHelpOptions = true,
    versionProvider = Rackfocus.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    footer = {"", "Exit: 0 done, 1 failed, 2 wrong use or configuration."},
    subcommands = {
      DemoCommand.class,
      RunCommand.class,
      ReplayCommand.class,
      ModelsCommand.class,
      BenchCommand.class,
      TailCommand.class,
      WorkerCommand.class
    })
public final class Rackfocus implements Runnable {
  static final int FAILED = 1;
  static final int WRONG_USE = 2;

  @Spec private @Nullable CommandSpec spec;

  /** Runs a command and ends the JVM with its exit code. */
  public static void main(String[] arguments) {
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Rackfocus())
        .addSubcommand(new EvalCommand(Rackfocus::modelsToEvaluate))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler((failure, command, parsed) -> {
          command.getErr().println(command.getColorScheme().errorText(sentence(failure)));
          LoggerFactory.getLogger(Rackfocus.class).debug("the command failed", failure);
          return isWrongUse(failure) ? WRONG_USE : FAILED;
        });
  }

  private static EstimatorFactory modelsToEvaluate(
      @Nullable Integer iterations, String device, int threads) throws IOException {
    List<String> names = Estimators.names();
    return new EstimatorFactory() {
      @Override
      public DepthEstimator create(String model) throws IOException {
        ModelConfig settings = ModelConfig.DEFAULTS.overriddenBy(model, iterations, device, threads);
        return Estimators.open(settings);
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
      throw new IllegalStateException("rackfocus was not started by its command line");
    }
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  private static boolean isWrongUse(Exception failure) {
    return failure instanceof ConfigException || failure instanceof IllegalArgumentException;
  }

  /** What the operator needs to hear; a stack trace is for the debug log. */
  private static String sentence(Exception failure) {
    Throwable cause = failure;
    if (failure instanceof UncheckedIOException unchecked && unchecked.getCause() != null) {
      cause = unchecked.getCause();
    }
    if (cause instanceof NoSuchFileException) {
      return ErrorMessages.of(cause) + ": there is no such file or folder";
    }
    return cause.getMessage() == null ? "failed: " + cause : ErrorMessages.of(cause);
  }

  /** The version in the jar's manifest. */
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
