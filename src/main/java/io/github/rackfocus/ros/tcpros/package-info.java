/** TCPROS connections between publishers and subscribers. */
@NullMarked
package io.github.rackfocus.ros.tcpros;

import org.jspecify.annotations.NullMarked;
