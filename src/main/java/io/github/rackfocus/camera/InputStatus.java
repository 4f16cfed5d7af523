package io.github.rackfocus.camera;

import org.jspecify.annotations.Nullable;

/**
 * What has reached a source so far, to tell which input is missing.
 *
 * @param images the images
 * @param readings the lens readings; null if the source needs none
 * @param lowestFocus smallest focus of the accepted readings in dioptres; NaN without any
 * @param highestFocus largest focus of the accepted readings in dioptres; NaN without any
 */
public record InputStatus(
    Messages images, @Nullable Messages readings, double lowestFocus, double highestFocus) {

  /**
   * Messages of one input.
   *
   * @param topic where they are expected
   * @param received how many arrived, used or not
   * @param accepted how many of these were used
   * @param arrivalNanos when the newest accepted one arrived, monotonic time; 0 without any
   * @param stampNanos stamp of the newest accepted one; 0 without any
   */
  public record Messages(
      String topic, long received, long accepted, long arrivalNanos, long stampNanos) {}
}
