package io.github.rackfocus.lens;

/**
 * What a device says of its lens.
 *
 * @param dioptres lens power or focus, see {@link LensDriver#isFocus}
 * @param celsius temperature of the lens; NaN if unknown
 */
public record LensSample(double dioptres, float celsius) {}
