package io.github.rackfocus.kafka;

import io.github.rackfocus.kafka.spool.Loss;
import java.util.Map;

/**
 * Counts of a publisher's records. {@code offered + recovered = acknowledged + lost + waiting +
 * inFlight}, exact while nothing happens. After close nothing is in flight, and records that wait
 * are on disk.
 *
 * @param topic name of the topic
 * @param offered records handed to the publisher
 * @param recovered records of earlier runs that were found in the spool
 * @param acknowledged records acknowledged by all in-sync replicas
 * @param lostByCause by the published names of {@link Loss}, without causes that did not occur
 * @param pending records not acknowledged yet
 * @param delivery size and time of acknowledged records
 * @param outages times without acknowledgements
 */
public record PublisherCounts(
    String topic,
    long offered,
    long recovered,
    long acknowledged,
    Map<String, Long> lostByCause,
    Pending pending,
    Delivery delivery,
    Outages outages) {

  /**
   * Records not acknowledged yet.
   *
   * @param waiting records in memory or on disk that were not sent yet
   * @param inFlight records sent and not acknowledged
   * @param backlogBytes bytes that both occupy
   */
  public record Pending(long waiting, long inFlight, long backlogBytes) {
    /** Records that wait or are in flight. */
    public long total() {
      return waiting + inFlight;
    }
  }

  /**
   * Size and time of acknowledged records.
   *
   * @param bytes total size of their values
   * @param p50Millis median time from sending to acknowledgement; 0 before the first
   * @param p99Millis the 99th percentile
   */
  public record Delivery(long bytes, double p50Millis, double p99Millis) {}

  /**
   * Times without acknowledgements.
   *
   * @param ongoing whether records wait and the broker has acknowledged none for a while
   * @param count number of outages, including an ongoing one
   * @param producersReplaced number of Kafka producers that failed and were replaced
   */
  public record Outages(boolean ongoing, long count, long producersReplaced) {}

  /** Lost records of all causes. */
  public long lost() {
    return lostByCause.values().stream().mapToLong(Long::longValue).sum();
  }
}
