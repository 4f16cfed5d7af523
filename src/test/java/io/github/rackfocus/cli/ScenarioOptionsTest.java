package io.github.rackfocus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.camera.simulated.Scenario;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ScenarioOptionsTest {
  @Test
  void shouldNameEveryScenarioInTheHelp() {
    assertThat(ScenarioOptions.NAMES.split(", | or "))
        .containsExactlyElementsOf(Arrays.stream(Scenario.values()).map(Scenario::label).toList());
  }
}
