package io.github.rackfocus.document;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DocumentReaderTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void shouldReadAFileUpToItsLimit(DocumentReader reader) throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "{\"a\": 1}");
    assertThat(reader.read(file, 8).path("a").intValue()).isEqualTo(1);
    assertThatExceptionOfType(DocumentException.class)
        .isThrownBy(() -> reader.read(file, 7))
        .withMessage(file + ": has 8 bytes; expected at most 7");
  }

  @ParameterizedTest
  @EnumSource
  void shouldReadAnEmptyFileAsMissing(DocumentReader reader) throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThat(reader.read(file, 10).isMissingNode()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void shouldRejectAKeyThatIsGivenTwice(DocumentReader reader) {
    assertThatExceptionOfType(DocumentException.class)
        .isThrownBy(() -> reader.parse("file", "{\"a\": 1,\n\"a\": 2}"))
        .withMessageStartingWith("file: line 2, column ")
        .withMessageContaining("not valid " + reader + " (Duplicate field 'a')");
  }

  @ParameterizedTest
  @EnumSource
  void shouldPassOnThatAFileIsMissing(DocumentReader reader) {
    assertThatExceptionOfType(NoSuchFileException.class)
        .isThrownBy(() -> reader.read(folder.resolve("none"), 10));
  }

  @Test
  void shouldRejectWhatFollowsJson() {
    assertThatExceptionOfType(DocumentException.class)
        .isThrownBy(() -> DocumentReader.JSON.parse("file", "{} {}"))
        .withMessageContaining("not valid JSON");
  }
}
