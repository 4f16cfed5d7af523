package io.github.rackfocus.kafka;

import io.github.rackfocus.kafka.spool.Loss;
import java.util.Map;

/**
 * What became of the records that a publisher was offered. {@code offered + recovered =
 * acknowledged + lost + waiting + inFlight}, exact at rest; after close nothing is in flight, and
 * what waits is on disk.
 *
 * @param topic name of the topic
 * @param offered records handed to the publisher
 * @param recovered records of earlier runs that were found in the spool
 * @param acknowledged by all brokers that have to
 * @param lostByCause by the names of {@link Loss}; causes that did not occur are left out
 * @param waiting records in memory or on disk that were not sent yet
 * @param inFlight records sent and not acknowledged
 * @param backlogBytes what waiting records, and those in flight, occupy
 * @param acknowledgedBytes size of the values acknowledged
 * @param outage whether records wait and the broker has acknowledged none for a while
 * @param outages how often that began
 * @param producersRebuilt how often Kafka's producer broke and was replaced
 * @param ackP50Millis sending to acknowledgement, median; 0 before the first
 * @param ackP99Millis the same, 99th percentile
 */
public record PublisherCounts(
    String topic,
    long offered,
    long recovered,
    long acknowledged,
    Map<String, Long> lostByCause,
    long waiting,
    long inFlight,
    long backlogBytes,
    long acknowledgedBytes,
    boolean outage,
    long outages,
    long producersRebuilt,
    double ackP50Millis,
    double ackP99Millis) {

  /** Lost records, of all causes together. */
  public long lost() {
    return lostByCause.values().stream().mapToLong(Long::longValue).sum();
  }
}
