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
  /** Longest call or response that is accepted; large enough for robot descriptions. */
  static final int MAX_BYTES = 16 << 20;

  private final HttpClient http;
  private final Deadlines deadlines;
  private final Duration timeout;

  public XmlRpcClient(Deadlines deadlines, Duration timeout) {
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(timeout)
            // Nodes are never behind the web proxy that the JVM may be configured with.
            .proxy(HttpClient.Builder.NO_PROXY)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    this.deadlines = deadlines;
    this.timeout = timeout;
  }

  /**
   * Calls a method and waits for its value. If an idle connection was closed meanwhile, the call is
   * repeated once: all ROS calls are idempotent.
   *
   * @throws RosException if there is no response in time, or it is a fault or malformed
   */
  public Object call(URI uri, String method, Object... parameters) throws RosException {
    byte[] body = XmlRpcWriter.call(method, List.of(parameters));
    String target = method + " at " + uri;
    try {
      HttpRequest request =
          HttpRequest.newBuilder(Hosts.callable(uri))
              .timeout(timeout)
              .header("Content-Type", "text/xml")
              .POST(HttpRequest.BodyPublishers.ofByteArray(body))
              .build();
      try {
        return send(request, target);
      } catch (java.net.ConnectException | java.net.http.HttpTimeoutException e) {
        throw e;
      } catch (IOException stale) {
        return send(request, target);
      }
    } catch (IOException e) {
      String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new RosException(target + ": no response (" + reason + ")", e);
    } catch (MalformedMessageException e) {
      throw new RosException(target + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RosException(target + ": interrupted", e);
    }
  }

  private Object send(HttpRequest request, String target)
      throws IOException, InterruptedException, RosException {
    HttpResponse<InputStream> response =
        http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream in = response.body();
        Deadlines.Guard guard = deadlines.close(in, timeout.toMillis(), TimeUnit.MILLISECONDS)) {
      if (response.statusCode() != 200) {
        throw new RosException(target + ": HTTP status " + response.statusCode());
      }
      byte[] text = in.readNBytes(MAX_BYTES + 1);
      if (text.length > MAX_BYTES) {
        throw new RosException(
            target + ": response is too long; expected at most " + MAX_BYTES + " bytes");
      }
      if (guard.expired()) {
        throw new RosException(
            target + ": no complete response within " + timeout.toMillis() + " ms");
      }
      return XmlRpcReader.readResponse(text);
    }
  }
}
