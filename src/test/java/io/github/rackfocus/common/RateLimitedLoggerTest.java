package io.github.rackfocus.common;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class RateLimitedLoggerTest {
  @Test
  void shouldSpeakAtMostOnceASecondAndSayHowMuchItWithheld() {
    Logger logger = (Logger) LoggerFactory.getLogger("throttled");
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    logger.addAppender(said);
    logger.setAdditive(false);
    logger.setLevel(ch.qos.logback.classic.Level.WARN);
    AtomicLong now = new AtomicLong();
    RateLimitedLogger log = new RateLimitedLogger(logger, new LongAdder(), now::get);
    for (int i = 0; i < 250; i++) {
      log.warn("frame {} was dropped", i);
      now.addAndGet(10_000_000);
    }
    assertThat(said.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "frame 0 was dropped",
            "frame 100 was dropped (99 more since the last message)",
            "frame 200 was dropped (99 more since the last message)");
  }
}
