package io.github.rackfocus.sink;

import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.frame.Pfm;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * Writes one depth map into a folder: {@code depth.pfm} (metres or index, NaN and infinities as
 * they are), {@code depth.png} (16 bits, see {@link DepthEncoding16}), {@code depth-colour.png},
 * {@code confidence.png}, {@code validity.png} (codes), {@code validity-colour.png}, {@code
 * allfocus.png} and {@code report.json}.
 *
 * <p>Each file appears whole or not at all, and the report last: a folder with a report is
 * complete. Thread-safe as long as no two threads write to the same folder.
 */
public final class MapFolder {
  private static final String REPORT = "report.json";

  /** All files of a folder; the report, which tells that the others are there, is the last. */
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
   * Makes sure that files can be written to a folder, which is made if it is not there.
   *
   * @throws IOException naming the folder and why not
   */
  public static void checkWritable(Path folder) throws IOException {
    try {
      Files.createDirectories(folder);
      Files.delete(Files.createTempFile(folder, ".rackfocus-", ".tmp"));
    } catch (IOException e) {
      throw new IOException(
          "output folder "
              + folder
              + " can't be written: "
              + reason(e)
              + "; expected a folder with permission to write",
          e);
    }
  }

  /**
   * Writes all files of a map, in the place of those of an earlier one.
   *
   * @param folder made if it is not there
   * @throws IOException naming the file and why it could not be written; what was written of the
   *     map until then stays
   */
  public void write(DepthMap map, Path folder) throws IOException {
    DepthEncoding16 encoding = DepthEncoding16.of(map.info());
    int width = map.width();
    int height = map.height();
    try {
      Files.createDirectories(folder);
      Files.deleteIfExists(folder.resolve(REPORT));
    } catch (FileSystemException e) {
      throw fault(folder, e);
    }
    replace(folder, "depth.pfm", new Pfm(width, height, MapImages.floats(map.depth()))::write);
    replace(
        folder, "depth.png", Png.encode16(width, height, MapImages.codes(map.depth(), encoding)));
    replace(folder, "depth-colour.png", picture.depth(map));
    replace(
        folder, "confidence.png", Png.encode8(width, height, MapImages.bytes(map.confidence())));
    replace(folder, "validity.png", Png.encode8(width, height, MapImages.validity(map)));
    replace(folder, "validity-colour.png", picture.validity(map));
    replace(folder, "allfocus.png", Png.encode8(width, height, MapImages.bytes(map.allFocus())));
    replace(folder, REPORT, MapReport.of(map, encoding));
  }

  /**
   * Deletes a folder that {@link #write} made, its own files only; a folder that holds more stays.
   *
   * @throws IOException naming the file and why it could not be deleted
   */
  static void delete(Path folder) throws IOException {
    // The report first: what is left of a deletion that fails must not look complete.
    Files.deleteIfExists(folder.resolve(REPORT));
    for (String file : FILES) {
      Files.deleteIfExists(folder.resolve(file));
    }
    try (var rest = Files.list(folder)) {
      if (rest.findAny().isPresent()) {
        return;
      }
    } catch (NoSuchFileException e) {
      return; // Somebody tidied up before us.
    }
    Files.deleteIfExists(folder);
  }

  private interface Writing {
    void to(Path file) throws IOException;
  }

  private static void replace(Path folder, String name, byte[] content) throws IOException {
    replace(folder, name, file -> Files.write(file, content));
  }

  private static void replace(Path folder, String name, Writing writing) throws IOException {
    Path file = folder.resolve(name);
    Path half = folder.resolve("." + name + ".tmp");
    try {
      writing.to(half);
      Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      try {
        Files.deleteIfExists(half);
      } catch (IOException leftOver) {
        e.addSuppressed(leftOver);
      }
      throw fault(file, e);
    }
  }

  private static IOException fault(Path file, IOException cause) {
    return new IOException(file + " could not be written: " + reason(cause), cause);
  }

  /** Java's messages of file system faults are often nothing but the path. */
  private static String reason(IOException e) {
    if (e instanceof FileAlreadyExistsException) {
      return "a file of that name is there";
    }
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof NoSuchFileException missing) {
      return missing.getFile() + " is not there";
    }
    if (e instanceof FileSystemException fault && fault.getReason() != null) {
      return fault.getReason();
    }
    return String.valueOf(e.getMessage());
  }
}
