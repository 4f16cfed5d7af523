package io.github.rackfocus.common;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;

/**
 * A native library on the class path, with its unpacked size and checksum.
 *
 * @param fileName without folder
 * @param crc CRC-32 of the content
 * @param bytes size of the content
 */
record PackedLibrary(URL url, String fileName, long crc, long bytes) {
  static PackedLibrary of(URL url) throws IOException {
    String path = url.getPath();
    String name = path.substring(path.lastIndexOf('/') + 1);
    URLConnection connection = open(url);
    if (connection instanceof JarURLConnection jar) {
      // The jar's directory has both; decompressing tens of megabytes at every start is not needed.
      try (var archive = jar.getJarFile()) {
        var entry = jar.getJarEntry();
        return new PackedLibrary(url, name, entry.getCrc(), entry.getSize());
      }
    }
    CRC32 crc = new CRC32();
    try (InputStream in = new CheckedInputStream(connection.getInputStream(), crc)) {
      long bytes = in.transferTo(OutputStream.nullOutputStream());
      return new PackedLibrary(url, name, crc.getValue(), bytes);
    }
  }

  /**
   * Returns whether a file has this content. Reads all of it: after a power loss a file can have
   * the right size and be full of zeros.
   */
  boolean isIn(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) != bytes) {
      return false;
    }
    CRC32 sum = new CRC32();
    byte[] buffer = new byte[1 << 16];
    try (InputStream in = Files.newInputStream(file)) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        sum.update(buffer, 0, count);
      }
    }
    return sum.getValue() == crc;
  }

  /**
   * Writes the content to a file, which appears complete or not at all.
   *
   * @throws IOException if the content is damaged or cannot be written
   */
  void writeTo(Path file) throws IOException {
    Path part = Files.createTempFile(file.getParent(), "." + fileName, ".part");
    try {
      CRC32 sum = new CRC32();
      try (InputStream in = new CheckedInputStream(open(url).getInputStream(), sum);
          OutputStream out = Files.newOutputStream(part)) {
        in.transferTo(out);
      }
      if (sum.getValue() != crc || Files.size(part) != bytes) {
        throw new IOException(
            url
                + ": unpacked to "
                + Files.size(part)
                + " bytes with checksum "
                + sum.getValue()
                + "; expected "
                + bytes
                + " and "
                + crc);
      }
      makeExecutable(part);
      moveInto(part, file);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /**
   * Returns whether the system may execute code of a file. It may not where its folder is mounted
   * with noexec, which no attribute of the file shows.
   */
  static boolean isExecutable(Path file) {
    if (!Files.isExecutable(file)) {
      try {
        makeExecutable(file);
      } catch (IOException e) {
        return false; // Of another user, or on a file system that is mounted read-only.
      }
    }
    return Files.isExecutable(file);
  }

  private static void makeExecutable(Path file) throws IOException {
    try {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    } catch (UnsupportedOperationException e) {
      return; // Not a POSIX file system: it has no such permissions.
    }
  }

  private void moveInto(Path part, Path file) throws IOException {
    try {
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      // Another JVM was faster and has the file open; some systems then forbid replacing it.
      if (!isIn(file)) {
        throw e;
      }
    }
  }

  private static URLConnection open(URL url) throws IOException {
    URLConnection connection = url.openConnection();
    connection.setUseCaches(false);
    return connection;
  }
}
