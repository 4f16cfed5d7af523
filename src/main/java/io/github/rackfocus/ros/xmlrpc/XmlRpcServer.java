package io.github.rackfocus.ros.xmlrpc;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.github.rackfocus.common.DaemonThreads;
import io.github.rackfocus.common.PrintableText;
import io.github.rackfocus.common.RateLimitedLogger;
import io.github.rackfocus.ros.message.MalformedMessageException;
import io.github.rackfocus.ros.net.RosException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves XML-RPC methods over HTTP. Requests are bounded in size, time and number. If a method
 * throws, the caller receives a fault.
 */
public final class XmlRpcServer implements AutoCloseable {
  static {
    // Read once by the JDK's server; values set by the user take precedence.
    setIfAbsent("sun.net.httpserver.maxReqTime", "10");
    setIfAbsent("sun.net.httpserver.maxRspTime", "10");
    setIfAbsent("sun.net.httpserver.nodelay", "true");
  }

  private static final Logger LOG = LoggerFactory.getLogger(XmlRpcServer.class);
  private static final int MAX_THREADS = 256;
  private static final int SHORT_BYTES = 64 << 10;
  private static final int MAX_LONG_CALLS = 4;

  private final HttpServer http;
  private final ThreadPoolExecutor threads;
  private final Map<String, Method> methods;
  private final Semaphore longCalls = new Semaphore(MAX_LONG_CALLS);
  private final RateLimitedLogger failures;

  /** A remote method. */
  @FunctionalInterface
  public interface Method {
    /**
     * Handles a call and returns its value.
     *
     * @throws RosException to return a fault with its message
     * @throws ClassCastException if a parameter has another type
     * @throws IndexOutOfBoundsException if there are too few parameters
     */
    Object call(List<Object> parameters) throws RosException;
  }

  /**
   * Binds and starts serving.
   *
   * @param address to bind; port 0 selects a free one
   * @param rejected incremented for each call that is malformed, too long or fails
   */
  public XmlRpcServer(InetSocketAddress address, Map<String, Method> methods, LongAdder rejected)
      throws IOException {
    this.methods = Map.copyOf(methods);
    failures = new RateLimitedLogger(LOG, rejected);
    http = HttpServer.create(address, 64);
    threads =
        new ThreadPoolExecutor(
            0,
            MAX_THREADS,
            5,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            DaemonThreads.factory("ros-xmlrpc"));
    http.setExecutor(threads);
    http.createContext("/", this::handle);
    http.start();
  }

  public int port() {
    return http.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (!exchange.getRequestMethod().equals("POST")) {
        exchange.sendResponseHeaders(405, -1);
        return;
      }
      byte[] request = exchange.getRequestBody().readNBytes(SHORT_BYTES);
      if (request.length < SHORT_BYTES) {
        respond(exchange, request);
      } else if (longCalls.tryAcquire()) {
        try {
          respondToLong(exchange, request);
        } finally {
          longCalls.release();
        }
      } else {
        failures.warn(
            "XML-RPC call from "
                + exchange.getRemoteAddress()
                + " rejected: already reading "
                + MAX_LONG_CALLS
                + " long calls");
        exchange.sendResponseHeaders(503, -1);
      }
    }
  }

  /** Reads the rest of a long call; only a few of them are in memory at a time. */
  private void respondToLong(HttpExchange exchange, byte[] start) throws IOException {
    int limit = XmlRpcClient.MAX_BYTES - start.length + 1;
    byte[] rest = exchange.getRequestBody().readNBytes(limit);
    if (rest.length == limit) {
      failures.warn(
          "XML-RPC call of more than "
              + XmlRpcClient.MAX_BYTES
              + " bytes from "
              + exchange.getRemoteAddress()
              + " rejected");
      exchange.sendResponseHeaders(413, -1);
      return;
    }
    byte[] request = Arrays.copyOf(start, start.length + rest.length);
    System.arraycopy(rest, 0, request, start.length, rest.length);
    respond(exchange, request);
  }

  private void respond(HttpExchange exchange, byte[] request) throws IOException {
    byte[] response = answer(request, exchange.getRemoteAddress());
    exchange.getResponseHeaders().set("Content-Type", "text/xml");
    exchange.sendResponseHeaders(200, response.length);
    exchange.getResponseBody().write(response);
  }

  private byte[] answer(byte[] request, InetSocketAddress from) {
    XmlRpcReader.Call call;
    try {
      call = XmlRpcReader.readCall(request);
    } catch (MalformedMessageException e) {
      failures.warn("XML-RPC call from " + from + ": " + e.getMessage());
      return XmlRpcWriter.fault(String.valueOf(e.getMessage()));
    }
    Method method = methods.get(call.method());
    if (method == null) {
      return XmlRpcWriter.fault("method \"" + printable(call.method()) + "\" is not supported");
    }
    try {
      return XmlRpcWriter.response(method.call(call.parameters()));
    } catch (ClassCastException | IndexOutOfBoundsException e) {
      failures.warn("XML-RPC call " + call.method() + " from " + from + ": " + e.getMessage());
      return XmlRpcWriter.fault(printable(call.method()) + ": wrong number or types of parameters");
    } catch (RosException | RuntimeException e) {
      failures.warn("XML-RPC call " + call.method() + " from " + from + " failed: " + e);
      return XmlRpcWriter.fault(printable(String.valueOf(e.getMessage())));
    }
  }

  private static String printable(String text) {
    return PrintableText.of(text, 200);
  }

  private static void setIfAbsent(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
  }
}
