package io.github.rackfocus.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.rackfocus.depth.FilterMode;
import io.github.rackfocus.registration.RegistrationMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveConfigTest {
  @TempDir private Path folder;
  private LiveConfig config;

  @BeforeEach
  void load() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("node.yaml"),
            "sweep: {planes: 12, registration: off}\nvalidity: {minConfidence: 0.8}\n");
    config =
        LiveConfig.load("test", Map.of(), file, Map.of("validity", Map.of("textureFloor", 0.02)));
    Files.writeString(file, "sweep: {planes: 3}");
  }

  @Test
  void shouldDescribeWhatMayChange() {
    List<LiveOption> options = LiveConfig.options();
    assertThat(options).hasSize(10);
    for (LiveOption option : options) {
      assertThat(option.doc()).isNotEmpty();
      assertThat(config.value(option)).hasSameClassAs(option.defaultValue());
      if (option.kind() == LiveOption.Kind.INTEGER || option.kind() == LiveOption.Kind.NUMBER) {
        assertThat(((Number) option.defaultValue()).doubleValue())
            .isBetween(option.min(), option.max());
      }
    }
    LiveOption registration =
        options.stream().filter(each -> each.name().equals("registration")).findFirst().get();
    assertThat(registration.choices()).containsExactly("auto", "lens", "full", "off");
    assertThat(config.value(registration)).isEqualTo("off");
  }

  /** The file is that of the start, whatever became of it. */
  @Test
  void shouldChangeOptionsOnTopOfFileAndParameters() throws Exception {
    AppConfig changed =
        config.change(Map.of("sweep.registration", "full", "validity.saturationLuma", 200));
    assertThat(changed.rolling().registration()).isEqualTo(RegistrationMode.FULL);
    assertThat(changed.validity().saturationLuma()).isEqualTo(200);
    assertThat(changed.validity().minConfidence()).isEqualTo(0.8);
    assertThat(changed.validity().textureFloor()).isEqualTo(0.02);
    assertThat(changed.source().ros().sweep().axis().planes()).isEqualTo(12);
    assertThat(config.change(Map.of("filter", "still")).validity().saturationLuma()).isEqualTo(200);
    assertThat(config.current().filter()).isEqualTo(FilterMode.STILL);
  }

  @Test
  void shouldChangeNothingIfAChangeIsNotValid() throws Exception {
    AppConfig before = config.current();
    assertThatThrownBy(() -> config.change(Map.of("validity.minConfidence", 1.5)))
        .hasMessageContaining("validity.minConfidence is 1.5; expected 0 to 1");
    assertThatThrownBy(() -> config.change(Map.of("sweep.planes", 5, "sweep.everyNth", 2)))
        .hasMessageContaining("sweep.planes: it cannot change while the node runs");
    assertThatThrownBy(() -> config.change(Map.of("validity.requireSettled", 3)))
        .isInstanceOf(ConfigException.class);
    config.change(Map.of("filter", "still"));
    assertThatThrownBy(() -> config.change(Map.of("validity.minConfidence", 0.9999)))
        .hasMessageContaining("filter is still; expected off");
    assertThat(config.current().withFilter(FilterMode.OFF)).isEqualTo(before);
  }

  @Test
  void shouldTakePresets() throws Exception {
    Path preset = Files.writeString(folder.resolve("p.yaml"), "validity: {minConfidence: 0.5}");
    assertThat(config.changeTo(preset).validity().minConfidence()).isEqualTo(0.5);
    assertThat(config.current().validity().textureFloor()).isEqualTo(0.02);
    Files.writeString(preset, "validity: {minConfidence: 0.4}\nmodel: {name: ddl}");
    assertThatThrownBy(() -> config.changeTo(preset)).hasMessageContaining("model.name: it cannot");
    Files.writeString(preset, "{}");
    assertThatThrownBy(() -> config.changeTo(preset)).hasMessageContaining("it has no option");
    assertThatThrownBy(() -> config.changeTo(folder.resolve("absent.yaml")))
        .isInstanceOf(java.io.IOException.class);
    assertThat(config.current().validity().minConfidence()).isEqualTo(0.5);
    try (var presets = Files.list(Path.of("config/presets"))) {
      for (Path each : presets.toList()) {
        config.changeTo(each);
      }
    }
  }
}
