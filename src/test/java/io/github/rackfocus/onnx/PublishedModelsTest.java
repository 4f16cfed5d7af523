package io.github.rackfocus.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The models that the project publishes are sound and fit for any sweep. */
class PublishedModelsTest {
  @Test
  void shouldVerify() throws Exception {
    Path folder = Path.of("models");
    assumeThat(Files.isDirectory(folder)).as("models/ of the checkout").isTrue();
    ModelLibrary library = new ModelLibrary(folder);
    assertThat(library.names()).isNotEmpty();
    for (String name : library.names()) {
      ModelBundle bundle = library.read(name);
      assertThat(bundle.verify(OnnxConfig.DEFAULTS)).isNotEmpty();
      bundle.requirePlanes(3);
      bundle.requirePlanes(64);
      bundle.requireIterations(bundle.manifest().iterations().defaultNumber());
      assertThat(folder.resolve(name).resolve("card.md")).isNotEmptyFile();
    }
  }
}
