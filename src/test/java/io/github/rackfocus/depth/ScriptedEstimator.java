package io.github.rackfocus.depth;

import io.github.rackfocus.sweep.FocalStack;

/** Says the same of every pixel but for a little texture. */
final class ScriptedEstimator implements DepthEstimator {
  float position = 0.5f;
  float error;
  float confidence = 0.98f;

  ScriptedEstimator(float error) {
    this.error = error;
  }

  @Override
  public void estimate(FocalStack stack, DepthMap into) {
    for (int i = 0; i < into.pixels(); i++) {
      into.position().put(i, position);
      into.error().put(i, error);
      into.confidence().put(i, confidence);
      into.allFocus().put(i, i % 2 * 0.3f);
    }
  }

  @Override
  public ModelIdentity model() {
    return new ModelIdentity("scripted", "1", "");
  }

  @Override
  public String executionProvider() {
    return "none";
  }

  @Override
  public int minPlanes() {
    return 3;
  }

  @Override
  public int maxPlanes() {
    return 64;
  }

  @Override
  public int iterations() {
    return 0;
  }

  @Override
  public void close() {}
}
