/** A simulated camera with a liquid lens: scenes, a thin-lens renderer, a sensor model. */
@NullMarked
package io.github.rackfocus.camera.simulated;

import org.jspecify.annotations.NullMarked;
