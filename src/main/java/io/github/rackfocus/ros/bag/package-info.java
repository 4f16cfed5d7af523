/** Reads ROS 1 bags of format 2.0, whole or broken off. */
@NullMarked
package io.github.rackfocus.ros.bag;

import org.jspecify.annotations.NullMarked;

