package io.github.rackfocus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.frame.Pfm;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code rackfocus demo} from end to end, with small images and for a few seconds. */
@Timeout(180)
class DemoIT {
  private static final Pattern ERROR =
      Pattern.compile(
          "Mean depth error.*: published pixels \\((\\d+) %\\): \\S+ mm, (\\S+) planes");
  private static final Pattern KAFKA =
      Pattern.compile(
          "Kafka: (\\d+) maps sent, (\\d+) acknowledged, 0 lost; (\\d+) read back \\(0 duplicates,"
              + " 0 unreadable\\)");
  private static final Pattern FOLDER = Pattern.compile("Depth maps and pictures: (\\S+)");

  @TempDir Path folder;

  @Test
  void shouldDeliverAccurateDepthToFilesAndKafka() throws Exception {
    String output =
        AppRun.run(
            folder,
            List.of(
                "demo",
                "--seconds",
                "4",
                "--size",
                "160x120",
                "--device",
                "cpu",
                "--out",
                folder.resolve("maps").toString()));

    Matcher kafka = found(KAFKA, output);
    int sent = Integer.parseInt(kafka.group(1));
    assertThat(sent).isPositive();
    assertThat(kafka.group(2)).isEqualTo(kafka.group(1));
    assertThat(kafka.group(3)).isEqualTo(kafka.group(1));
    Matcher error = found(ERROR, output);
    assertThat(Double.parseDouble(error.group(2))).as("planes").isLessThan(0.5);
    assertThat(Integer.parseInt(error.group(1))).as("published").isGreaterThan(50);

    Path map = Path.of(found(FOLDER, output).group(1));
    try (Stream<Path> files = Files.list(map)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .contains("depth.pfm", "depth.png", "depth-colour.png", "validity.png", "report.json");
    }
    Pfm depth = Pfm.read(map.resolve("depth.pfm"));
    assertThat(depth.width()).isEqualTo(160);
    assertThat(depth.height()).isEqualTo(120);
  }

  private static Matcher found(Pattern pattern, String output) {
    Matcher matcher = pattern.matcher(output);
    assertThat(matcher.find()).as(output).isTrue();
    return matcher;
  }
}
