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
 * Draws pictures of depth maps.
 *
 * <p>Depth is coloured with viridis (Smith and van der Walt, 2015; OpenCV's table), which is
 * perceptually uniform: dark is far, bright is near. Pixels without depth are grey and hatched by
 * validity, so that they cannot be mistaken for depth. Thread-safe.
 */
public final class DepthPicture {
  /** Pictures of narrower maps get a margin on the right, so that the scale fits. */
  private static final int LEAST_WIDTH = 240;

  private static final int HATCH = 6;

  /** Colours by validity code, 0xRRGGBB: Okabe and Ito (2008), safe for the colour-blind. */
  private static final int[] VALIDITY_COLOURS = {
    0x808080, 0x0072b2, 0x56b4e9, 0xd55e00, 0x009e73, 0xf0e442, 0xcc79a7, 0xe69f00, 0x000000,
    0x882255
  };

  private final byte[] colours = viridis();

  /** Returns a PNG of the depth in colour, with a colour bar and a legend of the greys used. */
  public byte[] depth(DepthMap map) {
    return depth(DepthRaster.of(map));
  }

  /** Returns the same picture of decoded depth. */
  public byte[] depth(DepthRaster map) {
    DepthScale scale = new DepthScale(map.metric(), map.nearestDepth(), map.farthestDepth());
    List<ColourStrip.Entry> legend = invalidEntries(map);
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
   * Returns a PNG of the validity codes in colour over the all-in-focus image, with a legend of
   * their shares.
   */
  public byte[] validity(DepthMap map) {
    List<ColourStrip.Entry> legend = shareEntries(map);
    int canvasWidth = Math.max(map.width(), LEAST_WIDTH);
    ColourStrip strip = new ColourStrip(canvasWidth);
    Mat canvas = new Mat(map.height() + strip.legendHeight(legend), canvasWidth, CvType.CV_8UC3);
    try {
      strip.clear(canvas, 0);
      paintValidity(map, canvas);
      strip.drawLegend(canvas, map.height(), legend, (code, x, y) -> VALIDITY_COLOURS[code]);
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
        put(row, x, code == 0 ? luma * 0x010101 : VALIDITY_COLOURS[code]);
      }
      canvas.put(y, 0, row);
    }
  }

  private static void put(byte[] row, int x, int colour) {
    row[3 * x] = (byte) colour;
    row[3 * x + 1] = (byte) (colour >> 8);
    row[3 * x + 2] = (byte) (colour >> 16);
  }

  /** Returns the grey of a pixel without depth, 0xRRGGBB. */
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
          case OUTSIDE_VIEW -> 16;
          case PLANE_MISSING -> x % HATCH < 2 || y % HATCH < 2 ? 170 : 32;
        };
    return grey * 0x010101;
  }

  /** Returns legend entries of the validity codes without depth that occur. */
  private static List<ColourStrip.Entry> invalidEntries(DepthRaster map) {
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

  /** Returns legend entries of all validity codes that occur, with their shares. */
  private static List<ColourStrip.Entry> shareEntries(DepthMap map) {
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
