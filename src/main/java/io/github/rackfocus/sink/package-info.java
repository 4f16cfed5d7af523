/** Where depth maps go: the port, the fan-out with one bounded queue per sink, and files. */
@NullMarked
package io.github.rackfocus.sink;

import org.jspecify.annotations.NullMarked;
