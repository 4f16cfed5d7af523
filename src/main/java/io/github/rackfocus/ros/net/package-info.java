/** Addresses, sockets, deadlines and buffers shared by XML-RPC and TCPROS. */
@NullMarked
package io.github.rackfocus.ros.net;

import org.jspecify.annotations.NullMarked;
