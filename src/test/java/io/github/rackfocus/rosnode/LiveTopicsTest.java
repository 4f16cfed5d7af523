package io.github.rackfocus.rosnode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.github.rackfocus.config.AppConfig;
import io.github.rackfocus.config.RosInputConfig;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.ros.ConnectedNode;
import io.github.rackfocus.ros.InJvmMaster;
import io.github.rackfocus.ros.NodeConfiguration;
import io.github.rackfocus.ros.Publisher;
import io.github.rackfocus.ros.msg.rackfocus_msgs.LensState;
import io.github.rackfocus.ros.msg.sensor_msgs.Image;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Recording a running camera, on a master in this JVM. */
@Timeout(60)
class LiveTopicsTest {
  private static final Map<String, String> LOOPBACK = Map.of("ROS_IP", "127.0.0.1");
  private static final RosInputConfig INPUT = AppConfig.defaults().source().ros();

  private InJvmMaster master;
  private ConnectedNode driver;

  @BeforeEach
  void start() throws Exception {
    master = new InJvmMaster();
    driver =
        ConnectedNode.connect(
            NodeConfiguration.fromCommandLine(
                List.of("__master:=" + master.uri()), LOOPBACK, "driver"));
  }

  @AfterEach
  void stop() {
    driver.close();
    master.close();
  }

  private LiveTopics open(Duration duration, Duration patience) throws Exception {
    return LiveTopics.open(
        "/cam/image_raw",
        "/cam/lens",
        duration,
        patience,
        INPUT,
        List.of("__master:=" + master.uri()),
        LOOPBACK);
  }

  @Test
  void shouldHandOnTheFramesOfACameraUntilTheTimeIsOver() throws Exception {
    Publisher<Image> images = driver.newPublisher("/cam/image_raw", Image.TYPE, 10);
    Publisher<LensState> lens = driver.newPublisher("/cam/lens", LensState.TYPE, 10);
    AtomicBoolean ended = new AtomicBoolean();
    Thread camera =
        new Thread(() -> {
          for (long i = 0; !ended.get(); i++) {
            long stamp = 1_000_000_000_000L + i * 20_000_000L;
            lens.publish(reading(stamp));
            images.publish(image(stamp));
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000L);
          }
        });
    camera.start();
    int frames = 0;
    try (LiveTopics live = open(Duration.ofMillis(600), Duration.ofSeconds(30))) {
      assertThat(live.name()).isEqualTo("/cam/image_raw");
      Frame frame;
      while ((frame = live.next()) != null) {
        try (Frame closing = frame) {
          assertThat(closing.width()).isEqualTo(64);
          frames += closing.focus().isKnown() ? 1 : 0;
        }
      }
    } finally {
      ended.set(true);
      camera.join();
    }
    assertThat(frames).isPositive();
  }

  @Test
  void shouldSayThatNoImageComes() throws Exception {
    try (LiveTopics live = open(Duration.ofSeconds(1), Duration.ofMillis(100))) {
      assertThatIOException()
          .isThrownBy(live::next)
          .withMessageContaining("/cam/image_raw: no image within 0 s");
    }
  }

  private static LensState reading(long stamp) {
    LensState state = new LensState();
    state.header.stampNanos = stamp;
    state.focusDioptres = 3;
    state.lensPowerDioptres = Double.NaN;
    state.settled = true;
    return state;
  }

  private static Image image(long stamp) {
    Image image = new Image();
    image.header.stampNanos = stamp;
    image.encoding = "mono8";
    image.width = 64;
    image.height = 48;
    image.step = 64;
    image.data = ByteBuffer.wrap(new byte[64 * 48]);
    return image;
  }
}
