/** Stacks with ground truth, metrics and benchmarks. */
@NullMarked
package io.github.rackfocus.eval;

import org.jspecify.annotations.NullMarked;
