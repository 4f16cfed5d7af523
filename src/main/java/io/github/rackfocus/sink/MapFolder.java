package io.github.rackfocus.sink;

import io.github.rackfocus.common.OutputFiles;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.frame.Pfm;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Writes a depth map to a folder: {@code depth.pfm} (metres or index values, with NaN and
 * infinities), {@code depth.png} (16 bits, see {@link DepthEncoding16}), {@code depth-colour.png},
 * {@code confidence.png}, {@code validity.png} (codes), {@code validity-colour.png}, {@code
 * allfocus.png} (in colour where the camera has it) and {@code report.json}.
 *
 * <p>Each file is written atomically, and the report last: a folder with a report is complete.
 * Thread-safe unless two threads write to the same folder.
 */
public final class MapFolder {
  private static final String REPORT = "report.json";

  /**
   * All files of a folder, in the order of writing; the report, written last, marks it complete.
   */
  static final List<String> FILES =
      List.of(
          "depth.pfm",
          "depth.png",
          "depth-colour.png",
          "confidence.png",
          "validity.png",
          "validity-colour.png",
          "allfocus.png",
          REPORT);

  private final DepthPicture picture = new DepthPicture();

  /**
   * Creates a folder if necessary and checks that it is writable.
   *
   * @throws IOException if it is not; the message names the folder and the reason
   */
  public static void checkWritable(Path folder) throws IOException {
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, ".rackfocus-", ".tmp"));
    } catch (IOException e) {
      throw new IOException(
          "output folder "
              + folder
              + " is not writable: "
              + OutputFiles.reason(e)
              + "; expected a writable folder",
          e);
    }
  }

  /**
   * Writes all files of a map and replaces those of an earlier map.
   *
   * @param folder created if necessary
   * @throws IOException if a file cannot be written; the message names it and the reason. Files
   *     written before remain
   */
  public void write(DepthMap map, Path folder) throws IOException {
    DepthEncoding16 encoding = DepthEncoding16.of(map.info());
    int width = map.width();
    int height = map.height();
    try {
      Files.createDirectories(folder);
      Files.deleteIfExists(folder.resolve(REPORT));
    } catch (FileSystemException e) {
      throw OutputFiles.cannotWrite(folder, e);
    }
    replace(folder, "depth.pfm", new Pfm(width, height, MapImages.floats(map.depth()))::write);
    replace(
        folder, "depth.png", Png.encode16(width, height, MapImages.codes(map.depth(), encoding)));
    replace(folder, "depth-colour.png", picture.depth(map));
    replace(
        folder, "confidence.png", Png.encode8(width, height, MapImages.bytes(map.confidence())));
    replace(folder, "validity.png", Png.encode8(width, height, MapImages.validity(map)));
    replace(folder, "validity-colour.png", picture.validity(map));
    replace(folder, "allfocus.png", allFocus(map));
    replace(folder, REPORT, MapReport.of(map, encoding));
  }

  /**
   * Deletes a folder written by {@link #write}. Only files of this class are deleted; a folder that
   * contains others remains.
   *
   * @throws IOException if a file cannot be deleted
   */
  static void delete(Path folder) throws IOException {
    // The report first: the rest of a failed deletion must not look complete.
    Files.deleteIfExists(folder.resolve(REPORT));
    for (String file : FILES) {
      Files.deleteIfExists(folder.resolve(file));
    }
    try (var rest = Files.list(folder)) {
      if (rest.findAny().isPresent()) {
        return;
      }
    } catch (NoSuchFileException e) {
      return; // Already deleted.
    }
    Files.deleteIfExists(folder);
  }

  private static byte[] allFocus(DepthMap map) {
    byte[] rgb = MapImages.colour(map);
    return rgb == null
        ? Png.encode8(map.width(), map.height(), MapImages.bytes(map.allFocus()))
        : Png.encodeRgb(map.width(), map.height(), rgb);
  }

  private interface FileWriter {
    void write(Path file) throws IOException;
  }

  private static void replace(Path folder, String name, byte[] content) throws IOException {
    replace(folder, name, file -> Files.write(file, content));
  }

  private static void replace(Path folder, String name, FileWriter writer) throws IOException {
    Path file = folder.resolve(name);
    Path temporary = folder.resolve("." + name + ".tmp");
    try {
      writer.write(temporary);
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      try {
        Files.deleteIfExists(temporary);
      } catch (IOException leftOver) {
        e.addSuppressed(leftOver);
      }
      throw OutputFiles.cannotWrite(file, e);
    }
  }
}
