/**
 * Registration of the frames of a sweep: global motion between frames that differ in focus, and the
 * warp of frames into one view.
 */
@NullMarked
package io.github.rackfocus.registration;

import org.jspecify.annotations.NullMarked;
