package io.github.rackfocus.ros.message;

/**
 * A service type: its name and what both ends of a connection compare.
 *
 * @param name package and type, e.g. {@code std_srvs/SetBool}
 * @param md5sum of request and response, by the rules of ROS
 */
public record ServiceType<Q extends Message, R extends Message>(
    String name, String md5sum, MessageType<Q> request, MessageType<R> response) {}
