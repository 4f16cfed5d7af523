package io.github.rackfocus.kafka;

import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.kafka.codec.DepthPacking;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Where depth maps are sent and in which form.
 *
 * @param kafka the broker, and the bounds during an outage
 * @param topic default {@link TopicSpec#DEPTH}
 * @param packing default PNG16
 * @param uncertainty whether maps carry their uncertainty, which about doubles their size;
 *     default true
 * @param age whether maps carry the age of every pixel; default true
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

  /** The defaults for a broker. */
  public static KafkaDepthSinkConfig of(String bootstrapServers) {
    return of(KafkaClientConfig.of(bootstrapServers));
  }

  /** The default form for a broker and its bounds. */
  public static KafkaDepthSinkConfig of(KafkaClientConfig kafka) {
    return new KafkaDepthSinkConfig(kafka, TopicSpec.DEPTH, DepthPacking.PNG16, true, true);
  }

  /** The name of this machine in a form that {@link CameraIdentity} takes: the default robot. */
  public static String hostName() {
    String name;
    try {
      name = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      name = "localhost"; // A machine without a name still has this one.
    }
    String plain = name.replaceAll("[^A-Za-z0-9._~-]", "-").replaceAll("^[._~-]+", "");
    return plain.isEmpty() ? "localhost" : plain.substring(0, Math.min(plain.length(), 128));
  }
}
