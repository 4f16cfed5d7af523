package io.github.rackfocus.kafka;

import java.util.Map;

/**
 * What became of the maps that a Kafka sink took. {@code sent = acknowledged + failed +
 * outstanding}, and nothing is outstanding after close.
 *
 * @param sent maps handed to Kafka's client
 * @param acknowledged by all brokers that have to
 * @param failed given up, by whatever cause
 * @param outstanding on the way
 * @param outstandingBytes their size
 * @param refused maps not handed to the client, because too many were outstanding or the broker's
 *     name did not resolve
 * @param tooLarge maps not handed to the client, because their record exceeds the limit
 * @param sentBytes size of the values sent
 * @param failedByCause the failed ones by the class of Kafka's error, such as {@code
 *     TimeoutException}
 */
public record KafkaSinkCounts(
    long sent,
    long acknowledged,
    long failed,
    long outstanding,
    long outstandingBytes,
    long refused,
    long tooLarge,
    long sentBytes,
    Map<String, Long> failedByCause) {}
