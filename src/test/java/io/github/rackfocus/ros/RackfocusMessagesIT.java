package io.github.rackfocus.ros;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.rackfocus.ros.message.MessageType;
import io.github.rackfocus.ros.msg.rackfocus_msgs.DepthInfo;
import io.github.rackfocus.ros.msg.rackfocus_msgs.LensState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** rackfocus_msgs built by catkin has the same types as the Java classes, for C++ and Python. */
@Timeout(300)
class RackfocusMessagesIT {
  private static final String LENS = "LENS %s 5000000007 -1.25 NaN 31.5 true 4294967295 65535 -1";
  private static final String INFO =
      "INFO 5000000007 4294967295 65535 ['0.500', '12.250'] [1000000002, 4000000000000000007]"
          + " [4294967295, 0, 3] proximal ['receive', 'decode'] True";

  @TempDir static Path folder;
  private static RackfocusMessages messages;
  private static RosLoopback ros;
  private static RosLoopback.Running node;

  @BeforeAll
  static void start() throws Exception {
    String missing = RosLoopback.missing();
    assumeTrue(missing.isEmpty(), () -> "skipped: " + missing);
    messages = RackfocusMessages.build();
    assumeTrue(messages.missing().isEmpty(), () -> "skipped: " + messages.missing());
    ros = new RosLoopback(folder);
    ros.environment().putAll(messages.environment());
    ros.start("rosmaster", "rosmaster", "--core", "-p", "11311");
    node = ros.startJava("answers", MessagesNode.class, "__name:=answers");
    soon(() -> node.output().contains("READY /answers"));
  }

  @AfterAll
  static void stop() throws Exception {
    if (ros != null) {
      ros.close();
    }
  }

  @Test
  void shouldHaveTheSameMd5sumsAsTheGeneratorsOfRos() throws Exception {
    for (MessageType<?> type : new MessageType<?>[] {LensState.TYPE, DepthInfo.TYPE}) {
      assertThat(ros.run("rosmsg", "md5", type.name()).strip()).isEqualTo(type.md5sum());
      String simpleName = type.name().substring(type.name().indexOf('/') + 1);
      String python =
          "from rackfocus_msgs.msg import %1$s as m; print(m._md5sum); print(m._full_text, end='')"
              .formatted(simpleName);
      String said = ros.run("/usr/bin/python3", "-c", python);
      assertThat(said).startsWith(type.md5sum() + "\n");
      assertThat(bare(said.substring(33))).isEqualTo(bare(type.definition()));
      Path header = messages.prefix().resolve("include/rackfocus_msgs/" + simpleName + ".h");
      assertThat(Files.readString(header)).contains('"' + type.md5sum() + '"');
    }
  }

  @Test
  void shouldBeOfUseToPython() throws Exception {
    Path program = Path.of("src/test/ros/messages.py").toAbsolutePath();
    RosLoopback.Running python =
        ros.start("python", "/usr/bin/python3", program.toString(), "from_python");
    soon(() -> python.output().contains("INFO"));
    assertThat(python.output().lines()).contains(INFO);
    assertThat(node.output().lines()).contains(LENS.formatted("from_python"));
  }

  @Test
  void shouldBeOfUseToCpp() throws Exception {
    RosPrograms.Compiled program = RosPrograms.compile("src/test/ros/messages.cpp", messages);
    assumeTrue(program.missing().isEmpty(), () -> "skipped: " + program.missing());
    RosLoopback.Running cpp = ros.start("cpp", program.file().toString(), "from_cpp");
    soon(() -> cpp.output().contains("INFO"));
    assertThat(cpp.output().lines()).contains(INFO);
    assertThat(node.output().lines()).contains(LENS.formatted("from_cpp"));
  }

  /** Removes comments and blank lines, which differ in Debian's Header. */
  private static String bare(String definition) {
    return definition
        .replaceAll("(?m)#.*$", "")
        .replaceAll("(?m)[ \\t]+$", "")
        .replaceAll("\n+", "\n")
        .strip();
  }

  private static void soon(java.util.concurrent.Callable<Boolean> condition) {
    await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(200)).until(condition);
  }
}
