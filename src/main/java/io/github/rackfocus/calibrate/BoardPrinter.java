package io.github.rackfocus.calibrate;

import io.github.rackfocus.common.OutputFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;
import org.opencv.core.Core;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.core.Point;
import org.opencv.core.Scalar;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.imgproc.Imgproc;

/** Writes a board to be printed: a PDF of vector graphics, or a PNG with its resolution. */
public final class BoardPrinter {
  /** Sheets of paper. */
  public enum Paper {
    /** 210 mm x 297 mm. */
    A4(210, 297),
    /** 8.5 in x 11 in. */
    LETTER(215.9, 279.4);

    private final double width;
    private final double height;

    Paper(double width, double height) {
      this.width = width;
      this.height = height;
    }
  }

  private static final double POINTS = 72 / 25.4;
  private static final double MARGIN = 10;
  private static final double CAPTION = 24;
  private static final double RULER = 100;
  private static final int DOTS_PER_INCH = 600;
  private static final int MAX_SIDE = 20_000;

  private BoardPrinter() {}

  /**
   * Writes a PDF of one page, true to scale, with a ruler to check the print.
   *
   * @throws IllegalArgumentException if the board is larger than the paper
   * @throws IOException if the file can't be written
   */
  public static void writePdf(BoardConfig board, Paper paper, Path file) throws IOException {
    double width = board.squaresX() * board.squareMillimetres();
    double height = board.squaresY() * board.squareMillimetres();
    boolean upright = fits(width, height, paper.width, paper.height);
    if (!upright && !fits(width, height, paper.height, paper.width)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "the board is %.1f x %.1f mm with a caption of %.0f mm; expected one that fits %s"
                  + " (%.1f x %.1f mm) with margins of %.0f mm: use fewer or smaller squares",
              width,
              height,
              CAPTION,
              paper,
              paper.width,
              paper.height,
              MARGIN));
    }
    double pageWidth = upright ? paper.width : paper.height;
    double pageHeight = upright ? paper.height : paper.width;
    double left = (pageWidth - width) / 2;
    double bottom = (pageHeight - height - CAPTION) / 2 + CAPTION;
    StringBuilder page = new StringBuilder("0 g\n");
    for (BoardRectangles.Rectangle each : BoardRectangles.of(board)) {
      rectangle(
          page,
          left + each.x(),
          bottom + height - each.y() - each.height(),
          each.width(),
          each.height());
    }
    caption(page, board, (pageWidth - Math.max(width, RULER)) / 2, bottom);
    OutputFiles.write(file, pdf(pageWidth, pageHeight, page.toString()));
  }

  /**
   * Writes a PNG of 600 dots per inch, with a white border of one square.
   *
   * @throws IllegalArgumentException if the image would have more than 20000 pixels a side
   * @throws IOException if the file can't be written
   */
  public static void writePng(BoardConfig board, Path file) throws IOException {
    double scale = DOTS_PER_INCH / 25.4;
    double border = board.squareMillimetres();
    Mat image = render(board, scale, border);
    MatOfByte encoded = new MatOfByte();
    try {
      if (!Imgcodecs.imencode(".png", image, encoded)) {
        throw new IOException(file + ": the image could not be encoded");
      }
      OutputFiles.write(file, withResolution(encoded.toArray()));
    } finally {
      image.release();
      encoded.release();
    }
  }

  /**
   * Draws the board.
   *
   * @param scale pixels per millimetre
   * @param border white border, millimetres
   * @return 8 bits, one channel, which the caller releases
   */
  static Mat render(BoardConfig board, double scale, double border) {
    long width = Math.round((board.squaresX() * board.squareMillimetres() + 2 * border) * scale);
    long height = Math.round((board.squaresY() * board.squareMillimetres() + 2 * border) * scale);
    if (Math.max(width, height) > MAX_SIDE) {
      throw new IllegalArgumentException(
          "the image would have "
              + width
              + " x "
              + height
              + " pixels; expected at most "
              + MAX_SIDE
              + " a side: use a PDF, or fewer or smaller squares");
    }
    List<BoardRectangles.Rectangle> black = BoardRectangles.of(board);
    Mat image = new Mat((int) height, (int) width, CvType.CV_8UC1, new Scalar(255));
    for (BoardRectangles.Rectangle each : black) {
      Point from = new Point(pixel(each.x() + border, scale), pixel(each.y() + border, scale));
      Point to =
          new Point(
              pixel(each.x() + each.width() + border, scale) - 1,
              pixel(each.y() + each.height() + border, scale) - 1);
      Imgproc.rectangle(image, from, to, new Scalar(0), Core.FILLED);
    }
    return image;
  }

  private static long pixel(double millimetres, double scale) {
    return Math.round(millimetres * scale);
  }

  private static boolean fits(double width, double height, double pageWidth, double pageHeight) {
    return Math.max(width, RULER) + 2 * MARGIN <= pageWidth
        && height + CAPTION + 2 * MARGIN <= pageHeight;
  }

  private static void caption(StringBuilder page, BoardConfig board, double left, double bottom) {
    double ruler = bottom - 12;
    rectangle(page, left, ruler, RULER, 0.3);
    for (int millimetres = 0; millimetres <= RULER; millimetres += 10) {
      double length = millimetres % 50 == 0 ? 4 : 2;
      rectangle(page, left + millimetres - 0.15, ruler, 0.3, length);
    }
    text(page, left, ruler - 5, "100 mm: measure it. Print at 100 %, without fitting to the page.");
    text(page, left, ruler - 10, "Rackfocus calibration board: " + board);
  }

  private static void text(StringBuilder page, double x, double y, String text) {
    page.append(
            String.format(
                Locale.ROOT,
                "BT /F1 9 Tf %.3f %.3f Td (%s) Tj ET",
                x * POINTS,
                y * POINTS,
                text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")))
        .append('\n');
  }

  private static void rectangle(StringBuilder page, double x, double y, double w, double h) {
    page.append(
            String.format(
                Locale.ROOT,
                "%.4f %.4f %.4f %.4f re f",
                x * POINTS,
                y * POINTS,
                w * POINTS,
                h * POINTS))
        .append('\n');
  }

  /** A page in PDF 1.4 (ISO 32000-1, 7.5): five objects and their table. */
  private static byte[] pdf(double widthMillimetres, double heightMillimetres, String content)
      throws IOException {
    byte[] stream = content.getBytes(StandardCharsets.US_ASCII);
    List<byte[]> objects = new ArrayList<>();
    objects.add(
        ascii("<< /Type /Catalog /Pages 2 0 R /ViewerPreferences << /PrintScaling /None >> >>"));
    objects.add(ascii("<< /Type /Pages /Kids [3 0 R] /Count 1 >>"));
    objects.add(
        ascii(
            String.format(
                Locale.ROOT,
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %.3f %.3f] /Contents 4 0 R"
                    + " /Resources << /Font << /F1 5 0 R >> >> >>",
                widthMillimetres * POINTS,
                heightMillimetres * POINTS)));
    ByteArrayOutputStream withStream = new ByteArrayOutputStream();
    withStream.write(ascii("<< /Length " + stream.length + " >>\nstream\n"));
    withStream.write(stream);
    withStream.write(ascii("\nendstream"));
    objects.add(withStream.toByteArray());
    objects.add(ascii("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"));
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(ascii("%PDF-1.4\n"));
    StringBuilder table = new StringBuilder("xref\n0 6\n0000000000 65535 f \n");
    for (int i = 0; i < objects.size(); i++) {
      table.append(String.format(Locale.ROOT, "%010d 00000 n ", file.size())).append('\n');
      file.write(ascii(i + 1 + " 0 obj\n"));
      file.write(objects.get(i));
      file.write(ascii("\nendobj\n"));
    }
    int start = file.size();
    file.write(
        ascii(table + "trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n" + start + "\n%%EOF\n"));
    return file.toByteArray();
  }

  /** Puts a pHYs chunk after the header, so that programs print the image to scale. */
  private static byte[] withResolution(byte[] png) {
    int afterHeader = 8 + 25;
    ByteBuffer chunk = ByteBuffer.allocate(21);
    int dotsPerMetre = (int) Math.round(DOTS_PER_INCH / 0.0254);
    chunk.putInt(9).put(ascii("pHYs")).putInt(dotsPerMetre).putInt(dotsPerMetre).put((byte) 1);
    CRC32 crc = new CRC32();
    crc.update(chunk.array(), 4, 13);
    chunk.putInt((int) crc.getValue());
    return ByteBuffer.allocate(png.length + chunk.capacity())
        .put(png, 0, afterHeader)
        .put(chunk.array())
        .put(png, afterHeader, png.length - afterHeader)
        .array();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
