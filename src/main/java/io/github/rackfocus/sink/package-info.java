/** Sinks of depth maps: the interface, the fan-out with a queue per sink, and files. */
@NullMarked
package io.github.rackfocus.sink;

import org.jspecify.annotations.NullMarked;
