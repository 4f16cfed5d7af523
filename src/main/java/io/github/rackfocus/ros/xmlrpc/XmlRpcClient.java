package io.github.rackfocus.ros.xmlrpc;

import io.github.rackfocus.ros.message.MalformedMessageException;
import io.github.rackfocus.ros.net.Deadlines;
import io.github.rackfocus.ros.net.Hosts;
import io.github.rackfocus.ros.net.RosException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Calls XML-RPC methods of the master and of other nodes. Thread-safe. */
public final class XmlRpcClient {
  /** Longest text taken, for calls and responses alike: robot descriptions fit. */
  static final int MOST_BYTES = 16 << 20;

  private final HttpClient http;
  private final Deadlines deadlines;
  private final Duration timeout;

  public XmlRpcClient(Deadlines deadlines, Duration timeout) {
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeout)
            // A robot's nodes are never behind the proxy that the JVM may know for the web.
            .proxy(HttpClient.Builder.NO_PROXY)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    this.deadlines = deadlines;
    this.timeout = timeout;
  }

  /**
   * Calls a method and waits for its value. All calls of ROS may be made twice, so a connection
   * that was closed while idle is tried again once.
   *
   * @throws RosException if nobody answers in time, the answer is a fault, or it is malformed
   */
  public Object call(URI uri, String method, Object... parameters) throws RosException {
    byte[] body = XmlRpcWriter.call(method, List.of(parameters));
    String what = method + " at " + uri;
    try {
      HttpRequest request =
          HttpRequest.newBuilder(Hosts.callable(uri))
              .timeout(timeout)
              .header("Content-Type", "text/xml")
              .POST(HttpRequest.BodyPublishers.ofByteArray(body))
              .build();
      try {
        return once(request, what);
      } catch (java.net.ConnectException | java.net.http.HttpTimeoutException e) {
        throw e;
      } catch (IOException stale) {
        return once(request, what);
      }
    } catch (IOException e) {
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new RosException(what + ": no answer (" + why + ")", e);
    } catch (MalformedMessageException e) {
      throw new RosException(what + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RosException(what + ": interrupted", e);
    }
  }

  private Object once(HttpRequest request, String what)
      throws IOException, InterruptedException, RosException {
    HttpResponse<InputStream> response =
        http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream in = response.body();
        Deadlines.Guard guard = deadlines.close(in, timeout.toMillis(), TimeUnit.MILLISECONDS)) {
      if (response.statusCode() != 200) {
        throw new RosException(what + ": HTTP status " + response.statusCode());
      }
      byte[] text = in.readNBytes(MOST_BYTES + 1);
      if (text.length > MOST_BYTES) {
        throw new RosException(what + ": an answer of more than " + MOST_BYTES + " bytes");
      }
      if (guard.expired()) {
        throw new RosException(what + ": no whole answer within " + timeout.toMillis() + " ms");
      }
      return XmlRpcReader.readResponse(text);
    }
  }
}
