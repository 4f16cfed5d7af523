package io.github.rackfocus.node;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.rackfocus.camera.simulated.Scenario;
import io.github.rackfocus.camera.simulated.SimulatedCamera;
import io.github.rackfocus.camera.simulated.SimulatedCameraConfig;
import io.github.rackfocus.frame.Frame;
import io.github.rackfocus.frame.FramePool;
import io.github.rackfocus.sweep.FocusAxis;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LensMonitorTest {
  private static List<String> warnings(SimulatedCameraConfig config, double exposureOffset)
      throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger(LensMonitor.class);
    ListAppender<ILoggingEvent> appender = new ListAppender<>();
    appender.start();
    logger.addAppender(appender);
    try (SimulatedCamera camera =
        new SimulatedCamera(
            config.withPlayback(config.playback().withPaced(false)), new FramePool(1))) {
      LensMonitor monitor =
          new LensMonitor("arm", FocusAxis.uniformDioptres(1 / 0.6, 10, 10), exposureOffset);
      for (int i = 0; i < 8 * camera.sweepFrames(); i++) {
        try (Frame frame = camera.next()) {
          monitor.add(frame);
        }
      }
    } finally {
      logger.detachAppender(appender);
    }
    return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private static SimulatedCameraConfig small(Scenario scenario) {
    SimulatedCameraConfig defaults = SimulatedCameraConfig.DEFAULTS;
    return scenario.applyTo(defaults.withFormat(defaults.format().withWidth(128).withHeight(96)));
  }

  @Test
  void shouldNameTheKeyAndTheValueOnce() throws Exception {
    List<String> warnings = warnings(small(Scenario.CLOCK_OFFSET), 0.1);
    assertThat(warnings).hasSize(1);
    assertThat(warnings.get(0))
        .startsWith("arm: ")
        .contains("lens.exposureOffset to 0.1", "clock_offset", "hysteresis");
    String set = warnings.get(0).replaceAll(".*exposureOffset to ([0-9.]+),.*", "$1");
    assertThat(Double.parseDouble(set)).isBetween(0.1085, 0.1115);
  }

  @Test
  void shouldSayNothingOfALensThatIsTrue() throws Exception {
    assertThat(warnings(small(Scenario.STILL), 0)).isEmpty();
  }
}
