package io.github.rackfocus.lens;

/**
 * A reading of a lens during a sweep.
 *
 * @param stampNanos time of the reading: the middle of the exchange with the device
 * @param power lens power, dioptres; NaN if the device tells focus
 * @param focus focus, dioptres; NaN if it follows from the power
 * @param celsius temperature of the lens; NaN if unknown
 * @param settled whether the lens is where it was commanded and has had time to get there
 * @param sweepId number of the sweep
 * @param plane nearest plane of the sweep
 * @param direction +1 to nearer, -1 to farther, 0 at rest
 */
public record LensReading(
    long stampNanos,
    double power,
    double focus,
    float celsius,
    boolean settled,
    long sweepId,
    int plane,
    int direction) {}
