package io.github.rackfocus.rosnode;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.common.NumberFormats;
import io.github.rackfocus.node.CapturedMap;
import io.github.rackfocus.node.DepthNode;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.msg.std_srvs.Trigger;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service {@code ~capture}, std_srvs/Trigger: one map of a whole sweep that is exposed after
 * the call, answered when it is published. For robots that look, then act.
 */
final class CaptureService {
  private static final Logger LOG = LoggerFactory.getLogger(CaptureService.class);

  private CaptureService() {}

  /**
   * Advertises the service.
   *
   * @param demand tells the source at once that frames are wanted
   * @param timeoutSeconds after which a call fails
   */
  static void advertise(
      ConnectedNode ros, DepthNode node, Consumer<Boolean> demand, double timeoutSeconds) {
    ros.newServiceServer(
        "~capture",
        Trigger.TYPE,
        (request, response) -> {
          CompletableFuture<CapturedMap> answer = node.capture();
          demand.accept(true);
          try {
            CapturedMap map = answer.get(Math.round(1e9 * timeoutSeconds), TimeUnit.NANOSECONDS);
            response.success = true;
            response.message = describe(map);
          } catch (TimeoutException e) {
            response.message = node.withoutCapture(timeoutSeconds);
          } catch (ExecutionException e) {
            response.message = ErrorMessages.of(Objects.requireNonNullElse(e.getCause(), e));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            response.message = "the node ends";
          } finally {
            answer.cancel(false);
          }
          LOG.info("{}: capture: {}", ros.getName(), response.message);
        });
  }

  private static String describe(CapturedMap map) {
    return String.format(
        Locale.ROOT,
        "map at %s s of %d planes over %.3f s, %.0f %% published, %.3f s after the call",
        NumberFormats.seconds(map.stampNanos()),
        map.planes(),
        map.spanNanos() / 1e9,
        100 * map.publishedShare(),
        map.elapsedNanos() / 1e9);
  }
}
