/** Where depth maps go: the port, the fan-out with a bounded queue a sink, the file sink. */
@NullMarked
package io.github.rackfocus.sink;

import org.jspecify.annotations.NullMarked;
