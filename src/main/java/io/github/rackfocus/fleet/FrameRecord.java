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

/** A record of the frame topic, which is not necessarily a valid frame. */
final class FrameRecord {
  private static final int MAX_TEXT = 60;

  private final ConsumerRecord<byte[], byte[]> record;
  private final PartitionProgress partition;

  FrameRecord(ConsumerRecord<byte[], byte[]> record, PartitionProgress partition) {
    this.record = record;
    this.partition = partition;
  }

  /** The progress of its partition. */
  PartitionProgress partition() {
    return partition;
  }

  /** Its offset in the partition. */
  long offset() {
    return record.offset();
  }

  ConsumerRecord<byte[], byte[]> record() {
    return record;
  }

  /**
   * Parses the record and checks everything except the pixels.
   *
   * @param maxPixels size of the largest accepted image
   * @throws RejectedFrameException if the record is not a valid frame; the message says why
   */
  ReceivedFrame parse(int maxPixels) throws RejectedFrameException {
    String type = CloudEvents.text(record.headers(), CloudEvents.TYPE_HEADER);
    if (type != null && !type.equals(KafkaFrameSink.TYPE)) {
      throw new RejectedFrameException(
          Cause.FOREIGN, "type is '" + printable(type) + "'; expected " + KafkaFrameSink.TYPE);
    }
    byte[] value = record.value();
    if (value == null || value.length == 0) {
      throw new RejectedFrameException(Cause.MALFORMED, "record is empty; expected a CameraFrame");
    }
    ReceivedFrame frame = CameraFrameCodec.parse(value, maxPixels);
    byte[] key = record.key();
    String found = key == null ? "" : new String(key, StandardCharsets.UTF_8);
    // The key selects the partition: with another key the camera would be on two workers.
    if (!found.equals(frame.identity().key())) {
      throw new RejectedFrameException(
          Cause.MALFORMED, "key is '" + printable(found) + "'; expected " + frame.identity().key());
    }
    return frame;
  }

  private static String printable(String text) {
    return PrintableText.of(text, MAX_TEXT);
  }

  @Override
  public String toString() {
    return record.topic() + " " + record.partition() + ":" + record.offset();
  }
}
