package io.github.rackfocus.node;

import io.github.rackfocus.depth.ValidityThresholds;
import io.github.rackfocus.registration.RegistrationMode;

/**
 * What may change while a node runs.
 *
 * @param iterations of the model; negative: those it was opened with
 * @param deadlineNanos bound of the 95th percentile of the latency; 0: none
 * @param everyNth a map is computed for at most every n-th stack
 * @param isFiltered whether the maps of a still scene are fused
 * @param registration which motion between the frames is removed; a change empties the stack
 * @param validity when a pixel's depth is published
 */
public record LiveSettings(
    int iterations,
    long deadlineNanos,
    int everyNth,
    boolean isFiltered,
    RegistrationMode registration,
    ValidityThresholds validity) {}
