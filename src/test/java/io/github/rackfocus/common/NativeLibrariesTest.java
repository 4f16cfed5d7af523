package io.github.rackfocus.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opencv.core.CvType;
import org.opencv.core.Mat;

class NativeLibrariesTest {
  @TempDir Path scratch;

  @Test
  void shouldChooseTheCacheByTheEnvironment() {
    String home = scratch.toString();
    assertThat(NativeCache.chosen(Map.of("RACKFOCUS_CACHE", "/a"), home)).isEqualTo(Path.of("/a"));
    assertThat(NativeCache.chosen(Map.of("XDG_CACHE_HOME", "/x"), home))
        .isEqualTo(Path.of("/x/rackfocus"));
    assertThat(NativeCache.chosen(Map.of("XDG_CACHE_HOME", "relative"), home))
        .isEqualTo(scratch.resolve(".cache/rackfocus"));
    assertThat(NativeCache.chosen(Map.of(), home)).isEqualTo(scratch.resolve(".cache/rackfocus"));
    assertThat(NativeCache.chosen(Map.of("RACKFOCUS_CACHE", "/a"), "?")).isEqualTo(Path.of("/a"));
  }

  @Test
  void shouldUnpackFromAJarOnceAndLeaveNothingElse() throws Exception {
    URL first = inJar("one.jar", "lib/libfirst.so", "first");
    URL second = inJar("two.jar", "lib/libsecond.so", "second");
    Path folder = unpack(List.of(first, second));
    assertThat(folder.resolve("libfirst.so")).hasContent("first");
    assertThat(folder.resolve("libsecond.so")).hasContent("second");
    assertThat(names(folder)).containsExactly("libfirst.so", "libsecond.so");

    FileTime longAgo = FileTime.fromMillis(1_000_000_000_000L);
    Files.setLastModifiedTime(folder.resolve("libfirst.so"), longAgo);
    assertThat(unpack(List.of(first, second))).isEqualTo(folder);
    assertThat(Files.getLastModifiedTime(folder.resolve("libfirst.so"))).isEqualTo(longAgo);
  }

  @Test
  void shouldUnpackAgainWhatIsIncomplete() throws Exception {
    URL library = inJar("one.jar", "libfirst.so", "first");
    Path folder = unpack(List.of(library));
    // Too short; after a power loss also of the right size and full of zeros.
    for (String damaged : List.of("fir", "\0\0\0\0\0", "firsT")) {
      Files.writeString(folder.resolve("libfirst.so"), damaged);
      unpack(List.of(library));
      assertThat(folder.resolve("libfirst.so")).hasContent("first");
    }
  }

  @Test
  void shouldHaveNoCacheWithoutAHome() {
    for (String home : Arrays.asList("?", "", "/", "relative", "/nonexistent/home", null)) {
      assertThat(NativeCache.chosen(Map.of(), home)).as("%s", home).isNull();
    }
  }

  @Test
  void shouldUsePrivateTemporaryFolderWithoutAHome() throws Exception {
    URL library = inJar("one.jar", "libfirst.so", "first");
    Path temporary = Files.createDirectory(scratch.resolve("tmp"));
    Path folder = NativeCache.unpack(null, temporary, "test", describe(List.of(library)));
    assertThat(folder.resolve("libfirst.so")).hasContent("first");
    Path top = temporary.resolve("rackfocus-" + Files.getAttribute(temporary, "unix:uid"));
    assertThat(folder).startsWith(top);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(top)))
        .isEqualTo("rwx------");
    assertThat(NativeCache.unpack(null, temporary, "test", describe(List.of(library))))
        .isEqualTo(folder);
  }

  /** Someone else could have made the folder, and put a library of his own into it. */
  @Test
  void shouldNotTrustATemporaryFolderThatIsOpenToOthers() throws Exception {
    URL library = inJar("one.jar", "libfirst.so", "first");
    Path temporary = Files.createDirectory(scratch.resolve("tmp"));
    Path taken = temporary.resolve("rackfocus-" + Files.getAttribute(temporary, "unix:uid"));
    Files.createDirectory(taken);
    Files.setPosixFilePermissions(taken, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertThat(NativeCache.unpack(null, temporary, "test", describe(List.of(library))).toString())
        .startsWith(temporary.resolve("rackfocus-native").toString());
    Files.delete(taken);
    Files.createSymbolicLink(taken, Files.createDirectory(scratch.resolve("elsewhere")));
    assertThat(NativeCache.unpack(null, temporary, "test", describe(List.of(library))).toString())
        .startsWith(temporary.resolve("rackfocus-native").toString());
  }

  /** A file in the way stands for every folder that cannot be made: read-only, full, forbidden. */
  @Test
  void shouldUseATemporaryFolderWhereTheCacheCannotBeWritten() throws Exception {
    URL library = inJar("one.jar", "libfirst.so", "first");
    Path cache = Files.writeString(scratch.resolve("cache"), "not a folder");
    Path temporary = Files.createDirectory(scratch.resolve("tmp"));
    Path folder = NativeCache.unpack(cache, temporary, "test", describe(List.of(library)));
    assertThat(folder).startsWith(temporary);
    assertThat(folder.resolve("libfirst.so")).hasContent("first");

    Path missing = scratch.resolve("missing");
    assertThatThrownBy(() -> NativeCache.unpack(cache, missing, "test", describe(List.of(library))))
        .isInstanceOf(NativeLibraryException.class)
        .hasMessageContaining(cache.toString())
        .hasMessageContaining(missing.toString())
        .hasMessageContaining("RACKFOCUS_CACHE")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void shouldUseAFilledCacheThatIsReadOnly() throws Exception {
    URL library = inJar("one.jar", "libfirst.so", "first");
    Path folder = unpack(List.of(library));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
    try {
      assertThat(unpack(List.of(library))).isEqualTo(folder);
    } finally {
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  @Test
  void shouldSayInOneSentenceThatALibraryCannotBeLoaded() throws Exception {
    Path zeros = Files.write(scratch.resolve("libzeros.so"), new byte[4096]);
    assertThatThrownBy(() -> NativeLibraries.load(zeros))
        .isInstanceOf(NativeLibraryException.class)
        .hasMessageContaining(zeros.toString())
        .hasMessageContaining("RACKFOCUS_CACHE")
        .message()
        .doesNotContain("\n");
  }

  @Test
  void shouldKeepVersionsApart() throws Exception {
    Path old = unpack(List.of(inJar("1.jar", "liba.so", "old")));
    Path young = unpack(List.of(inJar("2.jar", "liba.so", "new")));
    assertThat(young).isNotEqualTo(old);
    assertThat(old.resolve("liba.so")).hasContent("old");
  }

  @Test
  void shouldUnpackFromAFolderOnTheClassPath() throws Exception {
    Path file = Files.writeString(scratch.resolve("libplain.so"), "plain");
    Path folder = unpack(List.of(file.toUri().toURL()));
    assertThat(folder.resolve("libplain.so")).hasContent("plain");
  }

  @Test
  void shouldBeSafeWhenSeveralStartAtOnce() throws Exception {
    URL library = inJar("one.jar", "libbig.so", "x".repeat(1 << 20));
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Callable<Path> unpack = () -> unpack(List.of(library));
      for (var result : threads.invokeAll(Stream.generate(() -> unpack).limit(16).toList())) {
        assertThat(result.get().resolve("libbig.so")).hasSize(1 << 20);
      }
    } finally {
      threads.shutdownNow();
    }
    Path folder = unpack(List.of(library));
    assertThat(names(folder)).containsExactly("libbig.so");
  }

  @Test
  void shouldSayWhenAResourceIsNotThere() throws Exception {
    URL gone = scratch.resolve("libgone.so").toUri().toURL();
    assertThatThrownBy(() -> unpack(List.of(gone)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("libgone.so");
  }

  @Test
  void shouldLoadOpenCvHoweverOften() {
    NativeLibraries.loadOpenCv();
    NativeLibraries.loadOpenCv();
    Mat mat = new Mat(2, 3, CvType.CV_8U);
    assertThat(mat.total()).isEqualTo(6);
    mat.release();
  }

  @Test
  void shouldPointZstdToItsUnpackedLibrary() {
    NativeLibraries.prepareZstd();
    Path library = Path.of(System.getProperty("ZstdNativePath"));
    assertThat(library).isNotEmptyFile().isExecutable();
    byte[] zeros = new byte[10_000];
    assertThat(Zstd.decompress(Zstd.compress(zeros), zeros.length)).isEqualTo(zeros);
  }

  @Test
  void shouldPointOnnxRuntimeToItsUnpackedLibrariesUnlessTheUserChose() throws Exception {
    String before = System.getProperty(NativeLibraries.ONNX_RUNTIME_PROPERTY);
    try {
      System.clearProperty(NativeLibraries.ONNX_RUNTIME_PROPERTY);
      Path folder = NativeLibraries.onnxRuntimeFolder();
      assertThat(folder.resolve(System.mapLibraryName("onnxruntime"))).isNotEmptyFile();
      assertThat(folder.resolve(System.mapLibraryName("onnxruntime4j_jni"))).isNotEmptyFile();
      assertThat(System.getProperty(NativeLibraries.ONNX_RUNTIME_PROPERTY))
          .isEqualTo(folder.toAbsolutePath().toString());

      System.setProperty(NativeLibraries.ONNX_RUNTIME_PROPERTY, "/opt/onnxruntime-gpu");
      assertThat(NativeLibraries.onnxRuntimeFolder()).isEqualTo(Path.of("/opt/onnxruntime-gpu"));
    } finally {
      if (before == null) {
        System.clearProperty(NativeLibraries.ONNX_RUNTIME_PROPERTY);
      } else {
        System.setProperty(NativeLibraries.ONNX_RUNTIME_PROPERTY, before);
      }
    }
  }

  private Path unpack(List<URL> libraries) throws IOException {
    return NativeCache.unpackInto(scratch, "test", describe(libraries));
  }

  private static List<PackedLibrary> describe(List<URL> libraries) throws IOException {
    return NativeCache.describe(libraries);
  }

  private URL inJar(String jar, String entry, String content) throws IOException {
    Path file = scratch.resolve(jar);
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
      out.putNextEntry(new ZipEntry(entry));
      out.write(content.getBytes(StandardCharsets.UTF_8));
      out.closeEntry();
    }
    return new URL("jar:" + file.toUri() + "!/" + entry);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
