package io.github.rackfocus.depth;

class DdlContractTest extends DepthEstimatorContract {
  @Override
  protected DepthEstimator create() {
    return PeakDepthEstimator.ddl();
  }

  /** What is kept and what is measured again are the same numbers, bit by bit. */
  @Override
  protected double tolerance() {
    return 0;
  }
}
