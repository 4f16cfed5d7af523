/** Focus axes, matching of frames to lens readings, and the rolling focal stack. */
@NullMarked
package io.github.rackfocus.sweep;

import org.jspecify.annotations.NullMarked;
