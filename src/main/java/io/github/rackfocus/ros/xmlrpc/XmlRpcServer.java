package io.github.rackfocus.ros.xmlrpc;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves XML-RPC methods over HTTP. Requests are bounded in size, time and number; a method that
 * throws gives its caller a fault.
 */
public final class XmlRpcServer implements AutoCloseable {
  static {
    // Read once by the JDK's server; a user's own setting stands.
    setIfAbsent("sun.net.httpserver.maxReqTime", "10");
    setIfAbsent("sun.net.httpserver.maxRspTime", "10");
    setIfAbsent("sun.net.httpserver.nodelay", "true");
  }

  private static final Logger LOG = LoggerFactory.getLogger(XmlRpcServer.class);
  private static final int MOST_THREADS = 256;
  private static final int SHORT_BYTES = 64 << 10;
  private static final int MOST_LONG_CALLS = 4;

  private final HttpServer http;
  private final ThreadPoolExecutor threads;
  private final Map<String, Method> methods;
  private final Semaphore longCalls = new Semaphore(MOST_LONG_CALLS);
  private final RateLimitedLogger troubles;

  /** One remote method: its parameters in, its value out. */
  @FunctionalInterface
  public interface Method {
    /**
     * @throws RosException whose message becomes the caller's fault
     * @throws ClassCastException and IndexOutOfBoundsException for parameters of other kinds or too
     *     few of them
     */
    Object call(List<Object> parameters) throws RosException;
  }

  /** Binds and serves at once. Port 0 takes any. */
  public XmlRpcServer(InetSocketAddress address, Map<String, Method> methods) throws IOException {
    this(address, methods, new LongAdder());
  }

  /**
   * @param refused goes up with each call that is malformed, too long, or fails
   */
  public XmlRpcServer(InetSocketAddress address, Map<String, Method> methods, LongAdder refused)
      throws IOException {
    this.methods = Map.copyOf(methods);
    troubles = new RateLimitedLogger(LOG, refused);
    http = HttpServer.create(address, 64);
    AtomicInteger number = new AtomicInteger();
    threads =
        new ThreadPoolExecutor(
            0,
            MOST_THREADS,
            5,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              Thread thread = new Thread(task, "ros-xmlrpc-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
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
        troubles.warn(
            "XML-RPC call from "
                + exchange.getRemoteAddress()
                + " refused: "
                + MOST_LONG_CALLS
                + " long ones are being read already");
        exchange.sendResponseHeaders(503, -1);
      }
    }
  }

  /** Of long calls only a few are in memory at a time. */
  private void respondToLong(HttpExchange exchange, byte[] begin) throws IOException {
    int most = XmlRpcClient.MOST_BYTES - begin.length + 1;
    byte[] rest = exchange.getRequestBody().readNBytes(most);
    if (rest.length == most) {
      troubles.warn(
          "XML-RPC call of more than "
              + XmlRpcClient.MOST_BYTES
              + " bytes from "
              + exchange.getRemoteAddress()
              + " refused");
      exchange.sendResponseHeaders(413, -1);
      return;
    }
    byte[] request = Arrays.copyOf(begin, begin.length + rest.length);
    System.arraycopy(rest, 0, request, begin.length, rest.length);
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
      troubles.warn("XML-RPC call from " + from + ": " + e.getMessage());
      return XmlRpcWriter.fault(String.valueOf(e.getMessage()));
    }
    Method method = methods.get(call.method());
    if (method == null) {
      return XmlRpcWriter.fault("method \"" + printable(call.method()) + "\" is not supported");
    }
    try {
      return XmlRpcWriter.response(method.call(call.parameters()));
    } catch (ClassCastException | IndexOutOfBoundsException e) {
      troubles.warn("XML-RPC call " + call.method() + " from " + from + ": " + e.getMessage());
      return XmlRpcWriter.fault(printable(call.method()) + ": wrong number or kinds of parameters");
    } catch (RosException | RuntimeException e) {
      troubles.warn("XML-RPC call " + call.method() + " from " + from + " failed: " + e);
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
