package io.github.rackfocus.rosnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** The frames of the camera's xacro macro. */
class CameraUrdfTest {
  private static final Path FILE = Path.of("urdf/rackfocus_camera.urdf.xacro").toAbsolutePath();
  private static final String ORIGIN = "<origin xyz=\"0.05 0 0.02\" rpy=\"0 0.1 0\" />";

  @TempDir Path folder;

  private record Joint(String type, String parent, String child, String rpy) {}

  private static Document parse(String xml) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(xml)));
  }

  private static Map<String, Joint> joints(Document document) {
    Map<String, Joint> joints = new TreeMap<>();
    NodeList elements = document.getElementsByTagName("joint");
    for (int i = 0; i < elements.getLength(); i++) {
      Element joint = (Element) elements.item(i);
      joints.put(
          joint.getAttribute("name"),
          new Joint(
              joint.getAttribute("type"),
              child(joint, "parent").getAttribute("link"),
              child(joint, "child").getAttribute("link"),
              child(joint, "origin").getAttribute("rpy")));
    }
    return joints;
  }

  private static Element child(Element of, String name) {
    NodeList found = of.getElementsByTagName(name);
    assertThat(found.getLength()).as(name).isEqualTo(1);
    return (Element) found.item(0);
  }

  /** What the macro says for a camera named eye on wrist_link, by the few rules that it uses. */
  private static String expandedByHand() throws Exception {
    String macro = Files.readString(FILE);
    Matcher body =
        Pattern.compile("<xacro:macro [^>]*>(.*)</xacro:macro>", Pattern.DOTALL).matcher(macro);
    assertThat(body.find()).isTrue();
    String expanded =
        body.group(1)
            .replace("${name}", "eye")
            .replace("${parent}", "wrist_link")
            .replace("${-pi/2}", Double.toString(-Math.PI / 2))
            .replace("${pi/2}", Double.toString(Math.PI / 2))
            .replace("<xacro:insert_block name=\"origin\" />", ORIGIN);
    assertThat(expanded).as("all is expanded").doesNotContain("${", "xacro:");
    return "<robot>" + expanded + "</robot>";
  }

  private static void assertIsAnOpticalFrame(Document robot) {
    Map<String, Joint> joints = joints(robot);
    assertThat(joints).containsOnlyKeys("eye_joint", "eye_optical_joint");
    assertThat(joints.get("eye_joint"))
        .isEqualTo(new Joint("fixed", "wrist_link", "eye_link", "0 0.1 0"));
    Joint optical = joints.get("eye_optical_joint");
    assertThat(optical.type()).isEqualTo("fixed");
    assertThat(optical.parent()).isEqualTo("eye_link");
    assertThat(optical.child()).isEqualTo("eye_optical_frame");
    double[] rpy =
        Arrays.stream(optical.rpy().split(" ")).mapToDouble(Double::parseDouble).toArray();
    double[][] rotation = rotation(rpy[0], rpy[1], rpy[2]);
    // REP 103: the optical x is right, y is down and z forward; the link's y is left and z up.
    assertColumn(rotation, 0, 0, -1, 0);
    assertColumn(rotation, 1, 0, 0, -1);
    assertColumn(rotation, 2, 1, 0, 0);
  }

  /** About the fixed axes x, y and z, as in URDF. */
  private static double[][] rotation(double roll, double pitch, double yaw) {
    double a = Math.cos(roll);
    double b = Math.sin(roll);
    double c = Math.cos(pitch);
    double d = Math.sin(pitch);
    double e = Math.cos(yaw);
    double f = Math.sin(yaw);
    return new double[][] {
      {e * c, e * d * b - f * a, e * d * a + f * b},
      {f * c, f * d * b + e * a, f * d * a - e * b},
      {-d, c * b, c * a}
    };
  }

  private static void assertColumn(double[][] rotation, int column, double... expected) {
    for (int row = 0; row < 3; row++) {
      assertThat(rotation[row][column]).isCloseTo(expected[row], within(1e-12));
    }
  }

  @Test
  void shouldTurnTheOpticalFrameByRep103() throws Exception {
    assertIsAnOpticalFrame(parse(expandedByHand()));
  }

  /** What the launch files publish without a robot description is the same rotation. */
  @Test
  void shouldAgreeWithTheLaunchFiles() throws Exception {
    Matcher found =
        Pattern.compile("args=\"0 0 0 (\\S+) (\\S+) (\\S+) (\\S+) ")
            .matcher(Files.readString(Path.of("launch/node.launch")));
    assertThat(found.find()).isTrue();
    double x = Double.parseDouble(found.group(1));
    double y = Double.parseDouble(found.group(2));
    double z = Double.parseDouble(found.group(3));
    double w = Double.parseDouble(found.group(4));
    double[][] rotation = {
      {1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)},
      {2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)},
      {2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)}
    };
    assertColumn(rotation, 0, 0, -1, 0);
    assertColumn(rotation, 1, 0, 0, -1);
    assertColumn(rotation, 2, 1, 0, 0);
  }

  @Test
  void shouldBeExpandedByXacro() throws Exception {
    Process probe =
        new ProcessBuilder("sh", "-c", "command -v xacro").redirectErrorStream(true).start();
    probe.getInputStream().readAllBytes();
    assumeTrue(probe.waitFor() == 0, "skipped: xacro is not installed");
    Path robot =
        Files.writeString(
            folder.resolve("robot.urdf.xacro"),
            """
            <robot name="arm" xmlns:xacro="http://www.ros.org/wiki/xacro">
              <xacro:include filename="%s" />
              <link name="wrist_link" />
              <xacro:rackfocus_camera parent="wrist_link" name="eye">%s</xacro:rackfocus_camera>
            </robot>
            """
                .formatted(FILE, ORIGIN));
    Path urdf = folder.resolve("robot.urdf");
    Process xacro =
        new ProcessBuilder("xacro", robot.toString(), "-o", urdf.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("xacro.log").toFile())
            .start();
    assertThat(xacro.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(xacro.exitValue()).as(Files.readString(folder.resolve("xacro.log"))).isZero();
    assertIsAnOpticalFrame(parse(Files.readString(urdf)));
  }
}
