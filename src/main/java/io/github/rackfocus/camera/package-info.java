/** Sources of frames: the port, and stack folders. */
@NullMarked
package io.github.rackfocus.camera;

import org.jspecify.annotations.NullMarked;
