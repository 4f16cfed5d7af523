package io.github.rackfocus.cli;

import io.github.rackfocus.kafka.TopicTail;
import io.github.rackfocus.kafka.codec.DepthPixels;
import io.github.rackfocus.sink.DepthEncoding16;
import io.github.rackfocus.sink.DepthRaster;
import io.github.rackfocus.v1.DepthFrame;
import io.github.rackfocus.v1.FocusScale;
import io.github.rackfocus.v1.Health;
import io.github.rackfocus.v1.ObstacleGrid;
import io.github.rackfocus.v1.SinkHealth;
import io.github.rackfocus.v1.TopicHealth;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/** Formats records of Kafka as readable lines. */
final class TailLines {
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  private TailLines() {}

  /**
   * Formats a depth map: time sent, camera, size, published share, depth range, model and delay.
   */
  static String depth(TopicTail.Found found, DepthFrame frame, DepthPixels pixels) {
    float[] finite = new float[pixels.depth().length];
    int count = 0;
    for (float depth : pixels.depth()) {
      if (Float.isFinite(depth)) {
        finite[count++] = depth;
      }
    }
    Arrays.sort(finite, 0, count);
    String unit = unit(frame.getSweep().getScale());
    String range =
        count == 0
            ? "no depth"
            : text(
                "depth %.3f to %.3f%s, median %.3f%s",
                finite[0], finite[count - 1], unit, finite[(count - 1) / 2], unit);
    return text(
        "%s  map %d  %dx%d  published %.1f %%  %s  %s K=%d on %s  sent %.0f ms after capture"
            + "  %.1f kB",
        prefix(found, frame.getRobot(), frame.getCamera()),
        frame.getSequence(),
        frame.getWidth(),
        frame.getHeight(),
        100 * frame.getValidShare(),
        range,
        frame.getModel().getName(),
        frame.getIterations(),
        frame.getExecutionProvider(),
        found.sentMillis() - frame.getStampNs() / 1e6,
        found.value().length / 1e3);
  }

  /** Formats an obstacle grid: its size and its nearest cell. */
  static String obstacles(TopicTail.Found found, ObstacleGrid grid) {
    int cells = grid.getColumns() * grid.getRows();
    if (grid.getNearest().size() != 2L * cells || cells == 0) {
      return unreadable(
          found,
          "nearest has "
              + grid.getNearest().size()
              + " bytes; expected "
              + (cells == 0 ? "at least 1 cell" : 2L * cells));
    }
    DepthEncoding16 encoding = new DepthEncoding16(grid.getUnitM());
    ShortBuffer codes =
        grid.getNearest().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer();
    int nearest = -1;
    for (int i = 0; i < cells; i++) {
      int code = codes.get(i) & 0xffff;
      if (code != DepthEncoding16.INVALID
          && (nearest < 0 || code < (codes.get(nearest) & 0xffff))) {
        nearest = i;
      }
    }
    String distance =
        nearest < 0
            ? "no obstacle"
            : text(
                "nearest %.3f%s in cell %d, %d",
                encoding.decode(codes.get(nearest) & 0xffff),
                unit(grid.getScale()),
                nearest % grid.getColumns(),
                nearest / grid.getColumns());
    return text(
        "%s  obstacles %d  %dx%d  %s  %.1f kB",
        prefix(found, grid.getRobot(), grid.getCamera()),
        grid.getSequence(),
        grid.getColumns(),
        grid.getRows(),
        distance,
        found.value().length / 1e3);
  }

  /** Formats a health report: counters, losses by cause, topics with an outage or a backlog. */
  static String health(TopicTail.Found found, Health health) {
    StringBuilder losses = new StringBuilder();
    health.getFramesDroppedMap().forEach((cause, n) -> loss(losses, "frames " + cause, n));
    health.getFurtherLossesMap().forEach((cause, n) -> loss(losses, cause, n));
    loss(losses, "stacks skipped", health.getStacksSkipped());
    loss(losses, "maps failed", health.getMapsFailed());
    for (SinkHealth sink : health.getSinksList()) {
      loss(losses, sink.getName() + " dropped", sink.getDropped());
      loss(losses, sink.getName() + " failed", sink.getFailed());
      loss(losses, sink.getName() + " lost", sink.getLost());
    }
    StringBuilder topics = new StringBuilder();
    for (TopicHealth topic : health.getTopicsList()) {
      for (Map.Entry<String, Long> lost : topic.getLostMap().entrySet()) {
        loss(losses, topic.getTopic() + " " + lost.getKey(), lost.getValue());
      }
      if (topic.getOutage()) {
        topics.append("  OUTAGE of topic ").append(topic.getTopic());
      }
      if (topic.getWaiting() > 0) {
        topics.append(text("  backlog of %d for %s", topic.getWaiting(), topic.getTopic()));
      }
    }
    return text(
        "%s  health %d  up %.0f s  %d frames  %d maps  p50 %.1f p99 %.1f ms  lost: %s%s",
        prefix(found, health.getRobot(), health.getCamera()),
        health.getSequence(),
        health.getUptimeS(),
        health.getFrames(),
        health.getMaps(),
        health.getLatencyP50Ms(),
        health.getLatencyP99Ms(),
        losses.isEmpty() ? "nothing" : losses,
        topics);
  }

  /** Formats a record that could not be decoded. */
  static String unreadable(TopicTail.Found found, String reason) {
    return text(
        "%s  %s %s  unreadable: %s",
        CLOCK.format(Instant.ofEpochMilli(found.sentMillis())),
        found.topic(),
        String.valueOf(found.key()),
        reason);
  }

  /** Returns the input of a picture of the map. */
  static DepthRaster raster(DepthFrame frame, DepthPixels pixels) {
    return new DepthRaster(
        pixels.width(),
        pixels.height(),
        FloatBuffer.wrap(pixels.depth()),
        ByteBuffer.wrap(pixels.validity()),
        frame.getSweep().getScale() == FocusScale.FOCUS_SCALE_DIOPTRE,
        frame.getSweep().getNearestDepthM(),
        frame.getSweep().getFarthestDepthM());
  }

  private static String prefix(TopicTail.Found found, String robot, String camera) {
    return CLOCK.format(Instant.ofEpochMilli(found.sentMillis())) + "  " + robot + "/" + camera;
  }

  private static void loss(StringBuilder losses, String name, long count) {
    if (count > 0) {
      losses.append(losses.isEmpty() ? "" : ", ").append(count).append(' ').append(name);
    }
  }

  private static String unit(FocusScale scale) {
    return scale == FocusScale.FOCUS_SCALE_DIOPTRE ? " m" : "";
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
