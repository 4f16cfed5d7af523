/** Evaluation on stacks with ground truth, and benchmarks. */
@NullMarked
package io.github.rackfocus.eval;

import org.jspecify.annotations.NullMarked;
