package io.github.rackfocus.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.rackfocus.onnx.OnnxConfig.Form;
import io.github.rackfocus.onnx.OnnxConfig.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which graphs run where a bundle has them in 8 bits too. */
class PrecisionTest {
  private static final OnnxConfig ONE_THREAD = OnnxConfig.DEFAULTS.withThreads(1);

  @TempDir private Path temp;

  /** A bundle with 8-bit graphs of 1 and 3 iterations, which are the fp32 ones in truth. */
  private ModelBundle bundle(Consumer<ObjectNode> change) throws IOException {
    Path folder = TestModels.copy(TestModels.ROLLING, temp);
    for (int k : new int[] {1, 3}) {
      TestModels.replace(
          folder,
          Manifest.quantisedStackGraph(k),
          Files.readAllBytes(folder.resolve(Manifest.stackGraph(k))));
    }
    TestModels.edit(
        folder,
        root -> {
          ObjectNode quantised = root.putObject("quantised");
          quantised.putArray("iterations").add(1).add(3);
          quantised.put("tolerance", 0.02);
          ObjectNode expected = quantised.putObject("expected");
          for (String k : new String[] {"1", "3"}) {
            expected.set(k, root.get("golden").get("expected").get(k).deepCopy());
          }
          change.accept(root);
        });
    return ModelBundle.read(folder);
  }

  private static OnnxDepthEstimator open(ModelBundle bundle, int iterations, OnnxConfig options)
      throws ModelException {
    return OnnxDepthEstimator.open(bundle, iterations, options, System::nanoTime);
  }

  @Test
  void shouldRunIn8BitsWhereAskedOrAutomatic() throws Exception {
    ModelBundle bundle = bundle(root -> {});
    for (Precision precision : Precision.values()) {
      try (var estimator = open(bundle, 3, ONE_THREAD.withPrecision(precision))) {
        assertThat(estimator.isQuantised()).isEqualTo(precision != Precision.FP32);
      }
    }
    try (var estimator = open(bundle, 0, ONE_THREAD.withPrecision(Precision.AUTO))) {
      assertThat(estimator.isQuantised()).as("there is none of 0 iterations").isFalse();
    }
  }

  @Test
  void shouldListWhatThereIsWhereA8BitGraphIsMissing() throws Exception {
    ModelBundle bundle = bundle(root -> {});
    OnnxConfig int8 = ONE_THREAD.withPrecision(Precision.INT8);
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> open(bundle, 0, int8))
        .withMessageContaining("has no 8-bit graph for 0 iterations; expected one of [1, 3]");
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> open(TestModels.bundle(TestModels.PLAIN), 0, int8))
        .withMessageContaining("expected precision fp32 or auto");
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> open(bundle, 3, int8.withForm(Form.FULL)))
        .withMessageContaining("found form full on cpu");
  }

  @Test
  void shouldSwitchAmongGraphsOfOnePrecision() throws Exception {
    ModelBundle bundle = bundle(root -> {});
    try (var estimator =
        OnnxDepthEstimator.openSwitchable(
            bundle, 3, ONE_THREAD.withPrecision(Precision.AUTO), System::nanoTime)) {
      assertThat(estimator.iterationChoices()).containsExactly(1, 3);
    }
  }

  @Test
  void shouldFallBackToFp32WhereThisProcessorGivesOtherValuesIn8Bits() throws Exception {
    ModelBundle bundle =
        bundle(root -> {
          ObjectNode of3 = (ObjectNode) root.get("quantised").get("expected").get("3");
          of3.putArray("position");
          for (int i = 0; i < root.get("golden").get("pixels").size(); i++) {
            of3.withArray("position").add(0.123);
          }
        });
    try (var estimator = open(bundle, 3, ONE_THREAD.withPrecision(Precision.AUTO))) {
      assertThat(estimator.isQuantised()).isFalse();
    }
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() -> open(bundle, 3, ONE_THREAD.withPrecision(Precision.INT8)))
        .withMessageContaining("frame.onnx + stack-k3.int8.onnx miss the golden vector");
  }

  @Test
  void shouldVerifyThe8BitGraphsToo() throws Exception {
    assertThat(bundle(root -> {}).verify(ONE_THREAD))
        .extracting(ModelBundle.GraphCheck::graphs)
        .contains("frame.onnx + stack-k1.int8.onnx", "frame.onnx + stack-k3.int8.onnx");
  }

  @Test
  void shouldRefuseA8BitGraphOfIterationsThatWereNotExported() {
    assertThatExceptionOfType(ModelException.class)
        .isThrownBy(() ->
            bundle(root -> {
              ObjectNode quantised = (ObjectNode) root.get("quantised");
              quantised.putArray("iterations").add(2);
            }))
        .withMessageContaining("quantised.iterations is 2; expected some of those exported");
  }
}
