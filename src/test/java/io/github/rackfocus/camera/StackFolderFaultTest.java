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

/** Every fault of a folder gets one sentence: file, what was found, what was expected. */
class StackFolderFaultTest {
  private static final String GOOD = "{\"focus\": [1.5, 2, 4], \"unit\": \"dioptre\"}";

  @TempDir Path folder;

  @BeforeEach
  void writeAGoodFolder() throws Exception {
    StackFolderFixture.write(folder, 3, GOOD);
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
        "{\"focus\":[-1,1,2],\"unit\":\"dioptre\"} | focus[0] is -1.0; expected 0 dioptres or more",
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
  void shouldSayWhatIsWrongInStackJson(String json, String sentence) throws Exception {
    Path file = folder.resolve("stack.json");
    Files.writeString(file, json == null ? "" : json);
    assertRefused(file + ": " + sentence);
  }

  @Test
  void shouldSayWhereStackJsonIsNotJson() throws Exception {
    Path file = folder.resolve("stack.json");
    Files.writeString(file, "{\"focus\": [1, 2,\n 3, }");
    assertThatThrownBy(() -> StackFolder.open(folder))
        .isInstanceOf(StackFolderException.class)
        .hasMessageStartingWith(file + ": line 2, column 5: not valid JSON (");
  }

  @Test
  void shouldRefuseAKeyThatStandsTwice() throws Exception {
    Files.writeString(folder.resolve("stack.json"), GOOD.replace("{", "{\"unit\": \"index\", "));
    assertThatThrownBy(() -> StackFolder.open(folder))
        .isInstanceOf(StackFolderException.class)
        .hasMessageContaining("Duplicate field 'unit'");
  }

  @Test
  void shouldMissStackJson() throws Exception {
    Files.delete(folder.resolve("stack.json"));
    assertRefused(
        folder.resolve("stack.json")
            + ": is missing; expected focus, unit and order of the images");
  }

  @Test
  void shouldRefuseAHugeStackJson() throws Exception {
    Files.write(folder.resolve("stack.json"), new byte[(1 << 20) + 1]);
    assertRefused(folder.resolve("stack.json") + ": has 1048577 bytes; expected at most 1048576");
  }

  @Test
  void shouldMissTheFolder() {
    Path nowhere = folder.resolve("nowhere");
    assertThatThrownBy(() -> StackFolder.open(nowhere))
        .isInstanceOf(StackFolderException.class)
        .hasMessage(
            nowhere
                + ": does not exist; expected a folder with stack.json and images 000.png,"
                + " 001.png, …");
  }

  @Test
  void shouldMissAnImageInTheMiddle() throws Exception {
    Files.delete(folder.resolve("001.png"));
    StackFolderFixture.mono(folder.resolve("003.png"), WIDTH, HEIGHT, (x, y) -> 0);
    assertRefused(
        folder
            + ": image 001 is missing while there is 003; expected images numbered without a gap"
            + " from 000");
  }

  @Test
  void shouldMissTheLastImage() throws Exception {
    StackFolderFixture.mono(folder.resolve("003.png"), WIDTH, HEIGHT, (x, y) -> 0);
    assertRefused(
        folder.resolve("stack.json") + ": focus has 3 values; expected 4 finite numbers");
  }

  @Test
  void shouldRefuseTooFewImages() throws Exception {
    Files.delete(folder.resolve("002.png"));
    assertRefused(folder + ": has 2 images; expected 3 to 64 named 000.png (or .jpg), 001.png, …");
  }

  @Test
  void shouldRefuseTooManyImages() throws Exception {
    byte[] image = Files.readAllBytes(folder.resolve("000.png"));
    for (int i = 3; i < 65; i++) {
      Files.write(folder.resolve(String.format("%03d.png", i)), image);
    }
    assertRefused(folder + ": has 65 images; expected 3 to 64 named 000.png (or .jpg), 001.png, …");
  }

  @Test
  void shouldRefuseTwoImagesOfOneNumber() throws Exception {
    StackFolderFixture.mono(folder.resolve("001.jpg"), WIDTH, HEIGHT, (x, y) -> 0);
    assertThatThrownBy(() -> StackFolder.open(folder))
        .isInstanceOf(StackFolderException.class)
        .hasMessageContaining("001.jpg")
        .hasMessageContaining("001.png")
        .hasMessageEndingWith("; expected one image of each number");
  }

  @Test
  void shouldRefuseWhatIsNoImage() throws Exception {
    Files.writeString(folder.resolve("001.png"), "hello");
    assertRefused(
        folder.resolve("001.png")
            + ": is no image that can be read (5 bytes); expected a whole PNG or JPEG");
  }

  @Test
  void shouldRefuseAPngThatBreaksOff() throws Exception {
    Path file = folder.resolve("001.png");
    StackFolderFixture.mono(file, WIDTH, HEIGHT, (x, y) -> 31 * x ^ 57 * y);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 30));
    assertRefused(
        file
            + ": cannot be decoded ("
            + (bytes.length - 30)
            + " bytes); expected a whole PNG or"
            + " JPEG");
  }

  @Test
  void shouldRefuseAJpegThatBreaksOff() throws Exception {
    Path file = folder.resolve("001.jpg");
    Files.delete(folder.resolve("001.png"));
    StackFolderFixture.mono(file, WIDTH, HEIGHT, (x, y) -> 31 * x ^ 57 * y);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 20));
    assertRefused(
        file
            + ": is a JPEG that breaks off after "
            + (bytes.length - 20)
            + " bytes; expected a"
            + " whole PNG or JPEG");
  }

  @Test
  void shouldRefuseImagesOfDifferentSizes() throws Exception {
    StackFolderFixture.mono(folder.resolve("002.png"), WIDTH + 1, HEIGHT, (x, y) -> 0);
    assertRefused(folder.resolve("002.png") + ": is 8 x 5; expected 7 x 5 as 000.png is");
  }

  @Test
  void shouldRefuseAnEnormousImageBeforeItTakesMemory() throws Exception {
    Path file = folder.resolve("000.png");
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer.wrap(bytes).putInt(16, 100_000).putInt(20, 100_000);
    Files.write(file, bytes);
    assertRefused(
        file
            + ": image size is 100000 x 100000; expected at least 1 x 1 and at most 67108864"
            + " pixels");
  }

  @Test
  void shouldRefuseATruncatedPfm() throws Exception {
    Path file = folder.resolve("depth.pfm");
    new Pfm(WIDTH, HEIGHT, new float[WIDTH * HEIGHT]).write(file);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 4));
    assertRefused(file + ": ends after 136 bytes of data; expected 140 bytes");
  }

  @Test
  void shouldRefuseAPfmOfAnotherSize() throws Exception {
    Path file = folder.resolve("depth.pfm");
    new Pfm(2, 3, new float[6]).write(file);
    assertRefused(file + ": is 2 x 3; expected 7 x 5 as the images are");
  }

  private void assertRefused(String sentence) {
    assertThatThrownBy(() -> StackFolder.open(folder))
        .isInstanceOf(StackFolderException.class)
        .hasMessage(sentence);
  }
}
