package io.github.rackfocus.kafka;

import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.frame.ThrottledLog;
import io.github.rackfocus.sink.DepthSink;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Sends depth maps to Kafka as {@code DepthFrame} records, key {@code robot/camera}, with the
 * headers of {@link DepthRecord}.
 *
 * <p>Idempotent and acknowledged by all replicas. {@link #accept} takes the time of encoding and at
 * most {@code maxBlock} more, whatever the broker does: while it is away, maps wait up to {@code
 * deliveryTimeout} within the bounds on records and bytes; beyond these bounds a map is refused.
 * Every map is counted by what became of it, see {@link #counts}, and every loss is said, at most
 * once a second. {@code accept} is for one thread; {@code counts} for any.
 */
public final class KafkaDepthSink implements DepthSink {
  /** More than key, headers and framing of a record take. */
  private static final int OVERHEAD_BYTES = 1024;

  private final KafkaSinkConfig config;
  private final DepthRecord records;
  private final KafkaConnection connection;
  private final ThrottledLog losses;
  private final LongAdder sent = new LongAdder();
  private final LongAdder sentBytes = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder tooLarge = new LongAdder();
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong outstanding = new AtomicLong();
  private final AtomicLong outstandingBytes = new AtomicLong();
  private final Map<String, LongAdder> failedByCause = new ConcurrentHashMap<>();

  /**
   * Begins to look for the broker and returns, whether or not it is there.
   *
   * @throws IllegalArgumentException if Kafka refuses a setting
   */
  public KafkaDepthSink(KafkaSinkConfig config, CameraIdentity identity) {
    this(config, identity, InstantSource.system());
  }

  /**
   * @param clock what records are stamped with when they are sent
   */
  public KafkaDepthSink(KafkaSinkConfig config, CameraIdentity identity, InstantSource clock) {
    this.config = config;
    this.records = new DepthRecord(config, identity, clock);
    this.losses = new ThrottledLog(LoggerFactory.getLogger(KafkaDepthSink.class));
    this.connection = new KafkaConnection(config);
  }

  @Override
  public String name() {
    return "kafka";
  }

  @Override
  public boolean wantsMaps() {
    return true;
  }

  @Override
  public void accept(DepthMap map) throws IOException, InterruptedException {
    Producer<String, byte[]> producer = connection.producer();
    if (producer == null) {
      throw refuse("no address is known for the broker " + config.bootstrapServers());
    }
    // Before the work of encoding, which an outage would make vain.
    if (outstanding.get() >= config.maxOutstandingRecords()) {
      throw refuse(outstanding.get() + " maps are waiting for an acknowledgement");
    }
    ProducerRecord<String, byte[]> record = records.of(map);
    long bytes = record.value().length;
    if (bytes + OVERHEAD_BYTES > config.maxRecordBytes()) {
      tooLarge.increment();
      throw new IOException(
          "its record takes "
              + bytes
              + " bytes; expected at most "
              + (config.maxRecordBytes() - OVERHEAD_BYTES)
              + "; raise maxRecordBytes here and max.message.bytes of the topic");
    }
    if (outstandingBytes.get() + bytes > config.maxOutstandingBytes()) {
      throw refuse(outstandingBytes.get() + " bytes are waiting for an acknowledgement");
    }
    send(producer, record, DepthRecord.idOf(map.info()), bytes);
  }

  private IOException refuse(String why) {
    refused.increment();
    return new IOException(why);
  }

  private void send(
      Producer<String, byte[]> producer,
      ProducerRecord<String, byte[]> record,
      String id,
      long bytes)
      throws InterruptedException {
    sent.increment();
    sentBytes.add(bytes);
    outstanding.incrementAndGet();
    outstandingBytes.addAndGet(bytes);
    try {
      producer.send(record, (metadata, fault) -> ended(id, bytes, fault));
    } catch (InterruptException e) {
      ended(id, bytes, e);
      // Kafka's exception sets the flag again; ours tells the same, by clearing it.
      Thread.interrupted();
      throw (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
    } catch (KafkaException | IllegalStateException e) {
      // Thrown, and not given to the callback, when the producer is closed or broken for good.
      ended(id, bytes, e);
    }
  }

  private void ended(String id, long bytes, @Nullable Exception fault) {
    outstanding.decrementAndGet();
    outstandingBytes.addAndGet(-bytes);
    if (fault == null) {
      acknowledged.incrementAndGet();
      return;
    }
    failed.incrementAndGet();
    failedByCause
        .computeIfAbsent(fault.getClass().getSimpleName(), cause -> new LongAdder())
        .increment();
    losses.warn(
        "kafka: map {} was not delivered to {} at {}: {}",
        id,
        config.topic(),
        config.bootstrapServers(),
        KafkaConnection.sentence(fault));
  }

  /** What became of the maps so far; exact once the sink is closed. */
  public KafkaSinkCounts counts() {
    Map<String, Long> causes = new TreeMap<>();
    failedByCause.forEach((cause, count) -> causes.put(cause, count.sum()));
    return new KafkaSinkCounts(
        sent.sum(),
        acknowledged.get(),
        failed.get(),
        outstanding.get(),
        outstandingBytes.get(),
        refused.sum(),
        tooLarge.sum(),
        sentBytes.sum(),
        causes);
  }

  @Override
  public long lost() {
    return counts().failed();
  }

  /**
   * Waits up to {@code closeTimeout}, and 5 s more for a broker that hangs, for acknowledgements;
   * what has none then has failed.
   */
  @Override
  public void close() {
    // With nothing under way there is nothing to wait for, even where no broker answers.
    connection.close(outstanding.get() == 0 ? Duration.ZERO : config.closeTimeout());
  }
}
