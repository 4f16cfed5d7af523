package io.github.rackfocus.kafka;

import io.github.rackfocus.kafka.spool.SpoolConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The long proof of what an outage costs, run by {@code bin/soak outage}: the same maps without
 * faults, with a spool and with the freshest only, while the broker is killed three times, hung for
 * 30 s and away for 60 s. Prints its figures and ends with 1 if a promise is broken.
 */
final class OutageSoak {
  private static final double RATE = 30;

  private OutageSoak() {}

  public static void main(String[] arguments) throws Exception {
    double minutes = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 10;
    Duration length = Duration.ofMillis(Math.round(60_000 * minutes));
    Duration quietLength = Duration.ofMillis(Math.min(length.toMillis(), 120_000));
    run("a JVM warms up", Duration.ofSeconds(20), true, List.of());
    OutageRun.Result quiet = run("without faults", quietLength, true, List.of());
    OutageRun.Result spool = run("spool", length, true, faults(length));
    Duration half = length.dividedBy(2);
    OutageRun.Result freshest = run("freshest", half, false, faults(half));
    boolean sound = true;
    sound &= check("spool: every id arrived, in order", spool.arrived().equals(spool.offered()));
    sound &= check("spool: nothing counted as lost", spool.counted() == 0);
    sound &=
        check(
            "freshest: lost equals counted",
            freshest.offered().size() - freshest.arrived().size() == freshest.counted());
    List<String> expected = new ArrayList<>(freshest.offered());
    expected.retainAll(new HashSet<>(freshest.arrived()));
    sound &= check("freshest: in order", freshest.arrived().equals(expected));
    sound &= latencies("spool", quiet, spool);
    sound &= latencies("freshest", quiet, freshest);
    System.exit(sound ? 0 : 1);
  }

  /** Three kills, a hang of 30 s and 60 s away, spread over the run; shorter runs shorten them. */
  static List<OutageRun.Fault> faults(Duration length) {
    long unit = length.toMillis() / 100;
    long hang = Math.min(30_000, 8 * unit);
    long away = Math.min(60_000, 12 * unit);
    return List.of(
        new OutageRun.Fault(OutageRun.Kind.KILLED, Duration.ofMillis(8 * unit), Duration.ZERO),
        new OutageRun.Fault(
            OutageRun.Kind.HUNG, Duration.ofMillis(25 * unit), Duration.ofMillis(hang)),
        new OutageRun.Fault(OutageRun.Kind.KILLED, Duration.ofMillis(42 * unit), Duration.ZERO),
        new OutageRun.Fault(
            OutageRun.Kind.AWAY, Duration.ofMillis(55 * unit), Duration.ofMillis(away)),
        new OutageRun.Fault(OutageRun.Kind.KILLED, Duration.ofMillis(85 * unit), Duration.ZERO));
  }

  private static OutageRun.Result run(
      String name, Duration length, boolean spooling, List<OutageRun.Fault> faults)
      throws Exception {
    System.out.printf("-- %s: %d s at %.0f maps/s%n", name, length.toSeconds(), RATE);
    Path folder = Files.createTempDirectory("rackfocus-outage-");
    try {
      SpoolConfig spool = spooling ? SpoolConfig.in(folder.resolve("spool")) : null;
      OutageRun.Result result =
          new OutageRun(folder, spool, false, Map.of()).run(length, RATE, faults);
      System.out.printf(
          "   %d maps, %d arrived, %d repeated, counted lost %d (fan-out %d, sink %s), outages %d,"
              + " file sink p50 %.2f ms p99 %.2f ms, acknowledged p50 %.2f ms%n",
          result.offered().size(),
          result.arrived().size(),
          result.repetitions(),
          result.counted(),
          result.kafkaSink().dropped(),
          result.kafka().lostByCause(),
          result.kafka().outages().count(),
          result.fileP50Millis(),
          result.fileP99Millis(),
          result.kafka().delivery().p50Millis());
      return result;
    } finally {
      delete(folder);
    }
  }

  private static boolean latencies(String name, OutageRun.Result quiet, OutageRun.Result faulty) {
    double p50 = faulty.fileP50Millis() / quiet.fileP50Millis();
    double p99 = faulty.fileP99Millis() / quiet.fileP99Millis();
    return check(
        String.format(
            "%s: file sink's latency against a run without faults: p50 x%.2f (<= 1.10), p99 x%.2f"
                + " (<= 2)",
            name, p50, p99),
        p50 <= 1.1 && p99 <= 2);
  }

  private static boolean check(String what, boolean holds) {
    System.out.println((holds ? "holds:  " : "BROKEN: ") + what);
    return holds;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
