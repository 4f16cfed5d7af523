package io.github.rackfocus.ros.bag;

/**
 * A connection of a bag: a topic as recorded from one publisher.
 *
 * @param id its number in the bag
 * @param topic resolved name
 * @param type package and type, e.g. {@code sensor_msgs/Image}
 * @param md5sum of the type, 32 hexadecimal digits, or {@code *}
 * @param definition full text of the message's definition
 */
public record BagConnection(int id, String topic, String type, String md5sum, String definition) {}
