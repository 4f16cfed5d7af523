package io.github.rackfocus.common;

import com.github.luben.zstd.util.ZstdVersion;
import java.io.IOException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.opencv.core.Core;

/**
 * Native libraries from the class path, unpacked once into the user's cache instead of the
 * temporary folder at every start.
 *
 * <p>The cache is {@code $RACKFOCUS_CACHE}, else {@code $XDG_CACHE_HOME/rackfocus}, else {@code
 * ~/.cache/rackfocus}. Where that is absent, full, not writable or mounted with noexec, a private
 * folder below the temporary one is used, with a warning. A damaged copy is unpacked again.
 * Thread-safe and idempotent.
 */
public final class NativeLibraries {
  /** System property that tells ONNX Runtime where its libraries are. */
  public static final String ONNX_RUNTIME_PROPERTY = "onnxruntime.native.path";

  private static final String ZSTD_PROPERTY = "ZstdNativePath";

  private static final String SERIAL_PROPERTY = "jSerialComm.library.path";

  private static boolean openCvLoaded;

  private NativeLibraries() {}

  /**
   * Loads OpenCV into this JVM; further calls do nothing. To be called where images are processed,
   * not where a class that might process them is made: help and options work without it.
   *
   * @throws NativeLibraryException if there is no library for this platform, or it cannot be
   *     unpacked or loaded
   */
  public static synchronized void loadOpenCv() {
    if (openCvLoaded) {
      return;
    }
    String file = System.mapLibraryName(Core.NATIVE_LIBRARY_NAME);
    String resource = "nu/pattern/opencv/" + openCvPlatform() + "/" + file;
    load(unpackToCache("opencv", List.of(resource), List.of()).resolve(file));
    openCvLoaded = true;
  }

  /**
   * Returns the folder with ONNX Runtime's libraries: the one set in {@value
   * #ONNX_RUNTIME_PROPERTY}, otherwise that of the libraries unpacked from the class path, to which
   * the property is then set. To be called before the first use of ONNX Runtime.
   *
   * @throws NativeLibraryException if there is no library for this platform, or it cannot be
   *     unpacked
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

  /**
   * Makes zstd-jni load its library from the cache, where it would else unpack it to the temporary
   * folder at every start and fail if that is mounted with noexec. To be called before its first
   * use; does nothing if the user chose a library or there is none for this platform.
   *
   * @throws NativeLibraryException if the library cannot be unpacked
   */
  public static synchronized void prepareZstd() {
    String file = System.mapLibraryName("zstd-jni-" + ZstdVersion.VERSION);
    String platform =
        system().equals("linux") ? "linux/" + System.getProperty("os.arch", "") + "/" : "";
    Path folder = unpackUnlessChosen(ZSTD_PROPERTY, "zstd", platform, file);
    if (folder != null) {
      System.setProperty(ZSTD_PROPERTY, folder.resolve(file).toAbsolutePath().toString());
    }
  }

  /**
   * Makes jSerialComm load its library from the cache, as {@link #prepareZstd} does for zstd.
   *
   * @throws NativeLibraryException if the library cannot be unpacked
   */
  public static synchronized void prepareSerial() {
    String platform =
        switch (onnxRuntimePlatform()) {
          case "linux-x64" -> "Linux/x86_64/";
          case "linux-aarch64" -> "Linux/armv8_64/";
          default -> "";
        };
    String file = System.mapLibraryName("jSerialComm");
    Path folder = unpackUnlessChosen(SERIAL_PROPERTY, "jserialcomm", platform, file);
    if (folder != null) {
      System.setProperty(SERIAL_PROPERTY, folder.toAbsolutePath().toString());
    }
  }

  /**
   * Unpacks a library for whom a property tells where it is.
   *
   * @param platform folder of the library on the class path; empty: there is none
   * @return its folder, or null if the user chose another or there is none for this platform
   */
  private static @Nullable Path unpackUnlessChosen(
      String property, String label, String platform, String file) {
    String resource = platform + file;
    return System.getProperty(property) != null || platform.isEmpty() || find(resource) == null
        ? null
        : unpackToCache(label, List.of(resource), List.of());
  }

  /** Loads a library; what the system says about it becomes one sentence. */
  static void load(Path library) {
    try {
      System.load(library.toAbsolutePath().toString());
    } catch (UnsatisfiedLinkError e) {
      throw new NativeLibraryException(
          library
              + " cannot be loaded ("
              + e.getMessage()
              + "); expected a system with glibc 2.28 or newer, or "
              + NativeCache.VARIABLE
              + " set to a folder from which libraries can be loaded",
          e);
    }
  }

  private static Path unpackToCache(String label, List<String> needed, List<String> optional) {
    List<URL> urls = new ArrayList<>();
    for (String resource : needed) {
      URL url = find(resource);
      if (url == null) {
        throw new NativeLibraryException(
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
    List<PackedLibrary> libraries;
    try {
      libraries = NativeCache.describe(urls);
    } catch (IOException e) {
      throw new NativeLibraryException(
          label + " cannot be read from the class path: " + ErrorMessages.of(e), e);
    }
    return NativeCache.unpack(
        NativeCache.chosen(System.getenv(), System.getProperty("user.home")),
        Path.of(System.getProperty("java.io.tmpdir", "/tmp")),
        label,
        libraries);
  }

  private static @Nullable URL find(String resource) {
    return NativeLibraries.class.getClassLoader().getResource(resource);
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
}
