/** XML-RPC client and server as the ROS master and slave APIs need them. */
@NullMarked
package io.github.rackfocus.ros.xmlrpc;

import org.jspecify.annotations.NullMarked;
