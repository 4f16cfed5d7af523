/** ROS messages: types, md5sums and serialization. */
@NullMarked
package io.github.rackfocus.ros.message;

import org.jspecify.annotations.NullMarked;
