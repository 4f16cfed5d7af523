/** Calibrates a camera and its lens from recordings of a board, a plane or a still scene. */
@NullMarked
package io.github.rackfocus.calibrate;

import org.jspecify.annotations.NullMarked;
