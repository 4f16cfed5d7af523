package io.github.rackfocus.sink;

import io.github.rackfocus.common.NativeLibraries;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.Validity;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.imgproc.Imgproc;

/**
 * Pictures of a depth map for people. Depth is coloured with viridis (Smith and van der Walt, 2015,
 * in OpenCV's table), whose steps look equal, dark far and bright near; pixels without a depth stay
 * grey and are hatched by their reason, so that they are never mistaken for one. Thread-safe:
 * nothing but the table is kept.
 */
public final class DepthPicture {
  /** A narrower map gets a margin at its right, for the scale to have room. */
  private static final int LEAST_WIDTH = 240;

  private static final int HATCH = 6;

  /** By validity code, 0xRRGGBB: Okabe and Ito (2008), told apart by the colour-blind too. */
  private static final int[] REASONS = {
    0x808080, 0x0072b2, 0x56b4e9, 0xd55e00, 0x009e73, 0xf0e442, 0xcc79a7, 0xe69f00, 0x000000
  };

  private final byte[] colours = viridis();

  /** The depth in colour, with a scale bar and a legend of the greys that occur, as a PNG. */
  public byte[] depth(DepthMap map) {
    return depth(DepthRaster.of(map));
  }

  /** The same of depth that came from elsewhere. */
  public byte[] depth(DepthRaster map) {
    DepthScale scale = new DepthScale(map.metric(), map.nearestDepth(), map.farthestDepth());
    List<ColourStrip.Entry> legend = reasons(map);
    int canvasWidth = Math.max(map.width(), LEAST_WIDTH);
    ColourStrip strip = new ColourStrip(canvasWidth);
    int barHeight = strip.barHeight();
    Mat canvas =
        new Mat(map.height() + barHeight + strip.legendHeight(legend), canvasWidth, CvType.CV_8UC3);
    try {
      strip.clear(canvas, 0);
      paintDepth(map, scale, canvas);
      strip.drawBar(canvas, map.height(), scale, colours);
      strip.drawLegend(canvas, map.height() + barHeight, legend, DepthPicture::hatch);
      return Png.encode(canvas);
    } finally {
      canvas.release();
    }
  }

  /**
   * The reasons in colour over the all-in-focus image, with a legend that tells the share of each,
   * as a PNG.
   */
  public byte[] validity(DepthMap map) {
    List<ColourStrip.Entry> legend = shares(map);
    int canvasWidth = Math.max(map.width(), LEAST_WIDTH);
    ColourStrip strip = new ColourStrip(canvasWidth);
    Mat canvas = new Mat(map.height() + strip.legendHeight(legend), canvasWidth, CvType.CV_8UC3);
    try {
      strip.clear(canvas, 0);
      paintValidity(map, canvas);
      strip.drawLegend(canvas, map.height(), legend, (code, x, y) -> REASONS[code]);
      return Png.encode(canvas);
    } finally {
      canvas.release();
    }
  }

  private void paintDepth(DepthRaster map, DepthScale scale, Mat canvas) {
    FloatBuffer depth = map.depth();
    ByteBuffer validity = map.validity();
    byte[] row = new byte[3 * map.width()];
    for (int y = 0; y < map.height(); y++) {
      for (int x = 0; x < map.width(); x++) {
        int i = y * map.width() + x;
        int code = validity.get(i);
        if (code == 0) {
          double fraction = Math.max(0, Math.min(1, scale.fractionOf(depth.get(i))));
          System.arraycopy(colours, 3 * (int) Math.rint(255 * fraction), row, 3 * x, 3);
        } else {
          put(row, x, hatch(code, x, y));
        }
      }
      canvas.put(y, 0, row);
    }
  }

  private static void paintValidity(DepthMap map, Mat canvas) {
    ByteBuffer validity = map.validity();
    byte[] row = new byte[3 * map.width()];
    for (int y = 0; y < map.height(); y++) {
      for (int x = 0; x < map.width(); x++) {
        int i = y * map.width() + x;
        int code = validity.get(i);
        int luma = MapImages.toByte(map.allFocus().get(i)) & 0xff;
        put(row, x, code == 0 ? luma * 0x010101 : REASONS[code]);
      }
      canvas.put(y, 0, row);
    }
  }

  private static void put(byte[] row, int x, int colour) {
    row[3 * x] = (byte) colour;
    row[3 * x + 1] = (byte) (colour >> 8);
    row[3 * x + 2] = (byte) (colour >> 16);
  }

  /** The grey of a pixel without a depth, 0xRRGGBB. */
  private static int hatch(int code, int x, int y) {
    int grey =
        switch (Validity.of(code)) {
          case VALID -> 0;
          case NO_TEXTURE -> 64;
          case AMBIGUOUS -> 112;
          case SATURATED -> 250;
          case NEARER_THAN_SWEEP -> (x + y) % HATCH < 2 ? 250 : 96;
          case BEYOND_SWEEP -> Math.floorMod(x - y, HATCH) < 2 ? 0 : 128;
          case MOVED -> x % HATCH < 2 ? 200 : 96;
          case LENS_UNSETTLED -> y % HATCH < 2 ? 200 : 96;
          case PLANE_MISSING -> x % HATCH < 2 || y % HATCH < 2 ? 170 : 32;
        };
    return grey * 0x010101;
  }

  /** The reasons for no depth that occur. */
  private static List<ColourStrip.Entry> reasons(DepthRaster map) {
    int[] counts = new int[Validity.count()];
    for (int i = 0; i < map.width() * map.height(); i++) {
      counts[map.validity().get(i)]++;
    }
    List<ColourStrip.Entry> entries = new ArrayList<>();
    for (Validity validity : Validity.values()) {
      if (validity != Validity.VALID && counts[validity.code()] > 0) {
        entries.add(new ColourStrip.Entry(validity.code(), validity.key()));
      }
    }
    return entries;
  }

  /** Every validity that occurs, with its share. */
  private static List<ColourStrip.Entry> shares(DepthMap map) {
    List<ColourStrip.Entry> entries = new ArrayList<>();
    for (Validity validity : Validity.values()) {
      int count = map.info().count(validity);
      if (count > 0) {
        String share = String.format(Locale.ROOT, " %.1f %%", 100.0 * count / map.pixels());
        entries.add(new ColourStrip.Entry(validity.code(), validity.key() + share));
      }
    }
    return entries;
  }

  private static byte[] viridis() {
    NativeLibraries.loadOpenCv();
    byte[] ramp = new byte[256];
    for (int i = 0; i < ramp.length; i++) {
      ramp[i] = (byte) i;
    }
    Mat grey = new Mat(1, ramp.length, CvType.CV_8UC1);
    Mat colour = new Mat();
    try {
      grey.put(0, 0, ramp);
      Imgproc.applyColorMap(grey, colour, Imgproc.COLORMAP_VIRIDIS);
      byte[] table = new byte[3 * ramp.length];
      colour.get(0, 0, table);
      return table;
    } finally {
      grey.release();
      colour.release();
    }
  }
}
