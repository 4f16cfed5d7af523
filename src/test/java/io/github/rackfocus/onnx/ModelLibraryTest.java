package io.github.rackfocus.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelLibraryTest {
  @TempDir Path temp;

  @Test
  void shouldTakeTheFolderGivenThenTheVariableThenTheHome() {
    Map<String, String> set = Map.of(ModelLibrary.VARIABLE, "/by/variable");
    assertThat(ModelLibrary.locate(Path.of("/given"), set, "/home").folder())
        .isEqualTo(Path.of("/given"));
    assertThat(ModelLibrary.locate(null, set, "/home").folder()).isEqualTo(Path.of("/by/variable"));
    assertThat(ModelLibrary.locate(null, Map.of(), "/home").folder())
        .isEqualTo(Path.of("/home/models"));
    assertThat(ModelLibrary.locate(null, Map.of(), null).folder()).isEqualTo(Path.of("models"));
    assertThat(ModelLibrary.locate(null, Map.of(ModelLibrary.VARIABLE, " "), null).folder())
        .isEqualTo(Path.of("models"));
  }

  @Test
  void shouldListWhatHasAManifest() throws Exception {
    assertThat(new ModelLibrary(TestModels.folder()).names())
        .containsExactly(
            TestModels.FULL_ONLY, TestModels.PLAIN, TestModels.REFERENCE, TestModels.ROLLING);
  }

  @Test
  void shouldSayWhatThereIsWhereANameIsUnknown() {
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> new ModelLibrary(TestModels.folder()).read("ddl"))
        .withMessageContaining("has no model ddl; expected one of tiny-full, tiny-plain");
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> new ModelLibrary(TestModels.folder()).read("../models/tiny-full"))
        .withMessageContaining("has no model ../models/tiny-full");
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> new ModelLibrary(temp).read("ddl"))
        .withMessageContaining("expected at least one model");
  }

  @Test
  void shouldSayThatTheFolderIsMissing() {
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> new ModelLibrary(temp.resolve("none")).names())
        .withMessageContaining("none: no such folder")
        .withMessageContaining(ModelLibrary.VARIABLE);
  }
}
