package io.github.rackfocus.kafka.codec;

import org.jspecify.annotations.Nullable;

/**
 * The pixels of a {@code DepthFrame}, decoded; row by row from the top.
 *
 * @param width pixels in a row
 * @param height rows
 * @param depth metres (or index): a number, NaN, −Inf nearer, +Inf beyond
 * @param uncertainty one sigma in the depth's unit; null if it was not sent
 * @param age seconds between the reference frame and the frame in which the pixel is in focus, +Inf
 *     for more than 16 bits hold; null if it was not sent
 * @param validity a {@link io.github.rackfocus.depth.Validity} code a pixel
 */
public record DepthPixels(
    int width,
    int height,
    float[] depth,
    float @Nullable [] uncertainty,
    float @Nullable [] age,
    byte[] validity) {}
