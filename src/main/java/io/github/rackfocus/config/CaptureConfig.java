package io.github.rackfocus.config;

/**
 * Configures maps on request.
 *
 * @param only whether no other maps are computed
 * @param timeoutSeconds longest time a request waits for its map
 */
public record CaptureConfig(boolean only, double timeoutSeconds) {
  static CaptureConfig read(ConfigSection capture) {
    return new CaptureConfig(
        capture.flag("only", false, "Whether no maps are computed but those that are requested"),
        capture.number(
            "timeout", 10, 0.01, 3600, "s", "Longest time a request waits for a whole sweep"));
  }
}
