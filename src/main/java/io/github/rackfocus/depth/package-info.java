/** From focal stacks to metric depth maps that say what they do not know. */
@NullMarked
package io.github.rackfocus.depth;

import org.jspecify.annotations.NullMarked;
