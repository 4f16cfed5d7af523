/**
 * A ROS 1 client in the vocabulary of rosjava: nodes, topics, services, parameters, time and
 * logging. It does not depend on the rest of this project except {@code common}. Start with {@link
 * io.github.rackfocus.ros.ConnectedNode}. Message classes are generated at build time.
 */
@NullMarked
package io.github.rackfocus.ros;

import org.jspecify.annotations.NullMarked;
