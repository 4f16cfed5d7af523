package io.github.rackfocus.eval;

import io.github.rackfocus.depth.ModelIdentity;
import io.github.rackfocus.sweep.FocalStack;

/** One way of computing a map, which a {@link Bench} compares with others. For one thread. */
public interface BenchmarkSubject extends AutoCloseable {
  /** The key in the report, such as {@code rolling}. */
  String name();

  /** What computes. */
  ModelIdentity model();

  /** Where it computes. */
  String executionProvider();

  /**
   * Does the work of one map; the stack has one frame that the one before had not.
   *
   * @param stats gets the times of stages, if there are any
   */
  void run(FocalStack stack, SubjectStats stats);

  @Override
  void close();
}
