package io.github.rackfocus.camera;

import static io.github.rackfocus.camera.StackFolderFixture.HEIGHT;
import static io.github.rackfocus.camera.StackFolderFixture.WIDTH;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rackfocus.frame.Pfm;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every fault of a folder is reported with the file, what was found and what was expected. */
class StackFolderFaultTest {
  private static final String VALID = "{\"focus\": [1.5, 2, 4], \"unit\": \"dioptre\"}";

  @TempDir Path folder;

  @BeforeEach
  void writeAValidFolder() throws Exception {
    StackFolderFixture.write(folder, 3, VALID);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "{\"focus\":[1,2],\"unit\":\"dioptre\"} | focus has 2 values; expected 3 finite numbers",
        "{\"unit\":\"dioptre\"} | focus is missing; expected 3 finite numbers",
        "{\"focus\":7,\"unit\":\"dioptre\"} | focus is 7; expected 3 finite numbers",
        "{\"focus\":[1,\"a\",3],\"unit\":\"dioptre\"} | focus[1] is 'a'; expected a finite number",
        "{\"focus\":[1,2,1e999],\"unit\":\"dioptre\"} | focus[2] is 1E+999; expected a finite number",
        "{\"focus\":[1,3,2],\"unit\":\"dioptre\"} | focus[2] is 2.0 after 3.0; expected values that only rise or only fall",
        "{\"focus\":[1,1,2],\"unit\":\"dioptre\"} | focus[1] is 1.0 after 1.0; expected values that only rise or only fall",
        "{\"focus\":[-1,1,2],\"unit\":\"dioptre\"} | focus[0] is -1.0; expected 0 to 1000.0 dioptres (1/metre)",
        "{\"focus\":[200,600,1200],\"unit\":\"dioptre\"} | focus[2] is 1200.0; expected 0 to 1000.0 dioptres (1/metre)",
        "{\"focus\":[1,2,3],\"unit\":\"metre\"} | unit is 'metre'; expected dioptre or index",
        "{\"focus\":[1,2,3],\"unit\":3} | unit is 3; expected dioptre or index",
        "{\"focus\":[1,2,3]} | unit is missing; expected dioptre or index",
        "{\"focus\":[1,2,3],\"unit\":\"index\"} | order is missing; expected near-first or far-first, because unit is index",
        "{\"focus\":[1,2,3],\"unit\":\"index\",\"order\":\"up\"} | order is 'up'; expected near-first or far-first, because unit is index",
        "{\"focus\":[1,2,3],\"unit\":\"dioptre\",\"order\":\"near-first\"} | order is near-first while focus runs from 1.0 to 3.0 dioptres; expected far-first",
        "{\"focus\":[1,2,3],\"unit\":\"dioptre\",\"stamps\":[1,2]} | stamps has 2 values; expected 3 finite numbers",
        "{\"focus\":[1,2,3],\"unit\":\"dioptre\",\"stamps\":[1,2,2]} | stamps[2] is 2 after 2; expected increasing seconds",
        "{\"focus\":[1,2,3],\"unit\":\"dioptre\",\"stamps\":[1,2,1e300]} | stamps[2] is 1.0E300; expected 0 to 9.0E9 seconds",
        "{\"focus\":[1,2,3],\"unit\":\"dioptre\",\"stamps\":{}} | stamps is {}; expected 3 finite numbers",
        "{\"focus\":[1,2,3],\"unit\":\"dioptre\",\"fokus\":1} | fokus is not a key of stack.json; expected one of focus, licence, note, order, source, stamps, unit",
        "[1,2,3] | the document is [1,2,3]; expected an object",
        "'' | focus is missing; expected 3 finite numbers",
      })
  void shouldReportWhatIsWrongInStackJson(String json, String parts) throws Exception {
    Path file = folder.resolve("stack.json");
    Files.writeString(file, json == null ? "" : json);
    assertRejected(file, parts.split(" ; "));
  }

  @Test
  void shouldReportWhereStackJsonIsNotJson() throws Exception {
    Path file = folder.resolve("stack.json");
    Files.writeString(file, "{\"focus\": [1, 2,\n 3, }");
    assertThatThrownBy(() -> StackFolder.open(folder))
        .isInstanceOf(StackFolderException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContainingAll("line 2", "column 5", "not valid JSON", "expected");
  }

  @Test
  void shouldRejectADuplicateKey() throws Exception {
    Files.writeString(folder.resolve("stack.json"), VALID.replace("{", "{\"unit\": \"index\", "));
    assertThatThrownBy(() -> StackFolder.open(folder))
        .isInstanceOf(StackFolderException.class)
        .hasMessageContaining("Duplicate field 'unit'");
  }

  @Test
  void shouldReportAMissingStackJson() throws Exception {
    Files.delete(folder.resolve("stack.json"));
    assertRejected(folder.resolve("stack.json"), "is missing");
  }

  @Test
  void shouldRejectAHugeStackJson() throws Exception {
    Files.write(folder.resolve("stack.json"), new byte[(1 << 20) + 1]);
    assertRejected(folder.resolve("stack.json"), "1048577", "1048576");
  }

  @Test
  void shouldReportAMissingFolder() {
    Path nowhere = folder.resolve("nowhere");
    assertThatThrownBy(() -> StackFolder.open(nowhere))
        .isInstanceOf(StackFolderException.class)
        .hasMessageStartingWith(nowhere + ": does not exist; expected");
  }

  @Test
  void shouldReportAMissingImage() throws Exception {
    Files.delete(folder.resolve("001.png"));
    StackFolderFixture.mono(folder.resolve("003.png"), WIDTH, HEIGHT, (x, y) -> 0);
    assertRejected(folder, "001", "003");
  }

  @Test
  void shouldReportAMissingLastImage() throws Exception {
    StackFolderFixture.mono(folder.resolve("003.png"), WIDTH, HEIGHT, (x, y) -> 0);
    assertRejected(folder.resolve("stack.json"), "focus has 3 values; expected 4 finite numbers");
  }

  @Test
  void shouldRejectTooFewImages() throws Exception {
    Files.delete(folder.resolve("002.png"));
    assertRejected(folder, "has 2 images", "3 to 64");
  }

  @Test
  void shouldRejectTooManyImages() throws Exception {
    byte[] image = Files.readAllBytes(folder.resolve("000.png"));
    for (int i = 3; i < 65; i++) {
      Files.write(folder.resolve(String.format("%03d.png", i)), image);
    }
    assertRejected(folder, "has 65 images", "3 to 64");
  }

  @Test
  void shouldRejectTwoImagesWithOneNumber() throws Exception {
    StackFolderFixture.mono(folder.resolve("001.jpg"), WIDTH, HEIGHT, (x, y) -> 0);
    assertThatThrownBy(() -> StackFolder.open(folder))
        .isInstanceOf(StackFolderException.class)
        .hasMessageContainingAll("001.jpg", "001.png", "; expected");
  }

  @Test
  void shouldRejectAFileThatIsNotAnImage() throws Exception {
    Files.writeString(folder.resolve("001.png"), "hello");
    assertRejected(folder.resolve("001.png"), "5 bytes", "PNG or JPEG");
  }

  @Test
  void shouldRejectATruncatedPng() throws Exception {
    Path file = folder.resolve("001.png");
    StackFolderFixture.mono(file, WIDTH, HEIGHT, (x, y) -> 31 * x ^ 57 * y);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 30));
    assertRejected(file, (bytes.length - 30) + " bytes", "PNG or JPEG");
  }

  @Test
  void shouldRejectATruncatedJpeg() throws Exception {
    Path file = folder.resolve("001.jpg");
    Files.delete(folder.resolve("001.png"));
    StackFolderFixture.mono(file, WIDTH, HEIGHT, (x, y) -> 31 * x ^ 57 * y);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 20));
    assertRejected(file, "truncated", (bytes.length - 20) + " bytes", "PNG or JPEG");
  }

  @Test
  void shouldRejectImagesOfDifferentSizes() throws Exception {
    StackFolderFixture.mono(folder.resolve("002.png"), WIDTH + 1, HEIGHT, (x, y) -> 0);
    assertRejected(folder.resolve("002.png"), "is 8 x 5; expected 7 x 5", "000.png");
  }

  @Test
  void shouldRejectAHugeImageBeforeAllocatingMemory() throws Exception {
    Path file = folder.resolve("000.png");
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer.wrap(bytes).putInt(16, 100_000).putInt(20, 100_000);
    Files.write(file, bytes);
    assertRejected(file, "100000 x 100000", "67108864");
  }

  @Test
  void shouldRejectATruncatedPfm() throws Exception {
    Path file = folder.resolve("depth.pfm");
    new Pfm(WIDTH, HEIGHT, new float[WIDTH * HEIGHT]).write(file);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 4));
    assertRejected(file, "136 bytes", "140 bytes");
  }

  @Test
  void shouldRejectAPfmOfAnotherSize() throws Exception {
    Path file = folder.resolve("depth.pfm");
    new Pfm(2, 3, new float[6]).write(file);
    assertRejected(file, "is 2 x 3; expected 7 x 5");
  }

  private void assertRejected(Path file, String... parts) {
    assertThatThrownBy(() -> StackFolder.open(folder))
        .isInstanceOf(StackFolderException.class)
        .hasMessageStartingWith(file + ": ")
        .hasMessageContaining("; expected ")
        .hasMessageContainingAll(parts);
  }
}
