package io.github.rackfocus.kafka.codec;

import org.jspecify.annotations.Nullable;

/**
 * The decoded pixels of a {@code DepthFrame}, row by row from the top.
 *
 * @param width pixels per row
 * @param height rows
 * @param depth metres (or index); NaN if invalid, −Inf nearer than the sweep, +Inf beyond it
 * @param uncertainty one sigma in the depth's unit; null if not sent
 * @param age seconds between the reference frame and the frame in which the pixel is in focus, +Inf
 *     if it exceeds 16 bits; null if not sent
 * @param validity a {@link io.github.rackfocus.depth.Validity} code per pixel
 */
public record DepthPixels(
    int width,
    int height,
    float[] depth,
    float @Nullable [] uncertainty,
    float @Nullable [] age,
    byte[] validity) {}
