package io.github.rackfocus.sink;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.opencv.core.Mat;
import org.opencv.core.Point;
import org.opencv.core.Rect;
import org.opencv.core.Scalar;
import org.opencv.core.Size;
import org.opencv.imgproc.Imgproc;

/**
 * The strip below a picture: a colour bar and a legend that wraps at the width of the picture.
 * Measure its heights, create the canvas, then draw. Not thread-safe.
 */
final class ColourStrip {
  /** A legend entry: the name of a validity code. */
  record Entry(int code, String name) {}

  private static final Scalar BACKGROUND = new Scalar(28, 28, 28);
  private static final Scalar INK = new Scalar(235, 235, 235);
  private static final int FONT = Imgproc.FONT_HERSHEY_SIMPLEX;
  private static final int MIN_TICKS = 2;

  private final int width;
  private final double fontScale;
  private final int margin;
  private final int lineHeight;
  private final int textHeight;

  ColourStrip(int width) {
    this.width = width;
    this.fontScale = width < 600 ? 0.4 : width < 1200 ? 0.5 : 0.7;
    this.textHeight = (int) Math.ceil(sizeOf("0").height);
    this.margin = textHeight;
    this.lineHeight = 2 * textHeight + 2;
  }

  /** Returns the height of the colour bar in pixels. */
  int barHeight() {
    return margin + 4 * textHeight + textHeight / 2;
  }

  /** Returns the height of the legend in pixels; 0 if it is empty. */
  int legendHeight(List<Entry> entries) {
    return entries.isEmpty() ? 0 : margin / 2 + layOut(entries, null) + margin / 2;
  }

  /** Fills the canvas from row {@code top} down with the background. */
  void clear(Mat canvas, int top) {
    Imgproc.rectangle(
        canvas, new Point(0, top), new Point(canvas.width(), canvas.height()), BACKGROUND, -1);
  }

  /**
   * Draws the colour bar with ticks and unit.
   *
   * @param colours 256 colours as blue, green, red, from far to near
   */
  void drawBar(Mat canvas, int top, DepthScale scale, byte[] colours) {
    int left = margin;
    int right = width - margin - (int) sizeOf(scale.unit()).width - margin / 2;
    int barTop = top + margin;
    int barBottom = barTop + 3 * textHeight / 2;
    for (int x = left; x <= right; x++) {
      int entry = 255 * (x - left) / (right - left);
      Scalar colour =
          new Scalar(
              colours[3 * entry] & 0xff,
              colours[3 * entry + 1] & 0xff,
              colours[3 * entry + 2] & 0xff);
      Imgproc.line(canvas, new Point(x, barTop), new Point(x, barBottom), colour, 1);
    }
    write(canvas, scale.unit(), right + margin / 2, barBottom - textHeight / 4);
    for (DepthScale.Tick tick : scale.ticks(tickCount(scale, right - left))) {
      int x = left + (int) Math.rint(tick.fraction() * (right - left));
      Imgproc.line(
          canvas, new Point(x, barBottom + 1), new Point(x, barBottom + textHeight / 2), INK, 1);
      int labelWidth = (int) sizeOf(tick.label()).width;
      int labelLeft = Math.max(0, Math.min(x - labelWidth / 2, width - labelWidth));
      write(canvas, tick.label(), labelLeft, barBottom + 2 * textHeight);
    }
  }

  /** Returns the number of ticks whose labels fit the bar. */
  private int tickCount(DepthScale scale, int length) {
    int count = 9;
    while (count > MIN_TICKS) {
      double widest = 0;
      for (DepthScale.Tick tick : scale.ticks(count)) {
        widest = Math.max(widest, sizeOf(tick.label()).width);
      }
      // Two neighbouring ticks may each be 0.15 of their distance closer than evenly spaced.
      if (0.7 * length / count >= widest + margin) {
        break;
      }
      count--;
    }
    return count;
  }

  /** Determines the colour of the pixels of a legend's samples. */
  interface Painter {
    /** Returns the colour of a code at a pixel, as 0xRRGGBB. */
    int colourOf(int code, int x, int y);
  }

  /** Draws the legend; the painter colours the sample of each entry. */
  void drawLegend(Mat canvas, int top, List<Entry> entries, Painter painter) {
    layOut(
        entries,
        (entry, left, line) -> {
          int sampleTop = top + margin / 2 + line * lineHeight;
          Rect sample = new Rect(left, sampleTop, sampleWidth(), textHeight + 4);
          paint(canvas, sample, entry.code(), painter);
          write(canvas, entry.name(), left + sample.width + 5, sampleTop + textHeight + 2);
        });
  }

  private interface Placement {
    void place(Entry entry, int left, int line);
  }

  private int layOut(List<Entry> entries, @Nullable Placement placement) {
    int left = margin;
    int line = 0;
    for (Entry entry : entries) {
      int entryWidth = sampleWidth() + 5 + (int) sizeOf(entry.name()).width;
      if (left > margin && left + entryWidth > width) {
        left = margin;
        line++;
      }
      if (placement != null) {
        placement.place(entry, left, line);
      }
      left += entryWidth + 2 * margin;
    }
    return (line + 1) * lineHeight;
  }

  private int sampleWidth() {
    return 3 * textHeight;
  }

  private void paint(Mat canvas, Rect area, int code, Painter painter) {
    byte[] row = new byte[3 * area.width];
    for (int y = 0; y < area.height; y++) {
      for (int x = 0; x < area.width; x++) {
        int colour = painter.colourOf(code, area.x + x, area.y + y);
        row[3 * x] = (byte) colour;
        row[3 * x + 1] = (byte) (colour >> 8);
        row[3 * x + 2] = (byte) (colour >> 16);
      }
      canvas.put(area.y + y, area.x, row);
    }
    Imgproc.rectangle(canvas, area.tl(), new Point(area.br().x - 1, area.br().y - 1), INK, 1);
  }

  private void write(Mat canvas, String text, int left, int baseline) {
    Imgproc.putText(
        canvas, text, new Point(left, baseline), FONT, fontScale, INK, 1, Imgproc.LINE_AA);
  }

  private Size sizeOf(String text) {
    return Imgproc.getTextSize(text, FONT, fontScale, 1, new int[1]);
  }
}
