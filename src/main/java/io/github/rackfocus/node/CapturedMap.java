package io.github.rackfocus.node;

/**
 * A map that was computed on request, from one whole sweep exposed after the request.
 *
 * @param sequence of its newest frame
 * @param stampNanos of its newest frame
 * @param planes frames in its stack
 * @param spanNanos time between the oldest and the newest of them
 * @param elapsedNanos time from the request until every sink was done with the map
 * @param publishedShare share of the pixels whose depth is published, 0 to 1
 * @param sinks number of sinks that took it
 */
public record CapturedMap(
    long sequence,
    long stampNanos,
    int planes,
    long spanNanos,
    long elapsedNanos,
    double publishedShare,
    int sinks) {}
