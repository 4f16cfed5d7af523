package io.github.rackfocus.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.rackfocus.kafka.spool.OutgoingRecord;
import io.github.rackfocus.kafka.spool.SpoolConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Faults of the producer itself, played by Kafka's own fake. */
@Timeout(120)
class KafkaSenderTest {
  private static final String TOPIC = TopicSpec.DEPTH.name();

  @TempDir Path folder;
  private final List<MockProducer<String, byte[]>> producers = new CopyOnWriteArrayList<>();
  private final AtomicLong aheadNanos = new AtomicLong();
  private final AtomicInteger asked = new AtomicInteger();
  private volatile boolean answering = true;
  private KafkaPublisher publisher;

  @AfterEach
  void close() {
    publisher.close();
  }

  @Test
  void shouldReplaceABrokenProducerAndSendAgainFromTheOldestOn() throws Exception {
    for (boolean spooling : new boolean[] {false, true}) {
      producers.clear();
      publisher = publisher(spooling);
      publish(0, 5);
      MockProducer<String, byte[]> first = producer(0);
      awaitSent(first, 5);
      first.completeNext();
      first.completeNext();
      first.errorNext(new InvalidProducerEpochException("fenced"));
      MockProducer<String, byte[]> second = producer(1);
      awaitSent(second, 3);
      assertThat(first.closed()).isTrue();
      assertThat(sent(second)).containsExactly("2", "3", "4");
      publish(5, 1);
      awaitSent(second, 4);
      completeAll(second);
      await().until(() -> publisher.counts().acknowledged() == 6);
      assertThat(publisher.counts().outages().producersReplaced()).isEqualTo(1);
      assertThat(publisher.counts().lostByCause()).isEmpty();
      publisher.close();
    }
  }

  @Test
  void shouldReplaceAProducerThatThrows() throws Exception {
    publisher = publisher(false);
    publish(0, 1);
    MockProducer<String, byte[]> first = producer(0);
    awaitSent(first, 1);
    first.completeNext();
    first.sendException = new OutOfOrderSequenceException("broken");
    publish(1, 3);
    MockProducer<String, byte[]> second = producer(1);
    awaitSent(second, 3);
    completeAll(second);
    await().until(() -> publisher.counts().acknowledged() == 4);
    assertThat(sent(second)).containsExactly("1", "2", "3");
  }

  @Test
  void shouldRepeatWithTheSameProducerWhatMayPass() throws Exception {
    publisher = publisher(false);
    publish(0, 2);
    MockProducer<String, byte[]> first = producer(0);
    awaitSent(first, 2);
    first.completeNext();
    first.errorNext(new TimeoutException("topic not in metadata"));
    awaitSent(first, 3);
    completeAll(first);
    await().until(() -> publisher.counts().acknowledged() == 2);
    assertThat(sent(first)).containsExactly("0", "1", "1");
    assertThat(publisher.counts().outages().producersReplaced()).isZero();
  }

  @Test
  void shouldPassOverARecordThatIsRefusedForGood() throws Exception {
    publisher = publisher(true);
    publish(0, 3);
    MockProducer<String, byte[]> first = producer(0);
    awaitSent(first, 3);
    first.errorNext(new RecordTooLargeException("too large"));
    completeAll(first);
    await().until(() -> publisher.counts().acknowledged() == 2);
    assertThat(publisher.counts().lostByCause()).containsExactly(Map.entry("tooLarge", 1L));
    assertThat(publisher.counts().pending().waiting() + publisher.counts().pending().inFlight())
        .isZero();
  }

  @Test
  void shouldKeepNoMoreInFlightThanItMay() throws Exception {
    publisher = publisher(false);
    publish(0, 10);
    MockProducer<String, byte[]> first = producer(0);
    awaitSent(first, 8);
    Thread.sleep(300); // Time in which more would come, if any did.
    assertThat(sent(first)).hasSize(8);
    first.completeNext();
    awaitSent(first, 9);
  }

  @Test
  void shouldReplaceAProducerThatIsStuckWhileTheBrokerAnswersOthers() throws Exception {
    publisher = publisher(false);
    publish(0, 3);
    MockProducer<String, byte[]> first = producer(0);
    awaitSent(first, 3);
    first.completeNext();
    await().until(() -> publisher.counts().acknowledged() == 1);
    passUntilAsked(1);
    assertThat(producers).as("one answer is not enough").hasSize(1);
    passUntilAsked(2);
    MockProducer<String, byte[]> second = producer(1);
    awaitSent(second, 2);
    assertThat(first.closed()).isTrue();
    assertThat(sent(second)).containsExactly("1", "2");
    completeAll(second);
    await().until(() -> publisher.counts().acknowledged() == 3);
    assertThat(publisher.counts().outages().producersReplaced()).isEqualTo(1);
    assertThat(publisher.counts().outages().count()).isEqualTo(1);
    assertThat(publisher.counts().outages().ongoing()).isFalse();
    assertThat(publisher.counts().lostByCause()).isEmpty();
  }

  @Test
  void shouldWaitWithTheSameProducerForABrokerThatHangs() throws Exception {
    answering = false;
    publisher = publisher(false);
    publish(0, 3);
    MockProducer<String, byte[]> first = producer(0);
    awaitSent(first, 3);
    for (int times = 1; times <= 4; times++) {
      passUntilAsked(times);
    }
    await().until(() -> publisher.counts().outages().ongoing());
    assertThat(publisher.counts().outages().count()).isEqualTo(1);
    completeAll(first);
    await().until(() -> publisher.counts().acknowledged() == 3);
    assertThat(producers).hasSize(1);
    assertThat(publisher.counts().outages().producersReplaced()).isZero();
    assertThat(publisher.counts().outages().ongoing()).isFalse();
  }

  /** Lets the publisher's clock go on until the broker was asked so often whether it answers. */
  private void passUntilAsked(int times) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> {
          if (asked.get() < times) {
            aheadNanos.addAndGet(TimeUnit.SECONDS.toNanos(4));
          }
          return asked.get() >= times;
        });
  }

  private KafkaPublisher publisher(boolean spooling) throws Exception {
    KafkaClientConfig settings =
        KafkaClientConfig.of("127.0.0.1:9")
            .withBounds(new KafkaClientConfig.Bounds(100, 8, 1 << 20))
            .withSpool(spooling ? SpoolConfig.in(folder.resolve("spool")) : null);
    TopicSetup topic =
        new TopicSetup(settings, TopicSpec.DEPTH) {
          @Override
          public int largestRecord() {
            return settings.bounds().maxRecordBytes();
          }

          @Override
          boolean answers() {
            asked.incrementAndGet();
            return answering;
          }
        };
    return new KafkaPublisher(
        settings,
        TopicSpec.DEPTH,
        topic,
        new ProducerFactory(settings, ignored -> newProducer()),
        InstantSource.system(),
        () -> System.nanoTime() + aheadNanos.get());
  }

  private Producer<String, byte[]> newProducer() {
    Node node = new Node(1, "localhost", 9);
    Cluster cluster =
        new Cluster(
            "c",
            List.of(node),
            List.of(new PartitionInfo(TOPIC, 0, node, new Node[] {node}, new Node[] {node})),
            Set.of(),
            Set.of());
    MockProducer<String, byte[]> producer =
        new MockProducer<>(cluster, false, null, new StringSerializer(), new ByteArraySerializer());
    producers.add(producer);
    return producer;
  }

  private MockProducer<String, byte[]> producer(int number) {
    await().atMost(Duration.ofSeconds(60)).until(() -> producers.size() > number);
    return producers.get(number);
  }

  private static void awaitSent(MockProducer<String, byte[]> producer, int records) {
    await().atMost(Duration.ofSeconds(60)).until(() -> producer.history().size() >= records);
  }

  private static List<String> sent(MockProducer<String, byte[]> producer) {
    List<String> values = new ArrayList<>();
    producer
        .history()
        .forEach(record -> values.add(new String(record.value(), StandardCharsets.UTF_8)));
    return values;
  }

  private static void completeAll(MockProducer<String, byte[]> producer) {
    while (producer.completeNext()) {
      // Each answers one record.
    }
  }

  private void publish(int first, int count) throws Exception {
    for (int i = first; i < first + count; i++) {
      publisher.publish(
          new OutgoingRecord("k", List.of(), Integer.toString(i).getBytes(StandardCharsets.UTF_8)));
    }
  }
}
