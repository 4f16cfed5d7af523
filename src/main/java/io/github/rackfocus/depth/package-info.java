/** From focal stacks to metric depth maps that state what is unknown. */
@NullMarked
package io.github.rackfocus.depth;

import org.jspecify.annotations.NullMarked;
