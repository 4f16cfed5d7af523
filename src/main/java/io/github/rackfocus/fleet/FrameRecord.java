package io.github.rackfocus.fleet;

import io.github.rackfocus.common.PrintableText;
import io.github.rackfocus.kafka.CloudEvents;
import io.github.rackfocus.kafka.KafkaFrameSink;
import io.github.rackfocus.kafka.codec.CameraFrameCodec;
import io.github.rackfocus.kafka.codec.ReceivedFrame;
import io.github.rackfocus.kafka.codec.RejectedFrameException;
import io.github.rackfocus.kafka.codec.RejectedFrameException.Cause;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A record of the frames' topic as it came, whatever it may hold. */
public final class FrameRecord {
  private final ConsumerRecord<byte[], byte[]> record;
  private final PartitionProgress partition;

  FrameRecord(ConsumerRecord<byte[], byte[]> record, PartitionProgress partition) {
    this.record = record;
    this.partition = partition;
  }

  /** Whose progress it counts for. */
  public PartitionProgress partition() {
    return partition;
  }

  /** Its place in the partition. */
  public long offset() {
    return record.offset();
  }

  ConsumerRecord<byte[], byte[]> record() {
    return record;
  }

  /**
   * Parses and checks everything but the pixels.
   *
   * @param maxPixels largest image taken
   * @throws RejectedFrameException saying what is wrong
   */
  public ReceivedFrame parse(int maxPixels) throws RejectedFrameException {
    String type = CloudEvents.text(record.headers(), CloudEvents.TYPE_HEADER);
    if (type != null && !type.equals(KafkaFrameSink.TYPE)) {
      throw new RejectedFrameException(
          Cause.FOREIGN, "its type is '" + shortened(type) + "'; expected " + KafkaFrameSink.TYPE);
    }
    byte[] value = record.value();
    if (value == null || value.length == 0) {
      throw new RejectedFrameException(Cause.MALFORMED, "it is empty; expected a CameraFrame");
    }
    ReceivedFrame frame = CameraFrameCodec.parse(value, maxPixels);
    byte[] key = record.key();
    String found = key == null ? "" : new String(key, StandardCharsets.UTF_8);
    // The key chose the partition; under another one its camera would be on two workers.
    if (!found.equals(frame.identity().key())) {
      throw new RejectedFrameException(
          Cause.MALFORMED,
          "its key is '" + shortened(found) + "'; expected " + frame.identity().key());
    }
    return frame;
  }

  private static String shortened(String text) {
    return PrintableText.of(text, 60);
  }

  @Override
  public String toString() {
    return record.topic() + " " + record.partition() + ":" + record.offset();
  }
}
