/** Reads ROS 1 bags of format 2.0, including truncated ones. */
@NullMarked
package io.github.rackfocus.ros.bag;

import org.jspecify.annotations.NullMarked;
