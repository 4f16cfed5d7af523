package io.github.rackfocus.config;

import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.rackfocus.depth.FilterMode;
import io.github.rackfocus.depth.StillFilter;
import io.github.rackfocus.depth.ValidityThresholds;
import io.github.rackfocus.frame.ColourMode;
import io.github.rackfocus.kafka.KafkaDepthSinkConfig;
import io.github.rackfocus.kafka.KafkaHealthConfig;
import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.sweep.RollingStackConfig;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The whole configuration of a node as one typed tree. It is validated as a whole: every fault is
 * reported at once, with its path, what was found and what was expected.
 *
 * @param identity robot and camera, the key of the Kafka records
 * @param source where frames come from
 * @param rolling when the rolling stack is ready
 * @param model which model runs, and how
 * @param colour whether frames carry colour while something wants it
 * @param filter whether the maps of a still scene are fused
 * @param validity when a pixel's depth is published
 * @param depthOffsetMetres added to every metric depth
 * @param capture maps on request
 * @param sinks where depth maps go
 * @param ros frame, stamps and points of what is published to ROS
 * @param worker how a worker computes depth for a fleet
 */
@RecordBuilder
public record AppConfig(
    CameraIdentity identity,
    SourceConfig source,
    RollingStackConfig rolling,
    ModelConfig model,
    ColourMode colour,
    FilterMode filter,
    ValidityThresholds validity,
    double depthOffsetMetres,
    CaptureConfig capture,
    SinkConfig sinks,
    RosConfig ros,
    WorkerConfig worker)
    implements AppConfigBuilder.With {
  /**
   * Reads a YAML file.
   *
   * @throws IOException if it can't be read
   * @throws ConfigException with all its faults
   */
  public static AppConfig load(Path file) throws IOException, ConfigException {
    return new ConfigTree(file.toString()).addFile(file).read();
  }

  /**
   * Reads a file between two layers of options: maps by name, which hold maps, texts, numbers and
   * booleans.
   *
   * @param name of the configuration, for messages
   * @param defaults options that the file overrides
   * @param file or null for none
   * @param overrides options that override the file
   * @throws IOException if the file can't be read
   * @throws ConfigException with all faults of all layers
   */
  public static AppConfig load(
      String name, Map<String, ?> defaults, @Nullable Path file, Map<String, ?> overrides)
      throws IOException, ConfigException {
    return LiveConfig.load(name, defaults, file, overrides).current();
  }

  /**
   * Reads YAML text.
   *
   * @param name of the configuration, for messages
   * @throws ConfigException with all its faults
   */
  public static AppConfig parse(String name, String yaml) throws ConfigException {
    return new ConfigTree(name).addText(yaml).read();
  }

  /** Returns the configuration of an empty file. */
  public static AppConfig defaults() {
    return read(new ConfigSection(MissingNode.getInstance()));
  }

  /** Returns {@code robot/camera}, the key in Kafka and the name in diagnostics. */
  public String cameraKey() {
    return identity.key();
  }

  /** Returns the camera's optical frame for sources that name none. */
  public String frameId() {
    return ros.frameId().isEmpty() ? identity.view().frameId() : ros.frameId();
  }

  /**
   * Returns where a worker sends depth.
   *
   * @throws IllegalArgumentException if sending depth to Kafka is off
   */
  public KafkaDepthSinkConfig workerSink() {
    KafkaConfig kafka = sinks.kafka();
    if (kafka == null || kafka.depth() == null) {
      throw new IllegalArgumentException(
          "sinks.kafka.enabled is false; expected true, because a worker sends its depth there");
    }
    return kafka.depth();
  }

  /** Returns how a worker's health is published, or null if it is not. */
  public @Nullable KafkaHealthConfig workerHealth() {
    KafkaConfig kafka = sinks.kafka();
    return kafka == null ? null : kafka.health();
  }

  /** Returns every option with its default, unit, range and description. */
  static List<ConfigSection.Option> options() {
    ConfigSection root = new ConfigSection(MissingNode.getInstance());
    read(root);
    return root.options();
  }

  static AppConfig read(ConfigSection root) {
    String robot = IdentityConfig.robot(root);
    String camera = IdentityConfig.camera(root);
    RosInputConfig.Images images = RosInputConfig.Images.read(root);
    RosConfig ros = RosConfig.read(root);
    ColourMode colour =
        root.choice(
            "colour",
            ColourMode.AUTO,
            "Whether images keep their colour while an all-in-focus image or points want it");
    FilterMode filter =
        root.choice(
            "filter",
            FilterMode.OFF,
            "Whether the maps of repeated sweeps are fused where the scene stands still");
    CameraIdentity identity = IdentityConfig.read(root, robot, camera);
    ConfigSection section =
        root.section(
            "sweep", "Focus planes of a sweep, and when the rolling focal stack is ready.");
    SweepConfig sweep = SweepConfig.read(section);
    RollingStackConfig rolling = rolling(section);
    if (filter == FilterMode.STILL && rolling.motionThreshold() == 0) {
      root.fault("filter", "still", "off, or sweep.motionThreshold above 0 to see what moves");
    }
    if (filter == FilterMode.STILL && !sweep.isEven()) {
      root.fault("filter", "still", "off: it needs planes at equal distances, not sweep.focus");
    }
    ConfigSection lens = root.section("lens", "How the focus of an image is determined.");
    RosInputConfig.Lens input = RosInputConfig.Lens.read(lens, sweep);
    double depthOffset =
        lens.number("depthOffset", 0, -10, 10, "m", "Offset added to every metric depth");
    ConfigSection source = root.section("source", "Where frames come from.");
    SourceConfig frames = SourceConfig.read(source, images, input, sweep);
    ModelConfig model = ModelConfig.read(root.section("model", "Which model runs, and how."));
    ValidityThresholds validity =
        validity(root.section("validity", "When a pixel's depth is published."));
    PointsConfig points =
        PointsConfig.read(root.section("points", "The point cloud depth/points of the ROS node."));
    if (filter == FilterMode.STILL && validity.minConfidence() > StillFilter.MOST_CONFIDENCE) {
      root.fault(
          "filter",
          "still",
          "off, or validity.minConfidence of "
              + StillFilter.MOST_CONFIDENCE
              + " or less, the most that fused confidence reaches");
    }
    return new AppConfig(
        identity,
        frames,
        rolling,
        model,
        colour,
        filter,
        validity,
        depthOffset,
        CaptureConfig.read(root.section("capture", "Maps on request: service ~capture.")),
        SinkConfig.read(root.section("sinks", "Where depth maps go.")),
        ros.withPoints(points),
        WorkerConfig.read(
            root.section("worker", "How 'rackfocus worker' computes depth for a fleet.")));
  }

  private static RollingStackConfig rolling(ConfigSection sweep) {
    RollingStackConfig defaults = RollingStackConfig.DEFAULTS;
    double age =
        sweep.number(
            "maxStackAge",
            0,
            0,
            3600,
            "s",
            "Age at which a plane is stale; 0: 1.5 measured sweep periods");
    return new RollingStackConfig(
        Math.round(age * 1e9),
        sweep.flag(
            "allowMissingPlanes",
            false,
            "Whether a stale plane borrows its neighbour's frame, flagged, instead of holding back"
                + " the stack"),
        sweep.integer(
            "everyNth", 1, 1, 10_000, "frames", "A stack is issued after every n-th frame"),
        sweep.number(
            "motionThreshold",
            defaults.motionThreshold(),
            0,
            255,
            "grey levels",
            "Change of the mean of an 8 x 8 cell that counts as motion; 0: off"),
        sweep.choice(
            "registration",
            defaults.registration(),
            "Motion between frames that is removed: of lens and camera (auto; full: however small),"
                + " of the lens, or none (off)"));
  }

  private static ValidityThresholds validity(ConfigSection validity) {
    ValidityThresholds defaults = ValidityThresholds.DEFAULTS;
    return new ValidityThresholds(
        validity.number(
            "minConfidence",
            defaults.minConfidence(),
            0,
            1,
            "",
            "Least probability that a published depth is off by at most one plane"),
        validity.number(
            "textureFloor",
            defaults.textureFloor(),
            0,
            1,
            "of full scale",
            "Local contrast below which an unsure pixel is noTexture, above it ambiguous"),
        validity.integer(
            "saturationLuma",
            defaults.saturationLuma(),
            1,
            256,
            "grey levels",
            "Luma from which a pixel in focus is saturated; 256: never"),
        validity.number(
            "beyondMargin",
            defaults.beyondMarginPlanes(),
            0,
            10,
            "planes",
            "Distance beyond an end plane from which the sharpest focus is out of the sweep"),
        validity.flag(
            "requireSettled",
            defaults.requireSettled(),
            "Whether depth from frames of an unsettled lens is withheld"));
  }
}
