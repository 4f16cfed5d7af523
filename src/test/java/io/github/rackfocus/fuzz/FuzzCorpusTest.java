package io.github.rackfocus.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The short run of all harnesses: the stored inputs, which contain every finding so far, and a
 * fixed number of changes of them. {@code bin/soak fuzz} is the long one.
 */
class FuzzCorpusTest {
  private static final int CHANGED = 200;
  private static final long SEED = 20261128;

  @ParameterizedTest
  @EnumSource(FuzzTarget.class)
  void shouldHoldItsLawsForTheStoredInputsAndChangesOfThem(FuzzTarget target) throws Exception {
    FuzzHarness harness = target.create();
    List<byte[]> inputs = new ArrayList<>();
    for (Path file : FuzzCorpus.files(target)) {
      byte[] input = Files.readAllBytes(file);
      run(harness, input, file.toString());
      inputs.add(input);
    }
    assertThat(inputs).as("stored inputs of %s", target.key()).isNotEmpty();
    Mutations mutations = new Mutations(SEED);
    // libpng writes each of its complaints to standard error.
    int changed = target == FuzzTarget.IMAGE ? CHANGED / 10 : CHANGED;
    for (int i = 0; i < changed; i++) {
      run(harness, mutations.of(inputs), "change " + i);
    }
  }

  @ParameterizedTest
  @EnumSource(FuzzTarget.class)
  void shouldHaveTheSeedsOfItsHarnessStored(FuzzTarget target) throws Exception {
    for (Map.Entry<String, byte[]> seed : target.create().seeds().entrySet()) {
      assertThat(FuzzCorpus.folder(target).resolve(seed.getKey().toLowerCase(Locale.ROOT)))
          .as("stored by io.github.rackfocus.fuzz.FuzzCorpus")
          .exists();
    }
  }

  private static void run(FuzzHarness harness, byte[] input, String name) {
    try {
      harness.run(input);
    } catch (Exception | AssertionError e) {
      throw new AssertionError(name + ": " + e + "\ninput: " + HexFormat.of().formatHex(input), e);
    }
  }
}
