package io.github.rackfocus.lens;

/**
 * What a device says of its lens.
 *
 * @param dioptres lens power or focus, see {@link LensDriver#isFocus}; NaN if unknown
 * @param celsius temperature of the lens; NaN if unknown
 * @param stampNanos the middle of the exchange that told the value, by the clock of the stamps
 * @param spanNanos how long that exchange took
 */
public record LensSample(double dioptres, float celsius, long stampNanos, long spanNanos) {}
