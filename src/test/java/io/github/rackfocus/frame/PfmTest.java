package io.github.rackfocus.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PfmTest {
  @TempDir Path folder;

  @Test
  void shouldWriteLittleEndianRowsFromTheBottom() throws Exception {
    Path file = folder.resolve("map.pfm");
    new Pfm(2, 2, new float[] {1, 2, 3, 4}).write(file);
    assertThat(Files.readAllBytes(file))
        .isEqualTo(bytes("Pf\n2 2\n-1.0\n", ByteOrder.LITTLE_ENDIAN, 3, 4, 1, 2));
  }

  @Test
  void shouldReadBothByteOrders() throws Exception {
    float[] fromTheTop = {1, 2, 3, 4, 5, 6};
    assertThat(read("Pf\n2 3\n-1\n", ByteOrder.LITTLE_ENDIAN, 5, 6, 3, 4, 1, 2).values())
        .containsExactly(fromTheTop);
    assertThat(read("Pf 2 3 1.0\n", ByteOrder.BIG_ENDIAN, 5, 6, 3, 4, 1, 2).values())
        .containsExactly(fromTheTop);
  }

  @Test
  void shouldKeepEveryBitOfSpecialValues() throws Exception {
    Path file = folder.resolve("map.pfm");
    float[] values = {
      Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f, Float.MIN_VALUE, 1e30f
    };
    new Pfm(3, 2, values).write(file);
    Pfm back = Pfm.read(file);
    assertThat(back.width()).isEqualTo(3);
    assertThat(back.height()).isEqualTo(2);
    for (int i = 0; i < values.length; i++) {
      assertThat(Float.floatToRawIntBits(back.values()[i]))
          .isEqualTo(Float.floatToRawIntBits(values[i]));
    }
  }

  @Test
  void shouldSayHowMuchOfATruncatedFileIsThere() {
    assertThatThrownBy(() -> read("Pf\n2 3\n-1\n", ByteOrder.LITTLE_ENDIAN, 1, 2, 3, 4, 5))
        .isInstanceOf(IOException.class)
        .hasMessage(folder.resolve("in.pfm") + ": ends after 20 bytes of data; expected 24 bytes");
    assertThatThrownBy(() -> read("Pf\n900 900\n-1\n", ByteOrder.LITTLE_ENDIAN, 1))
        .isInstanceOf(IOException.class)
        .hasMessage(
            folder.resolve("in.pfm") + ": has 18 bytes; expected a header and 3240000 bytes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "PF 2 2 -1 |begins with 'PF'; expected 'Pf', one float channel",
        "Pf two 2 -1 |size is 'two'; expected an integer",
        "Pf 0 2 -1 |image size is 0 x 2; expected at least 1 x 1 and at most 67108864 pixels",
        "Pf 100000 100000 -1 |image size is 100000 x 100000; expected at least 1 x 1 and at most 67108864 pixels",
        "Pf 2 2 0 |has scale '0'; expected a number below or above 0",
        "Pf 2 2 x |scale is 'x'; expected a number",
        "Pf 2 |ends within its header; expected Pf, size and scale",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa |has no PFM header; expected Pf, size and scale",
      })
  void shouldSayWhatIsWrongWithAHeader(String header, String sentence) {
    assertThatThrownBy(() -> read(header + " ", ByteOrder.LITTLE_ENDIAN))
        .isInstanceOf(IOException.class)
        .hasMessage(folder.resolve("in.pfm") + ": " + sentence);
  }

  @Test
  void shouldRefuseValuesThatDoNotFillTheMap() {
    assertThatThrownBy(() -> new Pfm(2, 2, new float[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("3 values for a map of 2 x 2");
  }

  private Pfm read(String header, ByteOrder order, float... data) throws IOException {
    Path file = folder.resolve("in.pfm");
    Files.write(file, bytes(header, order, data));
    return Pfm.read(file);
  }

  private static byte[] bytes(String header, ByteOrder order, float... data) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(header.getBytes(StandardCharsets.US_ASCII));
    ByteBuffer raw = ByteBuffer.allocate(4 * data.length).order(order);
    for (float value : data) {
      raw.putFloat(value);
    }
    out.write(raw.array());
    return out.toByteArray();
  }
}
