package io.github.rackfocus.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.read.ListAppender;
import io.github.rackfocus.demo.EmbeddedKafkaBroker;
import io.github.rackfocus.kafka.spool.OutgoingRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class SecretsTest {
  @TempDir Path folder;

  @Test
  void shouldReadFilesAndVariablesWithinValues() throws Exception {
    Path file = Files.writeString(folder.resolve("password"), "p$1\\ss\n");
    Map<String, String> resolved =
        Secrets.resolve(
            Map.of(
                "sasl.jaas.config",
                "x username=\"${env:USER_NAME}\" password=\"${file:" + file + "}\";",
                "plain",
                "as it is, $5 too"),
            Map.of("USER_NAME", "robot")::get);
    assertThat(resolved)
        .containsEntry("sasl.jaas.config", "x username=\"robot\" password=\"p$1\\ss\";")
        .containsEntry("plain", "as it is, $5 too");
  }

  @Test
  void shouldSayWhichSecretIsMissingAndNothingMore() {
    assertThatThrownBy(() -> Secrets.resolve(Map.of("a", "${env:NONE}"), name -> null))
        .hasMessage("kafka: property a: environment variable NONE is not set");
    assertThatThrownBy(() -> Secrets.resolve(Map.of("a", "${file:/no/such}"), name -> null))
        .hasMessage("kafka: property a: /no/such cannot be read: NoSuchFileException");
  }

  @Test
  void shouldLeaveKafkasOwnProvidersAlone() {
    Map<String, String> theirs = Map.of("config.providers", "file", "a", "${file:/x:key}");
    assertThat(Secrets.resolve(theirs)).isEqualTo(theirs);
  }

  @Test
  void shouldNeverComeIntoALog() throws Exception {
    Path password = Files.writeString(folder.resolve("password"), "hunter2");
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    Level before = root.getLevel();
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    List<Appender<ILoggingEvent>> console = new ArrayList<>();
    root.iteratorForAppenders().forEachRemaining(console::add);
    console.forEach(root::detachAppender);
    root.addAppender(log);
    root.setLevel(Level.TRACE);
    try {
      KafkaClientConfig settings =
          KafkaClientConfig.of("127.0.0.1:" + EmbeddedKafkaBroker.freePorts()[0])
              .withProperties(
                  Map.of(
                      "security.protocol",
                      "SASL_PLAINTEXT",
                      "sasl.mechanism",
                      "PLAIN",
                      "ssl.keystore.password",
                      "${file:" + password + "}",
                      "sasl.jaas.config",
                      "org.apache.kafka.common.security.plain.PlainLoginModule required"
                          + " username=\"robot\" password=\"${file:"
                          + password
                          + "}\";"));
      assertThat(settings.toString()).contains("sasl.jaas.config");
      try (KafkaPublisher publisher =
          new KafkaPublisher(settings, TopicSpec.DEPTH, InstantSource.system())) {
        publisher.publish(new OutgoingRecord("k", List.of(), new byte[1]));
        Thread.sleep(1500); // The client has logged its settings and failed to connect by then.
      }
    } finally {
      root.setLevel(before);
      root.detachAppender(log);
      console.forEach(root::addAppender);
    }
    assertThat(log.list).as("what Kafka's client says at TRACE").hasSizeGreaterThan(10);
    for (ILoggingEvent event : List.copyOf(log.list)) {
      assertThat(event.getFormattedMessage()).doesNotContain("hunter2");
    }
  }
}
