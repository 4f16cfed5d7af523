package io.github.rackfocus.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a topic where that is wanted, and learns what it takes. For the sender's thread. */
public class TopicSetup {
  private static final Logger log = LoggerFactory.getLogger(TopicSetup.class);
  private static final int TIMEOUT_MILLIS = 5_000;

  /** Records go when their whole segment may go: a few segments within the retention. */
  private static final int SEGMENTS = 10;

  private final KafkaClientConfig settings;
  private final TopicSpec topic;
  private boolean made;

  public TopicSetup(KafkaClientConfig settings, TopicSpec topic) {
    this.settings = settings;
    this.topic = topic;
  }

  String name() {
    return topic.name();
  }

  /**
   * Makes the topic unless it is there.
   *
   * @throws KafkaException if the broker refuses or is away
   */
  public void create() throws InterruptedException {
    if (made) {
      return;
    }
    NewTopic wanted =
        new NewTopic(topic.name(), Optional.empty(), Optional.empty())
            .configs(
                Map.of(
                    TopicConfig.RETENTION_MS_CONFIG,
                    String.valueOf(topic.retention().toMillis()),
                    TopicConfig.SEGMENT_MS_CONFIG,
                    String.valueOf(topic.retention().toMillis() / SEGMENTS),
                    TopicConfig.MAX_MESSAGE_BYTES_CONFIG,
                    String.valueOf(settings.bounds().maxRecordBytes())));
    Admin admin = Admin.create(adminSettings(settings));
    try {
      admin.createTopics(List.of(wanted)).all().get();
      log.info(
          "kafka: created topic {} at {}, kept for {}",
          topic.name(),
          settings.bootstrapServers(),
          topic.retention());
      made = true;
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new KafkaException(ProducerFactory.sentence(e), e);
      }
      made = true;
    } finally {
      admin.close(Duration.ZERO);
    }
  }

  /**
   * The largest record to send: what is configured here, or the topic's limit where that is less,
   * which is then said.
   */
  public int largestRecord() throws InterruptedException {
    int most = settings.bounds().maxRecordBytes();
    long limit = topicLimit();
    if (limit < 0) {
      return most;
    }
    if (limit < most) {
      log.warn(
          "kafka: topic {} takes records of {} bytes, maxRecordBytes here is {}: larger records are"
              + " lost and counted; raise max.message.bytes of the topic",
          topic.name(),
          limit,
          most);
      return (int) limit;
    }
    log.info(
        "kafka: records of up to {} bytes go to topic {}, which takes {}",
        most,
        topic.name(),
        limit);
    return most;
  }

  /** Whether the broker tells of the topic now. */
  boolean answers() throws InterruptedException {
    Admin admin = Admin.create(adminSettings(settings));
    try {
      admin.describeTopics(List.of(topic.name())).allTopicNames().get();
      return true;
    } catch (ExecutionException e) {
      log.debug("topic {} is not told of", topic.name(), e);
      return false;
    } finally {
      admin.close(Duration.ZERO);
    }
  }

  /** max.message.bytes of the topic, which is the broker's where it has none of its own; or −1. */
  private long topicLimit() throws InterruptedException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
    Admin admin = Admin.create(adminSettings(settings));
    try {
      Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
      ConfigEntry entry = config == null ? null : config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
      return entry == null ? -1 : Long.parseLong(entry.value());
    } catch (ExecutionException e) {
      log.info(
          "kafka: what topic {} takes could not be read: {}; maxRecordBytes here is {}",
          topic.name(),
          ProducerFactory.sentence(e),
          settings.bounds().maxRecordBytes());
      return -1;
    } finally {
      admin.close(Duration.ZERO);
    }
  }

  /** Settings for an admin client of the same broker: the security settings go along. */
  static Map<String, Object> adminSettings(KafkaClientConfig settings) {
    Map<String, Object> all = new HashMap<>(Secrets.resolve(settings.properties()));
    all.keySet().retainAll(AdminClientConfig.configNames());
    all.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrapServers());
    all.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    all.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS);
    return all;
  }
}
