package io.github.rackfocus.common;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
    assertThat(NativeLibraries.cacheFolder(Map.of("RACKFOCUS_CACHE", "/a"), "/home/u"))
        .isEqualTo(Path.of("/a"));
    assertThat(NativeLibraries.cacheFolder(Map.of("XDG_CACHE_HOME", "/x"), "/home/u"))
        .isEqualTo(Path.of("/x/rackfocus"));
    assertThat(NativeLibraries.cacheFolder(Map.of("XDG_CACHE_HOME", "relative"), "/home/u"))
        .isEqualTo(Path.of("/home/u/.cache/rackfocus"));
    assertThat(NativeLibraries.cacheFolder(Map.of(), "/home/u"))
        .isEqualTo(Path.of("/home/u/.cache/rackfocus"));
  }

  @Test
  void shouldUnpackFromAJarOnceAndLeaveNothingElse() throws Exception {
    URL first = inJar("one.jar", "lib/libfirst.so", "first");
    URL second = inJar("two.jar", "lib/libsecond.so", "second");
    Path folder = NativeLibraries.unpack(scratch, "test", List.of(first, second));
    assertThat(folder.resolve("libfirst.so")).hasContent("first");
    assertThat(folder.resolve("libsecond.so")).hasContent("second");
    assertThat(names(folder)).containsExactly("libfirst.so", "libsecond.so");

    Files.writeString(folder.resolve("libfirst.so"), "FIRST");
    assertThat(NativeLibraries.unpack(scratch, "test", List.of(first, second))).isEqualTo(folder);
    assertThat(folder.resolve("libfirst.so")).hasContent("FIRST");
  }

  @Test
  void shouldUnpackAgainWhatIsIncomplete() throws Exception {
    URL library = inJar("one.jar", "libfirst.so", "first");
    Path folder = NativeLibraries.unpack(scratch, "test", List.of(library));
    Files.writeString(folder.resolve("libfirst.so"), "fir");
    NativeLibraries.unpack(scratch, "test", List.of(library));
    assertThat(folder.resolve("libfirst.so")).hasContent("first");
  }

  @Test
  void shouldKeepVersionsApart() throws Exception {
    Path old = NativeLibraries.unpack(scratch, "test", List.of(inJar("1.jar", "liba.so", "old")));
    Path young = NativeLibraries.unpack(scratch, "test", List.of(inJar("2.jar", "liba.so", "new")));
    assertThat(young).isNotEqualTo(old);
    assertThat(old.resolve("liba.so")).hasContent("old");
  }

  @Test
  void shouldUnpackFromAFolderOnTheClassPath() throws Exception {
    Path file = Files.writeString(scratch.resolve("libplain.so"), "plain");
    Path folder = NativeLibraries.unpack(scratch, "test", List.of(file.toUri().toURL()));
    assertThat(folder.resolve("libplain.so")).hasContent("plain");
  }

  @Test
  void shouldBeSafeWhenSeveralStartAtOnce() throws Exception {
    URL library = inJar("one.jar", "libbig.so", "x".repeat(1 << 20));
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      Callable<Path> unpack = () -> NativeLibraries.unpack(scratch, "test", List.of(library));
      for (var result : threads.invokeAll(Stream.generate(() -> unpack).limit(16).toList())) {
        assertThat(result.get().resolve("libbig.so")).hasSize(1 << 20);
      }
    } finally {
      threads.shutdownNow();
    }
    Path folder = NativeLibraries.unpack(scratch, "test", List.of(library));
    assertThat(names(folder)).containsExactly("libbig.so");
  }

  @Test
  void shouldSayWhenAResourceIsNotThere() throws Exception {
    URL gone = scratch.resolve("libgone.so").toUri().toURL();
    assertThatThrownBy(() -> NativeLibraries.unpack(scratch, "test", List.of(gone)))
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
