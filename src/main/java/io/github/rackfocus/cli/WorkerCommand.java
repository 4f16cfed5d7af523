package io.github.rackfocus.cli;

import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.ConfigException;
import io.github.rackfocus.fleet.Worker;
import io.github.rackfocus.fleet.WorkerHealth;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rackfocus worker}: depth of a fleet's frames, shared among any number of workers. */
@Command(
    name = "worker",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Takes the frames that nodes publish with sinks.kafka.frames, and publishes their depth.",
      "Workers of one group share the cameras; start and stop them at any time."
    })
final class WorkerCommand implements Callable<Integer> {
  private static final long NANOS = 1_000_000_000L;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description =
          "The sections worker, sinks.kafka, model, sweep and validity of config/node.yaml.")
  private Path file = Path.of("");

  @Option(
      names = "--status-every",
      paramLabel = "SECONDS",
      description = "A line on how it does. Default: ${DEFAULT-VALUE}.")
  private int statusSeconds = 10;

  @Mixin private InferenceOptions inference = new InferenceOptions();

  @Override
  public Integer call() throws IOException, ConfigException, InterruptedException {
    AppConfig loaded = AppConfig.load(file);
    AppConfig configuration = loaded.withModel(inference.over(loaded.model()));
    if (spec == null) {
      throw new IllegalStateException("worker was not started by its command line");
    }
    PrintWriter console = spec.commandLine().getOut();
    try (StopSignals signals = new StopSignals();
        Worker worker = new Worker(configuration)) {
      worker.start();
      Thread end = new Thread(() -> awaitEnd(worker, signals), "end-of-worker");
      end.setDaemon(true);
      end.start();
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
    long begun = System.nanoTime();
    while (!signals.await(1000L * Math.max(1, statusSeconds))) {
      long now = System.nanoTime();
      WorkerHealth health = worker.health();
      print(console, "worker: ", health, before, (double) (now - begun) / NANOS);
      before = health;
      begun = now;
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
              " (%.1f and %.1f a second)",
              (health.frames().read() - before.frames().read()) / seconds,
              (health.maps().acknowledged() - before.maps().acknowledged()) / seconds));
    }
    line.append(
        String.format(
            Locale.ROOT,
            ", p50 %.0f ms, p99 %.0f ms, %d unread; read back %d, assembling %d, not due %d;"
                + " skipped %d frames and %d stacks, failed %d, lost %d, dropped %s, refused %s,"
                + " dead letters %d",
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

  private static void awaitEnd(Worker worker, StopSignals signals) {
    try {
      worker.awaitEnd();
    } catch (IOException | InterruptedException e) {
      // The main thread asks again and hears the same.
    }
    signals.stop();
  }
}
