package io.github.rackfocus.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import io.github.rackfocus.depth.DepthMap;
import org.jspecify.annotations.Nullable;

/**
 * Caches the tensors over pooled depth maps, since a pool reuses a few maps. Bounded; the oldest
 * entry is replaced first.
 */
final class PinnedMaps implements AutoCloseable {
  static final int CAPACITY = 32;

  private final OrtEnvironment environment;
  private final @Nullable PinnedOutputs[] known = new @Nullable PinnedOutputs[CAPACITY];
  private int next;

  PinnedMaps(OrtEnvironment environment) {
    this.environment = environment;
  }

  /** Returns the outputs over a map. */
  PinnedOutputs of(DepthMap map) throws OrtException {
    for (PinnedOutputs outputs : known) {
      if (outputs != null && outputs.isOver(map)) {
        return outputs;
      }
    }
    PinnedOutputs made = PinnedOutputs.over(environment, map);
    PinnedOutputs oldest = known[next];
    if (oldest != null) {
      oldest.close();
    }
    known[next] = made;
    next = (next + 1) % CAPACITY;
    return made;
  }

  @Override
  public void close() {
    for (int i = 0; i < CAPACITY; i++) {
      PinnedOutputs outputs = known[i];
      if (outputs != null) {
        outputs.close();
        known[i] = null;
      }
    }
  }
}
