package io.github.rackfocus.ros;

import io.github.rackfocus.ros.net.BufferPool;
import io.github.rackfocus.ros.net.Deadlines;
import io.github.rackfocus.ros.net.FaultCounts;
import io.github.rackfocus.ros.tcpros.ConnectionConfig;
import io.github.rackfocus.ros.xmlrpc.XmlRpcClient;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What all topics and services of a node share. The node owns and closes it.
 *
 * @param connectionIds the last connection number given out; the slave API reports the numbers
 */
record NodeContext(
    ConnectionConfig connection,
    XmlRpcClient rpc,
    Deadlines deadlines,
    BufferPool pool,
    FaultCounts counts,
    AtomicInteger connectionIds) {}
