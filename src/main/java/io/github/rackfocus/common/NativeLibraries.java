package io.github.rackfocus.common;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.jspecify.annotations.Nullable;
import org.opencv.core.Core;

/**
 * Native libraries from the class path, unpacked once into the user's cache instead of the
 * temporary folder at every start.
 *
 * <p>The cache is {@code $RACKFOCUS_CACHE}, else {@code $XDG_CACHE_HOME/rackfocus}, else {@code
 * ~/.cache/rackfocus}; if none of them is writable, a private temporary folder that is deleted when
 * the JVM exits. Folders are named after the checksums of the libraries and files appear in them by
 * renaming, so that several JVMs may start at the same time and versions may exist side by side.
 * Thread-safe and idempotent.
 */
public final class NativeLibraries {
  /** System property that tells ONNX Runtime where its libraries are. */
  public static final String ONNX_RUNTIME_PROPERTY = "onnxruntime.native.path";

  private static boolean openCvLoaded;

  private NativeLibraries() {}

  /**
   * Loads OpenCV into this JVM; further calls do nothing.
   *
   * @throws UncheckedIOException if there is no library for this platform, or it cannot be unpacked
   * @throws UnsatisfiedLinkError if the system cannot load it
   */
  public static synchronized void loadOpenCv() {
    if (openCvLoaded) {
      return;
    }
    String file = System.mapLibraryName(Core.NATIVE_LIBRARY_NAME);
    String resource = "nu/pattern/opencv/" + openCvPlatform() + "/" + file;
    Path folder = unpackToCache("opencv", List.of(resource), List.of());
    System.load(folder.resolve(file).toAbsolutePath().toString());
    openCvLoaded = true;
  }

  /**
   * Returns the folder with ONNX Runtime's libraries: the one set in {@value
   * #ONNX_RUNTIME_PROPERTY}, otherwise that of the libraries unpacked from the class path, to which
   * the property is then set. To be called before the first use of ONNX Runtime.
   *
   * @throws UncheckedIOException if there is no library for this platform, or it cannot be unpacked
   */
  public static synchronized Path onnxRuntimeFolder() {
    String chosen = System.getProperty(ONNX_RUNTIME_PROPERTY);
    if (chosen != null && !chosen.isBlank()) {
      return Path.of(chosen);
    }
    String prefix = "ai/onnxruntime/native/" + onnxRuntimePlatform() + "/";
    Path folder =
        unpackToCache(
            "onnxruntime",
            List.of(
                prefix + System.mapLibraryName("onnxruntime"),
                prefix + System.mapLibraryName("onnxruntime4j_jni")),
            List.of(prefix + System.mapLibraryName("onnxruntime_providers_shared")));
    System.setProperty(ONNX_RUNTIME_PROPERTY, folder.toAbsolutePath().toString());
    return folder;
  }

  /** Returns the cache folder that the environment selects, writable or not. */
  static Path cacheFolder(Map<String, String> environment, String home) {
    String own = environment.getOrDefault("RACKFOCUS_CACHE", "");
    if (!own.isBlank()) {
      return Path.of(own);
    }
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    // The XDG specification requires relative paths to be ignored.
    if (!xdg.isBlank() && Path.of(xdg).isAbsolute()) {
      return Path.of(xdg, "rackfocus");
    }
    return Path.of(home, ".cache", "rackfocus");
  }

  /**
   * Unpacks resources into a folder below {@code root} that is named after their checksums.
   *
   * @return the folder, with all of them complete
   * @throws IOException if a resource is absent or damaged, or cannot be written
   */
  static Path unpack(Path root, String label, List<URL> resources) throws IOException {
    List<Packed> packed = new ArrayList<>();
    CRC32 names = new CRC32();
    for (URL resource : resources) {
      Packed one = Packed.of(resource);
      packed.add(one);
      names.update((one.fileName() + one.crc() + one.bytes()).getBytes(StandardCharsets.UTF_8));
    }
    Path folder =
        root.resolve("native")
            .resolve(
                String.format(
                    Locale.ROOT,
                    "%s-%08x%08x",
                    label,
                    packed.isEmpty() ? 0 : packed.get(0).crc(),
                    names.getValue()));
    Files.createDirectories(folder);
    for (Packed one : packed) {
      Path file = folder.resolve(one.fileName());
      if (!isComplete(file, one.bytes())) {
        write(one, file);
      }
    }
    return folder;
  }

  private static Path unpackToCache(String label, List<String> needed, List<String> optional) {
    List<URL> urls = new ArrayList<>();
    try {
      for (String resource : needed) {
        URL url = find(resource);
        if (url == null) {
          throw new IOException(
              "no "
                  + label
                  + " library for "
                  + System.getProperty("os.name")
                  + " on "
                  + System.getProperty("os.arch")
                  + "; expected "
                  + resource
                  + " on the class path");
        }
        urls.add(url);
      }
      for (String resource : optional) {
        URL url = find(resource);
        if (url != null) {
          urls.add(url);
        }
      }
      return unpack(writableRoot(), label, urls);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private static Path writableRoot() throws IOException {
    Path root = cacheFolder(System.getenv(), System.getProperty("user.home", "."));
    try {
      Files.createDirectories(root.resolve("native"));
      if (Files.isWritable(root.resolve("native"))) {
        return root;
      }
    } catch (IOException e) {
      // A read-only or missing home is common in containers: use the temporary folder.
      System.getLogger(NativeLibraries.class.getName())
          .log(System.Logger.Level.DEBUG, "no cache at " + root, e);
    }
    // New and private, so that no other user can place a library there.
    Path temporary = Files.createTempDirectory("rackfocus-native");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(temporary.toFile())));
    return temporary;
  }

  private static void delete(File file) {
    File[] children = file.listFiles();
    if (children != null) {
      for (File child : children) {
        delete(child);
      }
    }
    file.delete();
  }

  private static boolean isComplete(Path file, long bytes) throws IOException {
    return Files.isRegularFile(file) && Files.size(file) == bytes;
  }

  private static void write(Packed packed, Path file) throws IOException {
    Path part = Files.createTempFile(file.getParent(), "." + packed.fileName(), ".part");
    try {
      CRC32 crc = new CRC32();
      try (InputStream in = new CheckedInputStream(open(packed.url()).getInputStream(), crc);
          OutputStream out = Files.newOutputStream(part)) {
        in.transferTo(out);
      }
      if (crc.getValue() != packed.crc() || Files.size(part) != packed.bytes()) {
        throw new IOException(
            packed.url()
                + ": unpacked to "
                + Files.size(part)
                + " bytes with checksum "
                + crc.getValue()
                + "; expected "
                + packed.bytes()
                + " and "
                + packed.crc());
      }
      moveInto(part, file, packed.bytes());
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void moveInto(Path part, Path file, long bytes) throws IOException {
    try {
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      // Another JVM was faster and has the file open; some systems then forbid replacing it.
      if (!isComplete(file, bytes)) {
        throw e;
      }
    }
  }

  private static @Nullable URL find(String resource) {
    return NativeLibraries.class.getClassLoader().getResource(resource);
  }

  private static URLConnection open(URL url) throws IOException {
    URLConnection connection = url.openConnection();
    connection.setUseCaches(false);
    return connection;
  }

  private static String openCvPlatform() {
    String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    String cpu =
        switch (arch) {
          case "amd64", "x86_64", "x64" -> "x86_64";
          case "aarch64", "arm64" -> "ARMv8";
          case "arm", "armv7", "armv7l" -> "ARMv7";
          default -> arch;
        };
    return switch (system()) {
          case "win" -> "windows/";
          case "osx" -> "osx/";
          default -> "linux/";
        }
        + cpu;
  }

  private static String onnxRuntimePlatform() {
    String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    return system()
        + switch (arch) {
          case "amd64", "x86_64", "x64" -> "-x64";
          case "aarch64", "arm64" -> "-aarch64";
          default -> "-" + arch;
        };
  }

  private static String system() {
    String name = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    if (name.contains("mac") || name.contains("darwin")) {
      return "osx";
    }
    return name.contains("win") ? "win" : "linux";
  }

  /** A resource, with its unpacked size and checksum. */
  private record Packed(URL url, String fileName, long crc, long bytes) {
    static Packed of(URL url) throws IOException {
      String path = url.getPath();
      String name = path.substring(path.lastIndexOf('/') + 1);
      URLConnection connection = open(url);
      if (connection instanceof JarURLConnection jar) {
        // The jar's directory has both; unpacking tens of megabytes at every start is not needed.
        try (var archive = jar.getJarFile()) {
          var entry = jar.getJarEntry();
          return new Packed(url, name, entry.getCrc(), entry.getSize());
        }
      }
      CRC32 crc = new CRC32();
      try (InputStream in = new CheckedInputStream(connection.getInputStream(), crc)) {
        long bytes = in.transferTo(OutputStream.nullOutputStream());
        return new Packed(url, name, crc.getValue(), bytes);
      }
    }
  }
}
