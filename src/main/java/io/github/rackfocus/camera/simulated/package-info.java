/** A simulated camera with a liquid lens: scene, thin-lens renderer and sensor model. */
@NullMarked
package io.github.rackfocus.camera.simulated;

import org.jspecify.annotations.NullMarked;
