package io.github.rackfocus.calibrate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A plot of points as inline SVG. */
final class SvgPlot {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 400;
  private static final int LEFT = 70;
  private static final int BOTTOM = 50;
  private static final int TOP = 15;
  private static final int RIGHT = 15;
  private static final String[] COLOURS = {"#1668b3", "#6b7785", "#c2410c"};

  /** A group of points of one colour. */
  private record Series(String name, double[] x, double[] y, int colour) {}

  private final String labelX;
  private final String labelY;
  private final List<Series> series = new ArrayList<>();
  private double @Nullable [] range;

  SvgPlot(String labelX, String labelY) {
    this.labelX = labelX;
    this.labelY = labelY;
  }

  /** Sets what the axes show; without it they show all points. */
  void range(double left, double right, double bottom, double top) {
    range = new double[] {left, right, bottom, top};
  }

  /**
   * Adds points.
   *
   * @param name for the legend; empty for none
   * @param colour 0 to 2
   */
  void points(String name, double[] x, double[] y, int colour) {
    series.add(new Series(name, x, y, colour));
  }

  /** Returns the element. */
  String svg() {
    double[] r = range == null ? fitted() : range;
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg viewBox=\"0 0 %d %d\" width=\"%d\" font-size=\"12\" fill=\"#1c2733\">"
                + "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"#f6f8fa\"/>",
            WIDTH,
            HEIGHT,
            WIDTH,
            LEFT,
            TOP,
            WIDTH - LEFT - RIGHT,
            HEIGHT - TOP - BOTTOM));
    for (double tick : ticks(r[0], r[1])) {
      double x = x(tick, r);
      line(svg, x, TOP, x, HEIGHT - BOTTOM);
      text(svg, x, HEIGHT - BOTTOM + 16, "middle", label(tick));
    }
    for (double tick : ticks(r[2], r[3])) {
      double y = y(tick, r);
      line(svg, LEFT, y, WIDTH - RIGHT, y);
      text(svg, LEFT - 6, y + 4, "end", label(tick));
    }
    text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 12, "middle", labelX);
    svg.append(
        String.format(
            Locale.ROOT,
            "<text transform=\"translate(16 %d) rotate(-90)\" text-anchor=\"middle\">%s</text>",
            (TOP + HEIGHT - BOTTOM) / 2,
            labelY));
    int row = 0;
    for (Series each : series) {
      dots(svg, each, r);
      if (!each.name().isEmpty()) {
        double y = TOP + 18 + 17 * row++;
        svg.append(
            String.format(
                Locale.ROOT,
                "<circle cx=\"%d\" cy=\"%.0f\" r=\"4\" fill=\"%s\"/>",
                LEFT + 14,
                y - 4,
                COLOURS[each.colour()]));
        text(svg, LEFT + 24, y, "start", each.name());
      }
    }
    return svg.append("</svg>").toString();
  }

  private static void dots(StringBuilder svg, Series each, double[] r) {
    svg.append("<g fill-opacity=\"0.55\" fill=\"").append(COLOURS[each.colour()]).append("\">");
    for (int i = 0; i < each.x().length; i++) {
      double x = x(each.x()[i], r);
      double y = y(each.y()[i], r);
      boolean inside = x >= LEFT && x <= WIDTH - RIGHT && y >= TOP && y <= HEIGHT - BOTTOM;
      if (inside) {
        svg.append(String.format(Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2\"/>", x, y));
      }
    }
    svg.append("</g>");
  }

  private double[] fitted() {
    double[] x = series.stream().flatMapToDouble(each -> Arrays.stream(each.x())).toArray();
    double[] y = series.stream().flatMapToDouble(each -> Arrays.stream(each.y())).toArray();
    double[] r = {
      Arrays.stream(x).min().orElse(0), Arrays.stream(x).max().orElse(1),
      Arrays.stream(y).min().orElse(0), Arrays.stream(y).max().orElse(1)
    };
    for (int i = 0; i < r.length; i += 2) {
      double margin = 0.05 * Math.max(1e-9, r[i + 1] - r[i]);
      r[i] -= margin;
      r[i + 1] += margin;
    }
    return r;
  }

  private static double x(double value, double[] r) {
    return LEFT + (value - r[0]) / (r[1] - r[0]) * (WIDTH - LEFT - RIGHT);
  }

  private static double y(double value, double[] r) {
    return HEIGHT - BOTTOM - (value - r[2]) / (r[3] - r[2]) * (HEIGHT - TOP - BOTTOM);
  }

  private static List<Double> ticks(double from, double to) {
    double low = Math.min(from, to);
    double high = Math.max(from, to);
    double raw = (high - low) / 6;
    double power = Math.pow(10, Math.floor(Math.log10(raw)));
    double step = raw / power < 1.5 ? power : raw / power < 3.5 ? 2 * power : 5 * power;
    List<Double> ticks = new ArrayList<>();
    for (double tick = Math.ceil(low / step) * step; tick <= high; tick += step) {
      ticks.add(Math.abs(tick) < step / 1000 ? 0 : tick);
    }
    return ticks;
  }

  private static String label(double tick) {
    String text = String.format(Locale.ROOT, "%.6g", tick);
    return text.contains("e") || !text.contains(".")
        ? text
        : text.replaceAll("0+$", "").replaceAll("\\.$", "");
  }

  private static void line(StringBuilder svg, double x1, double y1, double x2, double y2) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#d4dbe3\"/>",
            x1,
            y1,
            x2,
            y2));
  }

  private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
            x,
            y,
            anchor,
            text));
  }
}
