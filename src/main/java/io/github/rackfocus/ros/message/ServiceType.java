package io.github.rackfocus.ros.message;

/**
 * What a service type is called, and what both ends compare.
 *
 * @param name package and type, e.g. {@code std_srvs/SetBool}
 * @param md5sum over request and response, by ROS's rules
 */
public record ServiceType<Q extends Message, R extends Message>(
    String name, String md5sum, MessageType<Q> request, MessageType<R> response) {}
