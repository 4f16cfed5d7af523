/** The depth node as a ROS node: topics in and out, parameters, services and diagnostics. */
@NullMarked
package io.github.rackfocus.rosnode;

import org.jspecify.annotations.NullMarked;
