/** ROS graph resource names and remapping. */
@NullMarked
package io.github.rackfocus.ros.names;

import org.jspecify.annotations.NullMarked;
