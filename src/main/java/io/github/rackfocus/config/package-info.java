/**
 * The configuration: one typed tree, read from YAML, ROS parameters and the command line, and
 * validated as a whole.
 */
@NullMarked
package io.github.rackfocus.config;

import org.jspecify.annotations.NullMarked;
