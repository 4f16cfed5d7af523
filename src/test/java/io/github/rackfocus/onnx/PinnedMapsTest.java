package io.github.rackfocus.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtEnvironment;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.DepthMapPool;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PinnedMapsTest {
  private final DepthMapPool pool = new DepthMapPool(PinnedMaps.CAPACITY + 1);

  @Test
  void shouldLieOverTheMapsOwnMemory() throws Exception {
    OrtEnvironment environment = OrtLoader.environment();
    try (DepthMap map = lease();
        PinnedOutputs outputs = PinnedOutputs.over(environment, map)) {
      for (Output output : Output.values()) {
        FloatBuffer plane = output.of(map);
        // Readers share the plane's position; it must not matter.
        plane.position(7);
        plane.put(5, 42 + output.ordinal());
        var tensor = Objects.requireNonNull(outputs.tensors().get(output.key()));
        assertThat(tensor.ownsBuffer()).isFalse();
        assertThat(tensor.getInfo().getShape()).containsExactly(1, 1, 8, 16);
        assertThat(tensor.getFloatBuffer().get(5)).isEqualTo(42 + output.ordinal());
      }
    }
  }

  @Test
  void shouldWriteIntoTheMapWithoutACopy() throws Exception {
    try (var graphs =
            ModelGraphs.open(
                TestModels.bundle(TestModels.PLAIN), 0, OnnxConfig.DEFAULTS.withThreads(1));
        Workspace workspace = graphs.workspace(3, 8, 16);
        DepthMap map = lease();
        PinnedOutputs outputs = PinnedOutputs.over(graphs.environment(), map)) {
      for (int i = 0; i < map.pixels(); i++) {
        map.position().put(i, Float.NaN);
      }
      for (int z = 0; z < 3; z++) {
        workspace.focus().put(z, z / 2f);
        workspace.planeWritten(z);
      }
      workspace.run(graphs.last(0), 2, outputs.tensors());
      for (int i = 0; i < map.pixels(); i++) {
        assertThat(map.position().get(i)).isEqualTo(0.5f);
      }
    }
  }

  @Test
  void shouldKnowAMapAgainAndForgetTheOldestOfTooMany() throws Exception {
    List<DepthMap> leased = new ArrayList<>();
    try (PinnedMaps maps = new PinnedMaps(OrtLoader.environment())) {
      for (int i = 0; i <= PinnedMaps.CAPACITY; i++) {
        leased.add(lease());
      }
      PinnedOutputs first = maps.of(leased.get(0));
      assertThat(maps.of(leased.get(0))).isSameAs(first);
      for (int i = 1; i < PinnedMaps.CAPACITY; i++) {
        maps.of(leased.get(i));
      }
      assertThat(maps.of(leased.get(0))).isSameAs(first);
      maps.of(leased.get(PinnedMaps.CAPACITY));
      assertThat(first.tensors()).isEmpty();
      assertThat(maps.of(leased.get(0))).isNotSameAs(first);
    }
    leased.forEach(DepthMap::close);
    assertThat(pool.leased()).isZero();
  }

  private DepthMap lease() {
    return Objects.requireNonNull(pool.tryLease(16, 8));
  }
}
