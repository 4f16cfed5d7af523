package io.github.rackfocus.eval;

import io.github.rackfocus.depth.DepthEstimator;
import java.io.IOException;
import java.util.List;

/** Creates the models to evaluate. */
public interface EstimatorFactory {
  /**
   * Creates a model.
   *
   * @param model one of {@link #names}
   * @return an estimator that the caller closes
   * @throws IOException if it is unavailable; the message is for the operator
   */
  DepthEstimator create(String model) throws IOException;

  /** Returns the names of the available models, in display order. */
  List<String> names();

  /**
   * Returns the size of all files of a model in bytes; 0 for a method without files.
   *
   * @throws IOException if the model is unavailable; the message is for the operator
   */
  long bytes(String model) throws IOException;
}
