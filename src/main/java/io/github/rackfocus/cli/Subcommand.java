package io.github.rackfocus.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command of {@code rackfocus}, with access to its command line and its output streams. */
abstract class Subcommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  final CommandLine commandLine() {
    if (spec == null) {
      throw new IllegalStateException("the command was not created by picocli");
    }
    return spec.commandLine();
  }

  final PrintWriter out() {
    return commandLine().getOut();
  }

  final PrintWriter err() {
    return commandLine().getErr();
  }

  /** Returns an error that ends the command with its usage and {@link Rackfocus#WRONG_USAGE}. */
  final ParameterException usageError(String message) {
    return new ParameterException(commandLine(), message);
  }

  final ParameterException usageError(String message, Throwable cause) {
    return new ParameterException(commandLine(), message, cause);
  }
}
