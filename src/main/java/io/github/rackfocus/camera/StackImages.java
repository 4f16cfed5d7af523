package io.github.rackfocus.camera;

import io.github.rackfocus.common.NativeLibraries;
import io.github.rackfocus.frame.BitDepthWatch;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.opencv.core.Core;
import org.opencv.core.CvException;
import org.opencv.core.CvType;
import org.opencv.core.Mat;
import org.opencv.core.MatOfByte;
import org.opencv.imgcodecs.Imgcodecs;
import org.opencv.imgproc.Imgproc;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The images of a stack folder, far to near, as 8-bit luma and, where asked for, RGB.
 *
 * <p>Decoded images are kept if they fit the memory limit, otherwise decoded on every access; so
 * are their colours once somebody asks for them. Not thread-safe.
 */
final class StackImages {
  private static final Pattern NAME = Pattern.compile("(\\d{3})\\.(?i:png|jpg|jpeg)");
  private static final Logger LOG = LoggerFactory.getLogger(StackImages.class);
  private static final long MAX_FILE_BYTES = 1L << 29;

  private final List<Path> files;
  private final StackFolderConfig config;
  private final int width;
  private final int height;
  private int brightestWide = -1;
  private boolean colour;
  private final boolean keepsColour;
  private final @Nullable List<Pixels> kept;

  private StackImages(List<Path> files, StackFolderConfig config, int width, int height)
      throws IOException {
    this.files = List.copyOf(files);
    this.config = config;
    this.width = width;
    this.height = height;
    long lumaBytes = (long) width * height * files.size();
    boolean keep = lumaBytes <= config.memoryLimitBytes();
    this.keepsColour = 4 * lumaBytes <= config.memoryLimitBytes();
    List<Pixels> decoded = new ArrayList<>();
    for (Path file : files) {
      // Decoded even if not kept, so that a damaged image fails at the start, not in mid-sweep.
      Pixels pixels = decode(file, true, false);
      if (keep) {
        decoded.add(pixels);
      }
    }
    this.kept = keep ? decoded : null;
    warnOfBitDepth();
  }

  /**
   * Returns the images of a folder in the order of their numbers.
   *
   * @throws StackFolderException if there are not 3 to 64 images, or one is missing
   */
  static List<Path> list(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new StackFolderException(
          folder,
          Files.exists(folder) ? "is not a folder" : "does not exist",
          "a folder with stack.json and images 000.png, 001.png, …");
    }
    SortedMap<Integer, Path> found = new TreeMap<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path entry : entries) {
        Matcher name = NAME.matcher(entry.getFileName().toString());
        if (!name.matches()) {
          continue;
        }
        Path other = found.put(Integer.parseInt(name.group(1)), entry);
        if (other != null) {
          throw new StackFolderException(
              folder,
              "has both " + other.getFileName() + " and " + entry.getFileName(),
              "one image per number");
        }
      }
    }
    if (found.size() < StackIndex.MIN_IMAGES || found.size() > StackIndex.MAX_IMAGES) {
      throw new StackFolderException(
          folder,
          "has " + found.size() + " images",
          StackIndex.MIN_IMAGES
              + " to "
              + StackIndex.MAX_IMAGES
              + " named 000.png (or .jpg), 001.png, …");
    }
    for (int i = 0; i < found.size(); i++) {
      if (!found.containsKey(i)) {
        throw new StackFolderException(
            folder,
            String.format(Locale.ROOT, "has image %03d but not %03d", found.lastKey(), i),
            "images numbered from 000 without gaps");
      }
    }
    return List.copyOf(found.values());
  }

  /**
   * Checks the sizes in the headers of all images, then decodes them.
   *
   * @throws StackFolderException if an image is unreadable, too large or of another size than the
   *     first
   */
  static StackImages open(List<Path> files, StackFolderConfig config) throws IOException {
    ImageHeader first = null;
    Path firstFile = null;
    for (Path file : files) {
      ImageHeader header = ImageHeader.parse(file, read(file));
      if (first == null || firstFile == null) {
        try {
          FramePool.checkSize(header.width(), header.height());
        } catch (IllegalArgumentException e) {
          throw new StackFolderException(file + ": " + e.getMessage(), e);
        }
        first = header;
        firstFile = file;
      } else if (header.orientation() != first.orientation()) {
        throw new StackFolderException(
            file,
            "has Exif orientation " + header.orientation(),
            first.orientation()
                + ", that of "
                + firstFile.getFileName()
                + ": all images of a stack stored alike, since pixels are taken as stored");
      } else if (header.width() != first.width() || header.height() != first.height()) {
        throw new StackFolderException(
            file,
            "is " + header.width() + " x " + header.height(),
            first.width() + " x " + first.height() + ", the size of " + firstFile.getFileName());
      }
    }
    if (first == null) {
      throw new IllegalArgumentException("no images");
    }
    NativeLibraries.loadOpenCv();
    return new StackImages(files, config, (int) first.width(), (int) first.height());
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** Whether any of the images has colour. */
  boolean haveColour() {
    return colour;
  }

  /** Copies the pixels of an image into an unsealed frame, with colour if the frame has it. */
  void copyTo(int plane, Frame frame) throws IOException {
    Pixels pixels = kept == null ? null : kept.get(plane);
    if (pixels == null || frame.hasColour() && pixels.colour() == null) {
      pixels = decode(files.get(plane), false, frame.hasColour());
      if (kept != null && keepsColour) {
        kept.set(plane, pixels);
      }
    }
    frame.luma().put(0, pixels.luma());
    ByteBuffer into = frame.colour();
    if (into != null) {
      into.put(0, Objects.requireNonNull(pixels.colour()));
    }
  }

  private static byte[] read(Path file) throws IOException {
    try {
      long bytes = Files.size(file);
      if (bytes > MAX_FILE_BYTES) {
        throw new StackFolderException(
            file, "has " + bytes + " bytes", "at most " + MAX_FILE_BYTES);
      }
      return Files.readAllBytes(file);
    } catch (StackFolderException e) {
      throw e;
    } catch (IOException e) {
      throw new StackFolderException(file, "cannot be read (" + e + ")", "a PNG or JPEG", e);
    }
  }

  /**
   * @param first whether the file is read for the first time, and checked for damage
   * @param withColour whether colour is wanted beside luma
   */
  private Pixels decode(Path file, boolean first, boolean withColour) throws IOException {
    byte[] bytes = read(file);
    ImageHeader header = ImageHeader.parse(file, bytes);
    if (header.width() != width || header.height() != height) {
      throw new StackFolderException(
          file,
          "is " + header.width() + " x " + header.height(),
          width + " x " + height + ", its size when the folder was opened");
    }
    String fault = first ? ImageIntegrity.fault(bytes) : null;
    if (fault != null) {
      throw new StackFolderException(file, fault, "a complete PNG or JPEG");
    }
    MatOfByte packed = new MatOfByte(bytes);
    Mat image = null;
    try {
      image = Imgcodecs.imdecode(packed, Imgcodecs.IMREAD_UNCHANGED);
      if (image.rows() != height || image.cols() != width) {
        throw new StackFolderException(
            file, "cannot be decoded (" + bytes.length + " bytes)", "a complete PNG or JPEG");
      }
      colour |= image.channels() > 2;
      return toPixels(image, withColour);
    } catch (CvException e) {
      throw new StackFolderException(
          file, "cannot be decoded (" + bytes.length + " bytes)", "a complete PNG or JPEG", e);
    } finally {
      packed.release();
      if (image != null) {
        image.release();
      }
    }
  }

  private void warnOfBitDepth() {
    if (brightestWide >= 0) {
      String caution = new BitDepthWatch(config.bitDepth(), 1).add(brightestWide);
      if (caution != null) {
        LOG.warn("{}: {}", files.get(0).getParent(), caution);
      }
    }
  }

  private Pixels toPixels(Mat image, boolean withColour) {
    int channels = image.channels();
    Mat luma = new Mat();
    Mat rgb = new Mat();
    Mat eight = new Mat();
    try {
      switch (channels) {
        case 1 -> image.copyTo(luma);
        case 2 -> Core.extractChannel(image, luma, 0);
        case 3 -> Imgproc.cvtColor(image, luma, Imgproc.COLOR_BGR2GRAY);
        default -> Imgproc.cvtColor(image, luma, Imgproc.COLOR_BGRA2GRAY);
      }
      if (luma.depth() == CvType.CV_16U) {
        brightestWide = Math.max(brightestWide, (int) Core.minMaxLoc(luma).maxVal);
      }
      byte[] lumaBytes = new byte[width * height];
      toEightBits(luma, eight);
      eight.get(0, 0, lumaBytes);
      if (!withColour) {
        return new Pixels(lumaBytes, null);
      }
      int conversion =
          channels < 3
              ? Imgproc.COLOR_GRAY2RGB
              : channels == 3 ? Imgproc.COLOR_BGR2RGB : Imgproc.COLOR_BGRA2RGB;
      Imgproc.cvtColor(channels < 3 ? luma : image, rgb, conversion);
      byte[] colourBytes = new byte[3 * width * height];
      toEightBits(rgb, eight);
      eight.get(0, 0, colourBytes);
      return new Pixels(lumaBytes, colourBytes);
    } finally {
      luma.release();
      rgb.release();
      eight.release();
    }
  }

  private void toEightBits(Mat from, Mat to) {
    boolean wide = from.depth() == CvType.CV_16U;
    from.convertTo(to, CvType.CV_8U, wide ? 255.0 / ((1 << config.bitDepth()) - 1) : 1);
  }

  private record Pixels(byte[] luma, byte @Nullable [] colour) {}
}
