package io.github.rackfocus.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthMapPool;
import io.github.rackfocus.depth.Validity;
import io.github.rackfocus.frame.FocusScale;
import io.github.rackfocus.frame.Pfm;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opencv.core.Mat;
import org.opencv.imgcodecs.Imgcodecs;

class FileSinkTest {
  private static final int WIDTH = 160;
  private static final int HEIGHT = 64;
  private static final long STAMP = 1_763_640_000_123_456_789L;

  @TempDir Path folder;

  @Test
  void shouldWriteAFolderWithAllFilesPerMap() throws IOException {
    try (FileSink sink = new FileSink(FileSinkConfig.all(folder));
        DepthMap map = TestDepthMaps.scene(WIDTH, HEIGHT, STAMP, 42)) {
      sink.accept(map);
      assertThat(namesIn(folder)).containsExactly("map-00000042");
      assertThat(namesIn(folder.resolve("map-00000042")))
          .containsExactlyInAnyOrderElementsOf(MapFolder.FILES);
      assertThat(sink.newestFolder()).isEqualTo(folder.resolve("map-00000042"));
    }
  }

  @Test
  void shouldWriteExactDepthToThePfm() throws IOException {
    try (DepthMap map = TestDepthMaps.scene(WIDTH, HEIGHT, STAMP, 1)) {
      new MapFolder().write(map, folder);
      float[] depth = Pfm.read(folder.resolve("depth.pfm")).values();
      for (int i = 0; i < depth.length; i++) {
        // As bits, to compare NaN and infinities.
        assertThat(Float.floatToIntBits(depth[i]))
            .isEqualTo(Float.floatToIntBits(map.depth().get(i)));
      }
    }
  }

  @Test
  void shouldWriteTheAllInFocusImageInColourWhereThereIsColour() throws IOException {
    try (DepthMap map = TestDepthMaps.colour(TestDepthMaps.scene(WIDTH, HEIGHT, STAMP, 1))) {
      new MapFolder().write(map, folder);
      BufferedImage image = ImageIO.read(folder.resolve("allfocus.png").toFile());
      assertThat(image.getWidth()).isEqualTo(WIDTH);
      for (int i = 0; i < map.pixels(); i++) {
        int rgb = (7 * i & 0xff) << 16 | (11 * i & 0xff) << 8 | 13 * i & 0xff;
        assertThat(image.getRGB(i % WIDTH, i / WIDTH) & 0xffffff).isEqualTo(rgb);
      }
    }
    try (DepthMap map = TestDepthMaps.scene(WIDTH, HEIGHT, STAMP, 2)) {
      new MapFolder().write(map, folder);
      assertThat(Png.decode8(Files.readAllBytes(folder.resolve("allfocus.png")), WIDTH, HEIGHT))
          .hasSize(map.pixels());
    }
  }

  @Test
  void shouldWriteEveryValidityAsItsCodeAndDepthInUnitsOfTheReport() throws IOException {
    try (DepthMap map = TestDepthMaps.scene(WIDTH, HEIGHT, STAMP, 1)) {
      new MapFolder().write(map, folder);
      byte[] validity =
          Png.decode8(Files.readAllBytes(folder.resolve("validity.png")), WIDTH, HEIGHT);
      short[] codes = Png.decode16(Files.readAllBytes(folder.resolve("depth.png")), WIDTH, HEIGHT);
      double unit = report().get("depth_png_unit_m").doubleValue();
      DepthEncoding16 encoding = new DepthEncoding16(unit);
      for (Validity reason : Validity.values()) {
        assertThat(map.info().count(reason)).as(reason.key()).isPositive();
      }
      for (int i = 0; i < validity.length; i++) {
        assertThat(validity[i]).isEqualTo(map.validity().get(i));
        float decoded = encoding.decode(codes[i] & 0xffff);
        if (validity[i] == 0) {
          assertThat(Math.abs(decoded - map.depth().get(i)))
              .isLessThanOrEqualTo((float) (unit / 2 + 1e-6));
        } else {
          assertThat((Float) decoded).isEqualTo((Float) Validity.of(validity[i]).specialDepth());
        }
      }
    }
  }

  @Test
  void shouldWriteACompleteReport() throws IOException {
    try (DepthMap map = TestDepthMaps.scene(WIDTH, HEIGHT, STAMP, 7)) {
      new MapFolder().write(map, folder);
      JsonNode report = report();
      assertThat(report.get("stamp_ns").asText()).isEqualTo("1763640000123456789");
      assertThat(report.get("oldest_stamp_ns").asText())
          .isEqualTo(Long.toString(map.info().oldestStampNanos()));
      assertThat(report.get("sequence").longValue()).isEqualTo(7);
      assertThat(report.get("plane_focus_dioptres")).hasSize(10);
      assertThat(report.get("plane_stamp_ns").get(9).asText()).isEqualTo("1763640000123456789");
      assertThat(report.get("planes_missing").intValue()).isEqualTo(1);
      assertThat(report.get("nearest_depth_m").doubleValue()).isEqualTo(0.2);
      assertThat(report.get("farthest_depth_m").doubleValue()).isEqualTo(2.0);
      assertThat(report.get("model").get("name").asText()).isEqualTo("test");
      assertThat(report.get("stage_ms").get("stack").doubleValue()).isEqualTo(12.5);
      int pixels = 0;
      for (JsonNode count : report.get("validity_px")) {
        pixels += count.intValue();
      }
      assertThat(pixels).isEqualTo(WIDTH * HEIGHT);
    }
  }

  @Test
  void shouldNameIndexUnitsIfDepthIsNotMetric() throws IOException {
    double[] index = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    try (DepthMap map =
        TestDepthMaps.scene(
            new DepthMapPool(1), WIDTH, HEIGHT, STAMP, 7, FocusScale.INDEX_FAR_FIRST, index)) {
      new MapFolder().write(map, folder);
      assertThat(report().get("farthest_depth_index").doubleValue()).isZero();
      assertThat(report().get("nearest_depth_index").doubleValue()).isEqualTo(9);
      assertThat(report().has("nearest_depth_m")).isFalse();
      assertThat(report().get("depth_png_unit_index").doubleValue()).isEqualTo(0.001);
    }
  }

  @Test
  void shouldReportInfinityIfTheSweepReachesIt() throws IOException {
    double[] dioptres = {0, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5};
    try (DepthMap map =
        TestDepthMaps.scene(
            new DepthMapPool(1), WIDTH, HEIGHT, STAMP, 7, FocusScale.DIOPTRE, dioptres)) {
      new MapFolder().write(map, folder);
      assertThat(report().get("farthest_depth_m").asText()).isEqualTo("Infinity");
      assertThat(report().get("depth_png_unit_m").doubleValue()).isEqualTo(0.0002);
    }
  }

  @Test
  void shouldWriteEveryNthMapAndTheLast() throws IOException {
    DepthMapPool pool = new DepthMapPool(2);
    try (FileSink sink = new FileSink(new FileSinkConfig(folder, 3, 0))) {
      for (int i = 0; i < 6; i++) {
        try (DepthMap map = TestDepthMaps.scene(pool, WIDTH, HEIGHT, STAMP + i, i)) {
          sink.accept(map);
        }
      }
    }
    assertThat(namesIn(folder)).containsExactly("map-00000000", "map-00000003", "map-00000005");
    assertThat(pool.leased()).isZero();
  }

  @Test
  void shouldKeepOnlyTheLastMaps() throws IOException {
    Files.createDirectory(folder.resolve("map-00000099"));
    try (FileSink sink = new FileSink(new FileSinkConfig(folder, 1, 2))) {
      for (int i = 0; i < 5; i++) {
        try (DepthMap map = TestDepthMaps.scene(WIDTH, HEIGHT, STAMP + i, i)) {
          sink.accept(map);
        }
      }
    }
    assertThat(namesIn(folder)).containsExactly("map-00000003", "map-00000004", "map-00000099");
  }

  @Test
  void shouldNotDeleteFilesOfOthers() throws IOException {
    try (FileSink sink = new FileSink(new FileSinkConfig(folder, 1, 1));
        DepthMap first = TestDepthMaps.scene(WIDTH, HEIGHT, STAMP, 1);
        DepthMap second = TestDepthMaps.scene(WIDTH, HEIGHT, STAMP, 2)) {
      sink.accept(first);
      Files.writeString(folder.resolve("map-00000001").resolve("notes.txt"), "keep");
      sink.accept(second);
    }
    assertThat(namesIn(folder.resolve("map-00000001"))).containsExactly("notes.txt");
  }

  @Test
  void shouldRejectAFolderThatIsAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("out"), "");
    assertThatThrownBy(() -> new FileSink(FileSinkConfig.all(file)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("output folder " + file + " is not writable")
        .hasMessageContaining("a file with that name exists");
  }

  @Test
  void shouldRejectAFolderThatCannotBeCreated() throws IOException {
    Path file = Files.writeString(folder.resolve("out"), "");
    assertThatThrownBy(() -> new FileSink(FileSinkConfig.all(file.resolve("below"))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.resolve("below").toString())
        .hasMessageContaining("expected a writable folder");
  }

  @Test
  void shouldRejectAFolderWithoutPermission() throws IOException {
    Path closed = Files.createDirectory(folder.resolve("closed"));
    assertThat(closed.toFile().setWritable(false)).isTrue();
    assumeTrue(!Files.isWritable(closed), "root may write everywhere");
    assertThatThrownBy(() -> new FileSink(FileSinkConfig.all(closed)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(closed + " is not writable: permission denied");
  }

  @Test
  void shouldContinueAfterAMapThatCannotBeWritten() throws IOException {
    try (FileSink sink = new FileSink(FileSinkConfig.all(folder));
        DepthMap first = TestDepthMaps.scene(WIDTH, HEIGHT, STAMP, 1);
        DepthMap second = TestDepthMaps.scene(WIDTH, HEIGHT, STAMP, 2)) {
      Files.writeString(folder.resolve("map-00000001"), "in the way");
      assertThatThrownBy(() -> sink.accept(first))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("map-00000001 cannot be written");
      sink.accept(second);
      assertThat(sink.newestFolder()).isEqualTo(folder.resolve("map-00000002"));
    }
    assertThat(folder.resolve("map-00000002").resolve("report.json")).exists();
  }

  @Test
  void shouldRemoveAMapWhenTheDiskIsFull() throws IOException {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full), "this system has no /dev/full");
    try (FileSink sink = new FileSink(FileSinkConfig.all(folder));
        DepthMap map = TestDepthMaps.scene(WIDTH, HEIGHT, STAMP, 1)) {
      Path target = Files.createDirectory(folder.resolve("map-00000001"));
      Files.createSymbolicLink(target.resolve(".confidence.png.tmp"), full);
      assertThatThrownBy(() -> sink.accept(map))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("confidence.png cannot be written: No space left on device");
      assertThat(target).doesNotExist();
    }
  }

  @Test
  void shouldDrawPicturesAtLeastAsLargeAsTheMap() throws IOException {
    try (DepthMap map = TestDepthMaps.scene(WIDTH, HEIGHT, STAMP, 1)) {
      new MapFolder().write(map, folder);
      for (String name : List.of("depth-colour.png", "validity-colour.png")) {
        Mat picture = Imgcodecs.imread(folder.resolve(name).toString());
        assertThat(picture.width()).isGreaterThanOrEqualTo(WIDTH);
        assertThat(picture.height()).isGreaterThan(HEIGHT);
        picture.release();
      }
    }
  }

  private JsonNode report() throws IOException {
    return new ObjectMapper().readTree(folder.resolve("report.json").toFile());
  }

  private static List<String> namesIn(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
