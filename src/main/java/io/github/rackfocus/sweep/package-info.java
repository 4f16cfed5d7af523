/** Focus axes and rolling focal stacks: which frame is in focus where. */
@NullMarked
package io.github.rackfocus.sweep;

import org.jspecify.annotations.NullMarked;
