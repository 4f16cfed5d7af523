package io.github.rackfocus.eval;

import io.github.rackfocus.depth.ModelIdentity;
import io.github.rackfocus.sweep.FocalStack;

/** A way to compute depth maps that {@link Bench} compares with others. Not thread-safe. */
public interface BenchmarkSubject extends AutoCloseable {
  /** Returns the key in the report, such as {@code rolling}. */
  String name();

  /** Returns the identity of the model. */
  ModelIdentity model();

  /** Returns the execution provider, such as {@code CPU}. */
  String executionProvider();

  /**
   * Computes one map. The stack has one new frame compared to the previous call.
   *
   * @param stats receives the times of the stages, if the subject has any
   */
  void run(FocalStack stack, SubjectStats stats);

  @Override
  void close();
}
