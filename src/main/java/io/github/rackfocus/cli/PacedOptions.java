package io.github.rackfocus.cli;

import io.github.rackfocus.eval.PacedBenchmark;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options of the benchmark that runs the whole node at a camera's rate. */
final class PacedOptions {
  private static final double MAX_RATE = 1000;
  private static final double MAX_SECONDS = 86_400;

  @Option(
      names = "--rate",
      paramLabel = "HZ",
      description =
          "Also runs the whole node on a simulated camera at this frame rate, 0.1 to 1000 Hz.")
  private double rate;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "Duration of the run at --rate, in seconds. Default: ${DEFAULT-VALUE}.")
  private double seconds = 60;

  @Option(
      names = "--every",
      paramLabel = "S",
      description =
          "Seconds between two status lines of the run at --rate. Default: ${DEFAULT-VALUE}.")
  private double every = 10;

  @Option(
      names = "--deadline",
      paramLabel = "MS",
      description =
          "Latency that the 95th percentile must stay below in the run at --rate, in"
              + " milliseconds; 0 for no deadline. Default: ${DEFAULT-VALUE}.")
  private double deadline;

  boolean isEnabled() {
    return rate != 0;
  }

  PacedBenchmark.Config config() {
    return new PacedBenchmark.Config(rate, seconds, every, deadline);
  }

  void check(CommandLine command) {
    if (rate != 0 && !(rate >= 0.1 && rate <= MAX_RATE)) {
      throw new ParameterException(command, "--rate is " + rate + "; expected 0.1 to 1000 Hz");
    }
    if (!(seconds >= 1 && seconds <= MAX_SECONDS)) {
      throw new ParameterException(command, "--seconds is " + seconds + "; expected 1 to 86400");
    }
    if (!(every >= 1)) {
      throw new ParameterException(command, "--every is " + every + "; expected 1 or more");
    }
    if (!(deadline >= 0 && deadline <= 60_000)) {
      throw new ParameterException(command, "--deadline is " + deadline + "; expected 0 to 60000");
    }
  }
}
