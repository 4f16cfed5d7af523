/**
 * Drivers of tunable lenses: the motion of a sweep, the devices and their protocols, and the thread
 * that moves a lens and reads it. Knows nothing of ROS.
 */
@NullMarked
package io.github.rackfocus.lens;

import org.jspecify.annotations.NullMarked;
