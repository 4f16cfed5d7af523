package io.github.rackfocus.calibrate;

/**
 * A number that the recording does not determine.
 *
 * @param key in the camera file
 * @param reason why, and how to record better
 */
public record Refusal(String key, String reason) {}
