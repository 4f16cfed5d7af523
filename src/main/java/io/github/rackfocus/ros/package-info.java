/**
 * A ROS 1 client: names, XML-RPC, TCPROS, parameters, services, time and logging, in the vocabulary
 * of rosjava. It knows nothing of the rest of this project. Start with {@link
 * io.github.rackfocus.ros.ConnectedNode}. Message classes are generated at build time.
 */
@NullMarked
package io.github.rackfocus.ros;

import org.jspecify.annotations.NullMarked;
