package io.github.rackfocus.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class EmbeddedKafkaBrokerTest {
  @Test
  void shouldLeaveNothingBehind() throws Exception {
    Set<Thread> threadsBefore = new HashSet<>(threads());
    EmbeddedKafkaBroker broker = EmbeddedKafkaBroker.start();
    broker.createTopic("t", 2);
    assertThatThrownBy(() -> broker.createTopic("t", 2))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("topic t could not be created");
    assertThat(broker.folder()).isDirectory();
    String[] address = broker.bootstrapServers().split(":");
    broker.close();
    broker.close(); // A second time does nothing.
    assertThat(broker.folder()).doesNotExist();
    assertThatThrownBy(
            () -> {
              try (Socket socket = new Socket()) {
                socket.connect(
                    new InetSocketAddress(address[0], Integer.parseInt(address[1])), 1000);
              }
            })
        .isInstanceOf(IOException.class);
    for (Thread thread : threads()) {
      if (!thread.isDaemon() && !threadsBefore.contains(thread)) {
        thread.join(30_000);
        assertThat(thread.isAlive()).as(thread.getName()).isFalse();
      }
    }
  }

  private static List<Thread> threads() {
    return List.copyOf(Thread.getAllStackTraces().keySet());
  }
}
