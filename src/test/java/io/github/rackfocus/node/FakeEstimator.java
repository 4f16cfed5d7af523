package io.github.rackfocus.node;

import io.github.rackfocus.depth.DepthEstimator;
import io.github.rackfocus.depth.DepthMap;
import io.github.rackfocus.depth.ModelIdentity;
import io.github.rackfocus.sweep.FocalStack;
import java.util.List;

/** An estimator without a model: a constant depth in the middle of the sweep. Allocates nothing. */
class FakeEstimator implements DepthEstimator {
  private final ModelIdentity model = new ModelIdentity("fake", "1", "");
  private final List<Integer> choices;
  private volatile int iterations;

  /**
   * @param choices numbers of iterations it can run, ascending; starts with the greatest
   */
  FakeEstimator(Integer... choices) {
    this.choices = List.of(choices);
    this.iterations = choices[choices.length - 1];
  }

  @Override
  public void estimate(FocalStack stack, DepthMap into) {
    for (int i = 0; i < into.pixels(); i++) {
      into.position().put(i, 0.5f);
      into.error().put(i, 0.01f);
      into.confidence().put(i, 1);
      into.allFocus().put(i, 0.4f);
    }
  }

  @Override
  public ModelIdentity model() {
    return model;
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
    return 5;
  }

  @Override
  public int iterations() {
    return iterations;
  }

  @Override
  public List<Integer> iterationChoices() {
    return choices;
  }

  @Override
  public void useIterations(int number) {
    iterations = number;
  }

  @Override
  public void close() {}
}
