package io.github.rackfocus.cli;

import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.ConfigException;
import io.github.rackfocus.fleet.Worker;
import io.github.rackfocus.fleet.WorkerHealth;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code rackfocus worker}: computes the depth of frames that a fleet publishes to Kafka. */
@Command(
    name = "worker",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Computes depth for a fleet: consumes the frames that nodes publish to Kafka and publishes"
          + " their depth maps.",
      "The workers of a group share the cameras and can be started and stopped at any time."
    })
final class WorkerCommand extends Subcommand {
  private static final long NANOS = 1_000_000_000L;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description =
          "YAML configuration, such as config/fleet-worker.yaml; config/node.yaml documents every"
              + " option.")
  private Path file = Path.of("");

  @Option(
      names = "--status-every",
      paramLabel = "SECONDS",
      description = "Seconds between two status lines. Default: ${DEFAULT-VALUE}.")
  private int statusSeconds = 10;

  @Mixin private InferenceOptions inference = new InferenceOptions();

  @Override
  public Integer call() throws IOException, ConfigException, InterruptedException {
    AppConfig loaded = AppConfig.load(file);
    AppConfig configuration = loaded.withModel(inference.applyTo(loaded.model()));
    PrintWriter console = out();
    try (StopSignals signals = new StopSignals();
        Worker worker = new Worker(configuration)) {
      worker.start();
      signals.stopAfter("end-of-worker", worker::awaitEnd);
      show(worker, console, signals);
      worker.stop();
      worker.awaitEnd();
      print(console, "worker ended: ", worker.health(), null, 0);
    }
    return 0;
  }

  private void show(Worker worker, PrintWriter console, StopSignals signals)
      throws InterruptedException {
    WorkerHealth before = worker.health();
    long previousNanos = System.nanoTime();
    while (!signals.await(1000L * Math.max(1, statusSeconds))) {
      long now = System.nanoTime();
      WorkerHealth health = worker.health();
      print(console, "worker: ", health, before, (double) (now - previousNanos) / NANOS);
      before = health;
      previousNanos = now;
    }
  }

  private static void print(
      PrintWriter console,
      String title,
      WorkerHealth health,
      @Nullable WorkerHealth before,
      double seconds) {
    StringBuilder line = new StringBuilder(title);
    line.append(
        String.format(
            Locale.ROOT,
            "%d cameras, %d partitions, %d frames, %d maps",
            health.cameras(),
            health.partitions(),
            health.frames().read(),
            health.maps().acknowledged()));
    if (before != null && seconds > 0) {
      line.append(
          String.format(
              Locale.ROOT,
              " (%.1f frames/s, %.1f maps/s)",
              (health.frames().read() - before.frames().read()) / seconds,
              (health.maps().acknowledged() - before.maps().acknowledged()) / seconds));
    }
    line.append(
        String.format(
            Locale.ROOT,
            ", latency p50 %.0f ms, p99 %.0f ms; lag %d records; %d frames read back,"
                + " %d assembling a first stack, %d not due; skipped %d frames and %d stacks,"
                + " failed %d, lost %d, dropped %s, rejected %s, dead letters %d",
            health.latency().p50Millis(),
            health.latency().p99Millis(),
            health.lag(),
            health.frames().readBack(),
            health.frames().assembling(),
            health.frames().notDue(),
            health.frames().skipped(),
            health.stacks().skipped(),
            health.maps().failed(),
            health.maps().lost(),
            health.frames().dropped(),
            health.frames().rejected(),
            health.frames().deadLetters()));
    console.println(line);
    console.flush();
  }
}
