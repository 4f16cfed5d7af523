package io.github.rackfocus.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.depth.ValidityThresholds;
import io.github.rackfocus.kafka.KafkaDepthSinkConfig;
import io.github.rackfocus.kafka.KafkaHealthConfig;
import io.github.rackfocus.kafka.codec.CameraIdentity;
import io.github.rackfocus.sweep.RollingStackConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything a node can be told, as one typed tree, checked whole: every fault is reported at once,
 * with its path, what was found and what would be right.
 *
 * @param identity robot and camera, the key of its Kafka records
 * @param source where frames come from
 * @param rolling how the rolling stack judges what it has
 * @param model which model runs, and how
 * @param validity when a depth is published
 * @param depthOffsetMetres added to every metric depth
 * @param sinks where depth maps go
 * @param ros how the node shows itself to ROS
 * @param worker how a worker makes depth of a fleet's frames
 */
public record AppConfig(
    CameraIdentity identity,
    SourceConfig source,
    RollingStackConfig rolling,
    ModelConfig model,
    ValidityThresholds validity,
    double depthOffsetMetres,
    SinkConfig sinks,
    RosConfig ros,
    WorkerConfig worker) {
  private static final long MAX_BYTES = 1 << 20;
  private static final String[] POSE = {"x", "y", "z", "qx", "qy", "qz", "qw"};

  /**
   * Reads a YAML file.
   *
   * @throws IOException if it can't be read
   * @throws ConfigException with all its faults
   */
  public static AppConfig load(Path file) throws IOException, ConfigException {
    return check(file.toString(), read(file));
  }

  /**
   * Puts a configuration together from a file and from trees of values beside it: maps by option
   * name, in them maps, texts, numbers and truth values.
   *
   * @param name said before the faults
   * @param beneath what counts where the file says nothing
   * @param file or null for none
   * @param above what counts whatever the file says
   * @throws IOException if the file can't be read
   * @throws ConfigException with all faults, wherever they come from
   */
  public static AppConfig load(
      String name, Map<String, ?> beneath, @Nullable Path file, Map<String, ?> above)
      throws IOException, ConfigException {
    JsonNode root = new ObjectMapper().valueToTree(beneath);
    if (file != null) {
      root = laidOver(root, read(file));
    }
    return check(name, laidOver(root, new ObjectMapper().valueToTree(above)));
  }

  private static JsonNode read(Path file) throws IOException, ConfigException {
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException(
          file + ": has " + Files.size(file) + " bytes; expected at most " + MAX_BYTES);
    }
    return tree(file.toString(), Files.readString(file));
  }

  /** Sections are joined, option by option; anything else of the upper tree stands. */
  private static JsonNode laidOver(JsonNode lower, JsonNode upper) {
    if (upper.isMissingNode() || upper.isNull()) {
      return lower;
    }
    if (!(lower instanceof ObjectNode) || !upper.isObject()) {
      return upper;
    }
    ObjectNode joined = lower.deepCopy();
    upper
        .properties()
        .forEach(each ->
            joined.set(each.getKey(), laidOver(joined.path(each.getKey()), each.getValue())));
    return joined;
  }

  /** The configuration of an empty file. */
  public static AppConfig defaults() {
    return read(new ConfigSection(MissingNode.getInstance()));
  }

  /** {@code robot/camera}: whose depth it is, in keys and diagnostics. */
  public String cameraKey() {
    return identity.key();
  }

  /** The camera's optical frame where its source names none. */
  public String frameId() {
    return ros.frameId().isEmpty() ? identity.view().frameId() : ros.frameId();
  }

  /**
   * Where a worker's depth goes.
   *
   * @throws IllegalArgumentException if the configuration has no such place
   */
  public KafkaDepthSinkConfig workerSink() {
    KafkaConfig kafka = sinks.kafka();
    if (kafka == null || kafka.depth() == null) {
      throw new IllegalArgumentException(
          "sinks.kafka.enabled is false; expected true: it is where a worker's depth goes");
    }
    return kafka.depth();
  }

  /** How a worker's health is published, or null where it is not. */
  public @Nullable KafkaHealthConfig workerHealth() {
    KafkaConfig kafka = sinks.kafka();
    return kafka == null ? null : kafka.health();
  }

  /** The same with another model. */
  public AppConfig withModel(ModelConfig other) {
    return new AppConfig(
        identity, source, rolling, other, validity, depthOffsetMetres, sinks, ros, worker);
  }

  public static AppConfig parse(String name, String yaml) throws ConfigException {
    return check(name, tree(name, yaml));
  }

  private static JsonNode tree(String name, String yaml) throws ConfigException {
    try {
      JsonNode root =
          new YAMLMapper(
                  YAMLFactory.builder()
                      .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                      .build())
              .readTree(yaml);
      return root == null ? MissingNode.getInstance() : root;
    } catch (JsonProcessingException e) {
      String where = e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr() + ": ";
      throw new ConfigException(name, List.of(where + e.getOriginalMessage()));
    }
  }

  private static AppConfig check(String name, JsonNode root) throws ConfigException {
    ConfigSection settings = new ConfigSection(root);
    AppConfig configuration = read(settings);
    List<String> faults = settings.faults();
    if (!faults.isEmpty()) {
      throw new ConfigException(name, faults);
    }
    return configuration;
  }

  /** Every option with its default, unit, range and meaning. */
  static List<ConfigSection.Option> options() {
    ConfigSection settings = new ConfigSection(MissingNode.getInstance());
    read(settings);
    return settings.options();
  }

  private static AppConfig read(ConfigSection root) {
    CameraIdentity identity = identity(root);
    ConfigSection section =
        root.section("sweep", "The planes, and how the rolling focal stack judges what it has.");
    SweepConfig sweep = SweepConfig.read(section);
    RollingStackConfig rolling = rolling(section);
    RosInputConfig ros = RosInputConfig.read(root, sweep);
    return new AppConfig(
        identity,
        SourceConfig.read(root.section("source", "Where frames come from."), ros),
        rolling,
        ModelConfig.read(root.section("model", "Which model runs, and how.")),
        validity(root.section("validity", "When a pixel's depth is published.")),
        root.number("depthOffset", 0, -10, 10, "m", "added to every metric depth"),
        SinkConfig.read(root.section("sinks", "Where depth maps go.")),
        RosConfig.read(root),
        WorkerConfig.read(
            root.section("worker", "How 'rackfocus worker' makes depth of a fleet's frames.")));
  }

  private static CameraIdentity identity(ConfigSection root) {
    String robot =
        root.text("robot", "", "a name", "first part of the Kafka key; empty: the host's name");
    String camera = root.text("camera", "camera", "a name", "second part of the Kafka key");
    CameraIdentity.FixedPose pose =
        pose(root.section("pose", "Where the camera stands, fixed; travels in Kafka's maps."));
    try {
      return CameraIdentity.of(robot.isEmpty() ? KafkaDepthSinkConfig.hostName() : robot, camera)
          .at(pose);
    } catch (IllegalArgumentException e) {
      root.fault("robot", "'" + robot + "' with camera '" + camera + "'", ErrorMessages.of(e));
      return CameraIdentity.of("robot", "camera");
    }
  }

  private static CameraIdentity.@Nullable FixedPose pose(ConfigSection pose) {
    String parent = pose.text("parentFrame", "", "a frame", "the pose is given in; empty: no pose");
    double[] numbers = new double[POSE.length];
    for (int i = 0; i < POSE.length; i++) {
      boolean rotation = i >= 3;
      numbers[i] =
          pose.number(
              POSE[i],
              i == POSE.length - 1 ? 1 : 0,
              rotation ? -1 : -1e6,
              rotation ? 1 : 1e6,
              rotation ? "" : "m",
              rotation ? "of a unit quaternion" : "of the camera there");
    }
    double norm =
        Math.hypot(Math.hypot(numbers[3], numbers[4]), Math.hypot(numbers[5], numbers[6]));
    if (Math.abs(norm - 1) > 0.001) {
      pose.fault("qx, qy, qz, qw", "of length " + norm, "a unit quaternion");
    }
    return parent.isEmpty()
        ? null
        : new CameraIdentity.FixedPose(
            parent,
            numbers[0],
            numbers[1],
            numbers[2],
            numbers[3],
            numbers[4],
            numbers[5],
            numbers[6]);
  }

  private static RollingStackConfig rolling(ConfigSection sweep) {
    RollingStackConfig byDefault = RollingStackConfig.DEFAULT;
    double age =
        sweep.number(
            "maxStackAge",
            0,
            0,
            3600,
            "s",
            "oldest age of a plane; 0: 1.5 sweep periods, measured");
    return new RollingStackConfig(
        Math.round(age * 1e9),
        sweep.flag(
            "allowMissingPlanes",
            false,
            "a plane without a fresh frame borrows its neighbour's, flagged; else the stack waits"),
        sweep.integer("everyNth", 1, 1, 10_000, "frames", "a stack after every n-th frame"),
        sweep.number(
            "motionThreshold",
            byDefault.motionThreshold(),
            0,
            255,
            "of 255",
            "change of an 8 x 8 cell's mean luma that counts as motion; 0: not looked for"));
  }

  private static ValidityThresholds validity(ConfigSection validity) {
    ValidityThresholds byDefault = ValidityThresholds.DEFAULT;
    return new ValidityThresholds(
        validity.number(
            "minConfidence", byDefault.minConfidence(), 0, 1, "", "of a published depth"),
        validity.number(
            "textureFloor",
            byDefault.textureFloor(),
            0,
            1,
            "luma of 1",
            "local contrast that tells noTexture from ambiguous"),
        validity.integer(
            "saturationLuma",
            byDefault.saturationLuma(),
            1,
            256,
            "of 255",
            "from which a pixel in focus is saturated; 256: never"),
        validity.number(
            "beyondMargin",
            byDefault.beyondMarginPlanes(),
            0,
            10,
            "planes",
            "beyond an end plane that the sharpest focus must lie to be out of the sweep"),
        validity.flag(
            "requireSettled",
            byDefault.requireSettled(),
            "withhold depth from frames of an unsettled lens"));
  }
}
