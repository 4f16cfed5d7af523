package io.github.rackfocus.eval;

import io.github.rackfocus.depth.DepthEstimator;
import java.io.IOException;
import java.util.List;

/** Makes the models that are to be evaluated. */
public interface EstimatorFactory {
  /**
   * Makes a model.
   *
   * @param model one of {@link #names}
   * @return an estimator that the caller closes
   * @throws IOException if it can't be had, in a sentence for the operator
   */
  DepthEstimator create(String model) throws IOException;

  /** The models there are, in the order in which they are to be shown. */
  List<String> names();

  /**
   * Bytes of all files of a model; 0 for a method that has none.
   *
   * @throws IOException if the model can't be had, in a sentence for the operator
   */
  long bytes(String model) throws IOException;
}
