/** Builds sources, estimators, sinks and nodes from the configuration. */
@NullMarked
package io.github.rackfocus.assembly;

import org.jspecify.annotations.NullMarked;
