package io.github.rackfocus.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.rackfocus.kafka.spool.OutgoingRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS and SASL against a real broker, with the secrets in files. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class SecureBrokerIT {
  private static final String LOGIN =
      "org.apache.kafka.common.security.plain.PlainLoginModule required ";

  @TempDir Path folder;

  @Test
  void shouldPublishThroughTlsAndSasl() throws Exception {
    Path store = keyStore();
    Path password = Files.writeString(folder.resolve("password"), "hunter2\n");
    Path storePassword = Files.writeString(folder.resolve("store-password"), "changeit\n");
    try (BrokerProcess broker =
        new BrokerProcess(folder.resolve("broker"), serverSettings(store))) {
      KafkaClientConfig settings =
          KafkaClientConfig.of(broker.bootstrapServers())
              .withCreateTopics(true)
              .withProperties(
                  Map.of(
                      "security.protocol",
                      "SASL_SSL",
                      "sasl.mechanism",
                      "PLAIN",
                      "sasl.jaas.config",
                      LOGIN + "username=\"robot\" password=\"${file:" + password + "}\";",
                      "ssl.truststore.location",
                      store.toString(),
                      "ssl.truststore.password",
                      "${file:" + storePassword + "}",
                      "ssl.endpoint.identification.algorithm",
                      ""));
      broker.startWithoutWaiting();
      try (KafkaPublisher publisher =
          new KafkaPublisher(settings, TopicSpec.DEPTH, InstantSource.system())) {
        publisher.publish(new OutgoingRecord("r2/front", List.of(), new byte[] {1, 2, 3}));
        await().atMost(Duration.ofSeconds(120)).until(() -> publisher.counts().acknowledged() == 1);
      }
      try (TopicTail tail = new TopicTail(settings, List.of(TopicSpec.DEPTH.name()), true)) {
        List<TopicTail.Found> found = List.of();
        while (found.isEmpty()) {
          found = tail.poll(Duration.ofMillis(200));
        }
        assertThat(found.get(0).value()).containsExactly(1, 2, 3);
      }
      KafkaClientConfig wrong =
          settings.withProperties(
              Map.of(
                  "security.protocol",
                  "SASL_SSL",
                  "sasl.mechanism",
                  "PLAIN",
                  "sasl.jaas.config",
                  LOGIN + "username=\"robot\" password=\"wrong\";",
                  "ssl.truststore.location",
                  store.toString(),
                  "ssl.truststore.password",
                  "${file:" + storePassword + "}",
                  "ssl.endpoint.identification.algorithm",
                  ""));
      KafkaPublisher refused = new KafkaPublisher(wrong, TopicSpec.DEPTH, InstantSource.system());
      try (refused) {
        refused.publish(new OutgoingRecord("r2/front", List.of(), new byte[1]));
        await().atMost(Duration.ofSeconds(60)).until(() -> refused.counts().outages().ongoing());
      }
      assertThat(refused.counts().acknowledged()).isZero();
      assertThat(refused.counts().lostByCause()).containsExactly(Map.entry("closed", 1L));
    }
  }

  private static Map<String, String> serverSettings(Path store) {
    return Map.of(
        "listener.security.protocol.map",
        "SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name",
        "SASL_SSL",
        "sasl.enabled.mechanisms",
        "PLAIN",
        "sasl.mechanism.inter.broker.protocol",
        "PLAIN",
        "listener.name.sasl_ssl.plain.sasl.jaas.config",
        LOGIN + "username=\"broker\" password=\"b\" user_broker=\"b\" user_robot=\"hunter2\";",
        "ssl.keystore.location",
        store.toString(),
        "ssl.keystore.password",
        "changeit",
        "ssl.truststore.location",
        store.toString(),
        "ssl.truststore.password",
        "changeit",
        "ssl.endpoint.identification.algorithm",
        "");
  }

  private Path keyStore() throws IOException, InterruptedException {
    Path store = folder.resolve("store.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "broker",
                "-keyalg",
                "EC",
                "-dname",
                "CN=127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                store.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(keytool.waitFor()).isZero();
    return store;
  }
}
