/** Stacks with ground truth, the field's metrics, and the hand-made baselines. */
@NullMarked
package io.github.rackfocus.eval;

import org.jspecify.annotations.NullMarked;
