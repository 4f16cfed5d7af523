package io.github.rackfocus.sink;

import java.util.Map;

/**
 * What became of the maps that a sink was offered. At rest {@code offered = delivered + dropped +
 * failed}.
 *
 * @param sink the sink's name
 * @param offered maps handed to the sink's queue
 * @param delivered maps the sink took
 * @param dropped maps that left the queue for newer ones, because the sink was too slow
 * @param failed maps the sink reported an error for
 * @param lost of the delivered ones, those that the sink gave up later, such as for want of a
 *     broker
 * @param lossesByCause what the sink itself lost, by cause; of the failed and the lost ones
 */
public record SinkCounters(
    String sink,
    long offered,
    long delivered,
    long dropped,
    long failed,
    long lost,
    Map<String, Long> lossesByCause) {}
