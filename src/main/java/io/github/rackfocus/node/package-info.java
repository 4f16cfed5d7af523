/** Configuration, wiring, lifecycle and health of the depth node. */
@NullMarked
package io.github.rackfocus.node;

import org.jspecify.annotations.NullMarked;
