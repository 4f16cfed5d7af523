package io.github.rackfocus.node;

import io.github.rackfocus.camera.InputStatus;
import io.github.rackfocus.camera.InputStatus.Messages;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Says which input of a node is missing: images, lens readings, or planes of the sweep.
 *
 * <p>A sentence names the first cause that applies, since the later ones follow from it: no images,
 * images that are all rejected, no readings, two clocks, a sweep that leaves planes out. Immutable.
 */
final class InputWatch {
  /** Stamps of one clock are closer than this, however late a reading arrives. */
  private static final long ONE_CLOCK_NANOS = 5_000_000_000L;

  private static final int PLANES_NAMED = 8;

  private final long patienceNanos;

  /**
   * State of the sweep.
   *
   * @param focus focus of the planes in dioptres, far to near
   * @param missing whether a plane has no frame that is recent enough
   * @param completeNanos when all planes last had a frame, monotonic time; 0 for never
   */
  @SuppressWarnings("ArrayRecordComponent") // Only read, and never compared.
  record Sweep(double[] focus, boolean[] missing, long completeNanos) {
    List<Integer> missingPlanes() {
      List<Integer> planes = new ArrayList<>();
      for (int plane = 0; plane < missing.length; plane++) {
        if (missing[plane]) {
          planes.add(plane);
        }
      }
      return planes;
    }
  }

  /**
   * @param patienceNanos for how long an input may be silent
   */
  InputWatch(long patienceNanos) {
    this.patienceNanos = patienceNanos;
  }

  /**
   * Returns what is missing.
   *
   * @param sinceNanos when inputs were first wanted
   * @param nowNanos monotonic time
   * @return a sentence for the operator without a full stop, or null if nothing is missing
   */
  @Nullable String missing(InputStatus inputs, Sweep sweep, long sinceNanos, long nowNanos) {
    Messages images = inputs.images();
    if (isSilent(images, sinceNanos, nowNanos)) {
      return silent("image", images, sinceNanos, nowNanos);
    }
    Messages readings = inputs.readings();
    if (readings != null && isSilent(readings, sinceNanos, nowNanos)) {
      return "images arrive, but " + silent("lens reading", readings, sinceNanos, nowNanos);
    }
    long incomplete = nowNanos - Math.max(sinceNanos, sweep.completeNanos());
    return incomplete > 2 * patienceNanos ? explanation(inputs, sweep) : null;
  }

  /** Returns why there is no complete sweep, whatever the time; null if there is no cause known. */
  static @Nullable String explanation(InputStatus inputs, Sweep sweep) {
    Messages images = inputs.images();
    Messages readings = inputs.readings();
    if (images.accepted() == 0) {
      return images.received() == 0
          ? "no image arrived on " + images.topic()
          : images.received() + " images arrived on " + images.topic() + ", and all were rejected";
    }
    if (readings != null && readings.accepted() == 0) {
      return readings.received() == 0
          ? "no lens reading arrived on " + readings.topic()
          : readings.received()
              + " lens readings arrived on "
              + readings.topic()
              + ", and all were rejected";
    }
    if (readings != null
        && Math.abs(images.stampNanos() - readings.stampNanos()) > ONE_CLOCK_NANOS) {
      return "the newest image has the stamp "
          + seconds(images.stampNanos())
          + " s and the newest lens reading "
          + seconds(readings.stampNanos())
          + " s; expected stamps of one clock";
    }
    List<Integer> planes = sweep.missingPlanes();
    return planes.isEmpty() ? null : left(inputs, sweep, planes);
  }

  private static String left(InputStatus inputs, Sweep sweep, List<Integer> planes) {
    StringBuilder text = new StringBuilder("no recent frame of plane");
    text.append(planes.size() == 1 ? " " : "s ");
    for (int i = 0; i < Math.min(planes.size(), PLANES_NAMED); i++) {
      int plane = planes.get(i);
      text.append(i == 0 ? "" : ", ").append(plane);
      text.append(String.format(Locale.ROOT, " (%.3f)", sweep.focus()[plane]));
    }
    if (planes.size() > PLANES_NAMED) {
      text.append(" and ").append(planes.size() - PLANES_NAMED).append(" more");
    }
    text.append(" of ").append(sweep.focus().length);
    text.append(
        String.format(
            Locale.ROOT,
            "; planes are from %.3f to %.3f dioptres",
            sweep.focus()[0],
            sweep.focus()[sweep.focus().length - 1]));
    if (!Double.isNaN(inputs.lowestFocus())) {
      text.append(
          String.format(
              Locale.ROOT,
              ", lens readings from %.3f to %.3f",
              inputs.lowestFocus(),
              inputs.highestFocus()));
    }
    return text.toString();
  }

  private boolean isSilent(Messages messages, long sinceNanos, long nowNanos) {
    return nowNanos - Math.max(messages.arrivalNanos(), sinceNanos) > patienceNanos;
  }

  private static String silent(String what, Messages messages, long sinceNanos, long nowNanos) {
    long nanos = nowNanos - Math.max(messages.arrivalNanos(), sinceNanos);
    String text =
        String.format(Locale.ROOT, "no %s for %.1f s on %s", what, nanos / 1e9, messages.topic());
    long rejected = messages.received() - messages.accepted();
    return rejected == 0 ? text : text + " (" + rejected + " were rejected)";
  }

  /** Shows a stamp in full, to the millisecond: as a number it would be 1.7E9. */
  private static String seconds(long stampNanos) {
    return BigDecimal.valueOf(stampNanos, 9).setScale(3, RoundingMode.HALF_UP).toPlainString();
  }
}
