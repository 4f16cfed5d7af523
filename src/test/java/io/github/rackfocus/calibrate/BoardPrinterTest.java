package io.github.rackfocus.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.opencv.core.Core;
import org.opencv.core.Mat;
import org.opencv.core.Size;
import org.opencv.imgcodecs.Imgcodecs;

class BoardPrinterTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"11, 8, 4x4_50", "6, 9, 5x5_100", "7, 7, apriltag_36h11"})
  void shouldDrawTheBoardThatOpenCvDraws(int x, int y, String dictionary) {
    // Two pixels a module, and margins of half a marker: all edges lie on pixels.
    int modules = dictionary.startsWith("4") ? 6 : dictionary.startsWith("5") ? 7 : 8;
    BoardConfig board = new BoardConfig(x, y, 2 * modules, modules, dictionary);
    double scale = 2;
    Mat own = BoardPrinter.render(board, scale, 0);
    Mat reference = new Mat();
    BoardRectangles.openCvBoard(board).generateImage(own.size(), reference, 0, 1);
    Mat difference = new Mat();
    Core.absdiff(own, reference, difference);
    assertThat(Core.countNonZero(difference)).isZero();
    assertThat(Core.countNonZero(own)).isBetween((int) (own.total() / 3), (int) own.total() / 2);
  }

  @Test
  void shouldPrintToScale() throws Exception {
    Path file = folder.resolve("board.pdf");
    BoardPrinter.writePdf(BoardConfig.DEFAULTS, BoardPrinter.Paper.A4, file);
    String pdf = Files.readString(file, StandardCharsets.US_ASCII);
    assertThat(pdf).contains("/MediaBox [0 0 595.276 841.890]").contains("Print at 100 %");
    Matcher rectangles = Pattern.compile("(\\S+) (\\S+) (\\S+) (\\S+) re f").matcher(pdf);
    double left = Double.MAX_VALUE;
    double right = 0;
    double widest = 0;
    while (rectangles.find()) {
      double x = Double.parseDouble(rectangles.group(1));
      double width = Double.parseDouble(rectangles.group(3));
      if (width > 40) {
        // A square has 42.5 points; the ruler's marks have less.
        left = Math.min(left, width < 50 ? x : left);
        right = Math.max(right, width < 50 ? x + width : right);
      }
      widest = Math.max(widest, width);
    }
    assertThat((right - left) * 25.4 / 72).as("board").isCloseTo(165, within(0.01));
    assertThat(widest * 25.4 / 72).as("ruler").isCloseTo(100, within(0.01));
    Matcher start = Pattern.compile("startxref\n(\\d+)").matcher(pdf);
    assertThat(start.find()).isTrue();
    assertThat(pdf.substring(Integer.parseInt(start.group(1)))).startsWith("xref");
  }

  @Test
  void shouldTellTheResolutionOfAPng() throws Exception {
    Path file = folder.resolve("board.png");
    BoardPrinter.writePng(BoardConfig.DEFAULTS, file);
    byte[] bytes = Files.readAllBytes(file);
    assertThat(new String(bytes, 37, 4, StandardCharsets.US_ASCII)).isEqualTo("pHYs");
    // 600 dots per inch are 23622 a metre.
    assertThat(
            (bytes[41] & 0xff) << 24
                | (bytes[42] & 0xff) << 16
                | (bytes[43] & 0xff) << 8
                | bytes[44] & 0xff)
        .isEqualTo(23622);
    Mat image = Imgcodecs.imread(file.toString(), Imgcodecs.IMREAD_GRAYSCALE);
    assertThat(image.size())
        .isEqualTo(new Size(Math.round(195 * 600 / 25.4), Math.round(150 * 600 / 25.4)));
    image.release();
  }

  @Test
  void shouldRefuseABoardThatDoesNotFitThePaper() {
    BoardConfig large = new BoardConfig(20, 15, 15, 11, "5x5_250");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> BoardPrinter.writePdf(large, BoardPrinter.Paper.LETTER, folder.resolve("b.pdf")))
        .withMessageContaining("the board is 300.0 x 225.0 mm")
        .withMessageContaining("expected one that fits LETTER");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2x8 | 15 | 11 | 4x4_50 | the board has 2x8 squares; expected 3 to 64",
        "11by8 | 15 | 11 | 4x4_50 | --squares is '11by8'; expected columns x rows, such as 11x8",
        "11x8 | 0 | 11 | 4x4_50 | a square is 0.0 mm",
        "11x8 | 15 | 15 | 4x4_50 | a marker is 15.0 mm; expected more than 0.3 and less than 1",
        "11x8 | 15 | 11 | 4x4 | the dictionary is '4x4'; expected one of 4x4_50, 4x4_100,",
        "12x9 | 15 | 11 | 4x4_50 | the board needs 54 markers; dictionary 4x4_50 has 50"
      })
  void shouldSayWhatIsWrongWithABoard(
      String squares, double square, double marker, String dictionary, String sentence) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BoardConfig.of(squares, square, marker, dictionary))
        .withMessageContaining(sentence);
  }
}
