package io.github.rackfocus.kafka;

import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.kafka.codec.DepthPacking;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * How depth maps are sent.
 *
 * @param kafka the broker and the limits during an outage
 * @param topic default {@link TopicSpec#DEPTH}
 * @param packing default PNG16
 * @param uncertainty whether maps carry their uncertainty, which about doubles their size; default
 *     true
 * @param age whether maps carry the age of each pixel; default true
 */
@RecordBuilder
public record KafkaDepthSinkConfig(
    KafkaClientConfig kafka,
    TopicSpec topic,
    DepthPacking packing,
    boolean uncertainty,
    boolean age)
    implements KafkaDepthSinkConfigBuilder.With {

  public static final String DEFAULT_TOPIC = TopicSpec.DEPTH.name();

  /** The default configuration for a broker. */
  public static KafkaDepthSinkConfig of(String bootstrapServers) {
    return of(KafkaClientConfig.of(bootstrapServers));
  }

  /** The default configuration for a connection. */
  public static KafkaDepthSinkConfig of(KafkaClientConfig kafka) {
    return new KafkaDepthSinkConfig(kafka, TopicSpec.DEPTH, DepthPacking.PNG16, true, true);
  }

  /**
   * This machine's name in the form that {@link CameraIdentity} accepts: the default robot name.
   */
  public static String hostName() {
    String name;
    try {
      name = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      name = "localhost"; // A machine whose name does not resolve.
    }
    String plain = name.replaceAll("[^A-Za-z0-9._~-]", "-").replaceAll("^[._~-]+", "");
    return plain.isEmpty() ? "localhost" : plain.substring(0, Math.min(plain.length(), 128));
  }
}
