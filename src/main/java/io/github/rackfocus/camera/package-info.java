/** Sources of frames: the interface, and stack folders. */
@NullMarked
package io.github.rackfocus.camera;

import org.jspecify.annotations.NullMarked;
