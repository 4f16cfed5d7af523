package io.github.rackfocus.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.kafka.spool.SpoolConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@code bin/soak outage}, without latencies: they are for a quiet machine. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class OutageRunIT {
  private static final Duration LENGTH = Duration.ofSeconds(15);

  @TempDir Path folder;

  @Test
  void shouldDeliverEveryMapInOrderBesideAFileSink() throws Exception {
    OutageRun.Result result =
        new OutageRun(
                folder, SpoolConfig.in(folder.resolve("spool")), true, BrokerProcess.SHORT_SESSION)
            .run(LENGTH, 20, OutageSoak.faults(LENGTH));
    assertThat(result.kafkaSink().dropped()).isZero();
    assertThat(result.arrived()).isEqualTo(result.offered()).hasSize(300);
    assertThat(result.counted()).isZero();
  }
}
