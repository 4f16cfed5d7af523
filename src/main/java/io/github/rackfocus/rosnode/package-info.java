/**
 * The node among ROS nodes: its topics, services and parameters on the client of {@code ros}, and
 * the wiring of {@code node} behind them.
 */
@NullMarked
package io.github.rackfocus.rosnode;

import org.jspecify.annotations.NullMarked;
