package io.github.rackfocus.sink;

import java.util.Map;

/**
 * The outcomes of the maps offered to a sink. When idle, {@code offered = delivered + dropped +
 * failed}.
 *
 * @param sink name of the sink
 * @param offered maps put into the queue of the sink
 * @param delivered maps that the sink accepted
 * @param dropped maps removed from the queue for newer ones because the sink was too slow
 * @param failed maps for which the sink reported an error
 * @param lost delivered maps that the sink dropped later, for example because no broker was
 *     available
 * @param lossesByCause failed and lost maps by cause, as far as the sink knows the cause
 */
public record SinkCounters(
    String sink,
    long offered,
    long delivered,
    long dropped,
    long failed,
    long lost,
    Map<String, Long> lossesByCause) {}
