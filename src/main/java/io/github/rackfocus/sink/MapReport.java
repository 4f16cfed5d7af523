package io.github.rackfocus.sink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rackfocus.depth.DepthInfo;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.Stage;
import io.github.rackfocus.depth.Validity;

/**
 * Creates a JSON report of a depth map: everything but its pixels. Keys contain the units. Stamps
 * are nanoseconds as decimal strings, because many JSON readers lose the last digits of numbers; a
 * farthest plane at infinity is the string {@code "Infinity"}.
 */
final class MapReport {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private MapReport() {}

  /** Returns the report of a map whose 16-bit depth has the given encoding. */
  static byte[] of(DepthMap map, DepthEncoding16 encoding) {
    DepthInfo info = map.info();
    ObjectNode report = JSON.createObjectNode();
    report.put("stamp_ns", Long.toString(info.stampNanos()));
    report.put("oldest_stamp_ns", Long.toString(info.oldestStampNanos()));
    report.put("arrival_monotonic_ns", Long.toString(info.arrivalNanos()));
    report.put("sequence", info.sequence());
    report.put("width_px", map.width());
    report.put("height_px", map.height());
    putSweep(report, info);
    report.put("depth_png_unit_" + depthUnit(info), encoding.unit());
    report.put("valid_share", info.validShare());
    ObjectNode counts = report.putObject("validity_px");
    for (Validity validity : Validity.values()) {
      counts.put(validity.key(), info.count(validity));
    }
    ObjectNode model = report.putObject("model");
    model.put("name", info.model().name());
    model.put("version", info.model().version());
    model.put("sha256", info.model().sha256());
    report.put("iterations", info.iterations());
    report.put("execution_provider", info.executionProvider());
    ObjectNode stages = report.putObject("stage_ms");
    for (Stage stage : Stage.values()) {
      stages.put(stage.key(), info.stageNanos(stage) / 1e6);
    }
    try {
      return JSON.writeValueAsBytes(report);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of numbers and strings was not serialised", e);
    }
  }

  private static void putSweep(ObjectNode report, DepthInfo info) {
    String focusUnit = info.scale().isMetric() ? "dioptres" : "index";
    report.put("focus_scale", info.scale().name());
    ArrayNode focus = report.putArray("plane_focus_" + focusUnit);
    ArrayNode stamps = report.putArray("plane_stamp_ns");
    for (int plane = 0; plane < info.planes(); plane++) {
      focus.add(info.planeFocus(plane));
      stamps.add(Long.toString(info.planeStampNanos(plane)));
    }
    report.put("planes", info.planes());
    report.put("planes_missing", info.planesMissing());
    report.put("reference_plane", info.referencePlane());
    ObjectNode registration = report.putObject("registration");
    registration.put("mode", info.registration().key());
    registration.put("motion_px", info.motionPixels());
    registration.put("motion_trust", info.motionTrust());
    registration.put("keyframe_stamp_ns", Long.toString(info.keyframeStampNanos()));
    report.put("filter", info.filter().key());
    report.put("nearest_depth_" + depthUnit(info), info.nearestDepth());
    report.put("farthest_depth_" + depthUnit(info), info.farthestDepth());
  }

  private static String depthUnit(DepthInfo info) {
    return info.scale().isMetric() ? "m" : "index";
  }
}
