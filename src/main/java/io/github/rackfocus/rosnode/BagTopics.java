package io.github.rackfocus.rosnode;

import io.github.rackfocus.config.RosInputConfig;
import io.github.rackfocus.ros.bag.BagConnection;
import io.github.rackfocus.ros.message.MessageType;
import io.github.rackfocus.ros.msg.rackfocus_msgs.LensState;
import io.github.rackfocus.ros.msg.sensor_msgs.CameraInfo;
import io.github.rackfocus.ros.msg.sensor_msgs.CompressedImage;
import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import io.github.rackfocus.ros.msg.std_msgs.Float64;
import io.github.rackfocus.sweep.PlaneCounter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The topics of a bag that hold the images, the lens readings and the calibration.
 *
 * @param image topic of raw or compressed images; empty: the only one, or {@code /image} if there
 *     are several
 * @param lens topic of lens states or lens powers; empty: the only one
 * @param cameraInfo topic of the calibration; empty: {@code camera_info} in the image's namespace
 */
public record BagTopics(String image, String lens, String cameraInfo) {
  /** Topics found automatically, which must be unambiguous. */
  public static final BagTopics ANY = new BagTopics("", "", "");

  private static final Logger LOG = LoggerFactory.getLogger(BagTopics.class);
  private static final String LENS_POWER = "lens_power";
  private static final List<MessageType<?>> IMAGES = List.of(Image.TYPE, CompressedImage.TYPE);

  /** The topics that were found. */
  record Found(
      BagConnection image, @Nullable BagConnection lens, @Nullable BagConnection cameraInfo) {
    boolean has(BagConnection connection) {
      return isTopic(connection, image)
          || isTopic(connection, lens)
          || isTopic(connection, cameraInfo);
    }

    private static boolean isTopic(BagConnection connection, @Nullable BagConnection found) {
      return found != null && found.topic().equals(connection.topic());
    }
  }

  /**
   * Finds the topics in a bag.
   *
   * @throws IOException if one is missing, of an unsupported type or ambiguous; the message lists
   *     the topics of the bag
   */
  Found find(Path bag, Collection<BagConnection> connections, RosInputConfig settings)
      throws IOException {
    BagConnection images = image(bag, connections);
    BagConnection lensTopic = null;
    if (settings.lens().input() != RosInputConfig.LensInput.STAMP
        && !(countsImages(settings) && lens.isEmpty() && !hasLensStates(connections))) {
      lensTopic = lens(bag, connections);
    }
    return new Found(images, lensTopic, cameraInfo(bag, connections, images.topic()));
  }

  /** Whether the images' own counter gives the plane; messages then only resynchronise it. */
  private static boolean countsImages(RosInputConfig settings) {
    return settings.lens().input() == RosInputConfig.LensInput.COUNTER
        && settings.lens().counter() == PlaneCounter.Count.IMAGE;
  }

  private static boolean hasLensStates(Collection<BagConnection> connections) {
    return connections.stream().anyMatch(each -> each.type().equals(LensState.TYPE.name()));
  }

  private BagConnection image(Path bag, Collection<BagConnection> connections) throws IOException {
    if (!image.isEmpty()) {
      return checked(bag, connections, image, IMAGES);
    }
    List<BagConnection> found =
        of(connections, connection -> isOneOf(connection, IMAGES) && !isOutput(connection));
    List<BagConnection> plain =
        found.stream().filter(each -> each.topic().equals("/image")).toList();
    List<BagConnection> chosen = topics(found) > 1 && !plain.isEmpty() ? plain : found;
    if (topics(chosen) != 1) {
      throw new IOException(
          bag
              + ": has "
              + (chosen.isEmpty() ? "no topic" : topics(chosen) + " topics")
              + " of images; expected one, or a topic to be selected ("
              + names(connections)
              + ")");
    }
    return checked(bag, connections, chosen.get(0).topic(), IMAGES);
  }

  private BagConnection lens(Path bag, Collection<BagConnection> connections) throws IOException {
    List<MessageType<?>> types = List.of(LensState.TYPE, Float64.TYPE);
    if (!lens.isEmpty()) {
      return checked(bag, connections, lens, types);
    }
    List<BagConnection> found =
        of(connections, connection -> connection.type().equals(LensState.TYPE.name()));
    if (found.isEmpty()) {
      found =
          of(
              connections,
              connection ->
                  connection.type().equals(Float64.TYPE.name())
                      && connection.topic().endsWith("/" + LENS_POWER));
    }
    if (topics(found) != 1) {
      throw new IOException(
          bag
              + ": has "
              + (found.isEmpty() ? "no topic" : topics(found) + " topics")
              + " of lens states or lens powers; expected one, a topic to be selected, or lens.input:"
              + " stamp and sweep.period ("
              + names(connections)
              + ")");
    }
    return checked(bag, connections, found.get(0).topic(), types);
  }

  private @Nullable BagConnection cameraInfo(
      Path bag, Collection<BagConnection> connections, String imageTopic) throws IOException {
    if (!cameraInfo.isEmpty()) {
      return checked(bag, connections, cameraInfo, List.of(CameraInfo.TYPE));
    }
    String base =
        imageTopic.endsWith("/compressed")
            ? imageTopic.substring(0, imageTopic.length() - "/compressed".length())
            : imageTopic;
    String sibling = base.substring(0, base.lastIndexOf('/') + 1) + "camera_info";
    boolean exists =
        connections.stream()
            .anyMatch(
                each -> each.topic().equals(sibling) && each.type().equals(CameraInfo.TYPE.name()));
    if (!exists) {
      warnOfOtherCalibrations(bag, connections, sibling);
      return null;
    }
    return checked(bag, connections, sibling, List.of(CameraInfo.TYPE));
  }

  /** Whose calibration it is cannot be told, so it is not used; but its absence would go unseen. */
  private static void warnOfOtherCalibrations(
      Path bag, Collection<BagConnection> connections, String sibling) {
    List<String> others =
        of(connections, each -> each.type().equals(CameraInfo.TYPE.name())).stream()
            .map(BagConnection::topic)
            .distinct()
            .sorted()
            .toList();
    if (!others.isEmpty()) {
      LOG.warn(
          "{}: is read without a calibration: there is no {}; the bag has {}. To use one of them,"
              + " select it as the CameraInfo topic",
          bag,
          sibling,
          String.join(", ", others));
    }
  }

  /** Recognises this node's own output, which may be in the bag as well. */
  private static boolean isOutput(BagConnection connection) {
    String topic = connection.topic();
    return topic.contains("/image_rect") || topic.endsWith("/compressedDepth");
  }

  private static BagConnection checked(
      Path bag, Collection<BagConnection> connections, String topic, List<MessageType<?>> types)
      throws IOException {
    String global = topic.startsWith("/") ? topic : "/" + topic;
    for (BagConnection connection : connections) {
      if (connection.topic().equals(global) || connection.topic().equals(topic)) {
        for (MessageType<?> type : types) {
          if (type.name().equals(connection.type()) && isSame(type, connection)) {
            return connection;
          }
        }
        throw new IOException(
            bag
                + ": topic "
                + topic
                + " has type "
                + connection.type()
                + " ["
                + connection.md5sum()
                + "]; expected "
                + String.join(
                    " or ", types.stream().map(t -> t.name() + " [" + t.md5sum() + "]").toList()));
      }
    }
    throw new IOException(
        bag + ": has no topic " + topic + "; expected one of " + names(connections));
  }

  private static boolean isSame(MessageType<?> type, BagConnection connection) {
    return connection.md5sum().equals("*") || connection.md5sum().equals(type.md5sum());
  }

  private static boolean isOneOf(BagConnection connection, List<MessageType<?>> types) {
    return types.stream().anyMatch(type -> type.name().equals(connection.type()));
  }

  private static List<BagConnection> of(
      Collection<BagConnection> connections, Predicate<BagConnection> wanted) {
    return connections.stream().filter(wanted).toList();
  }

  private static long topics(List<BagConnection> connections) {
    return connections.stream().map(BagConnection::topic).distinct().count();
  }

  private static String names(Collection<BagConnection> connections) {
    List<String> names =
        connections.stream()
            .map(each -> each.topic() + " " + each.type())
            .distinct()
            .sorted()
            .limit(40)
            .toList();
    return names.isEmpty() ? "no topics" : String.join(", ", names);
  }
}
