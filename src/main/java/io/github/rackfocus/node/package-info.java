/** The pipeline from camera to sinks: stages, deadline, health. Knows neither Kafka nor ROS. */
@NullMarked
package io.github.rackfocus.node;

import org.jspecify.annotations.NullMarked;
