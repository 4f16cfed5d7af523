package io.github.rackfocus.ros;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import io.github.rackfocus.ros.msg.rosgraph_msgs.Log;
import java.util.List;
import java.util.function.Supplier;

/** Publishes log events on /rosout, filtered by the level of their logger as ROS does. */
final class RosoutAppender extends AppenderBase<ILoggingEvent> {
  private final Publisher<Log> rosout;
  private final String nodeName;
  private final RosClock clock;
  private final Supplier<List<String>> topics;

  RosoutAppender(
      Publisher<Log> rosout, String nodeName, RosClock clock, Supplier<List<String>> topics) {
    this.rosout = rosout;
    this.nodeName = nodeName;
    this.clock = clock;
    this.topics = topics;
    setName("rosout" + nodeName);
  }

  @Override
  protected void append(ILoggingEvent event) {
    Log log = new Log();
    log.header.stampNanos = clock.nowNanos();
    log.level = level(event.getLevel());
    log.name = nodeName;
    IThrowableProxy thrown = event.getThrowableProxy();
    log.msg =
        thrown == null
            ? event.getFormattedMessage()
            : event.getFormattedMessage()
                + ": "
                + thrown.getClassName()
                + ": "
                + thrown.getMessage();
    StackTraceElement[] callers = event.getCallerData();
    if (callers != null && callers.length > 0) {
      StackTraceElement caller = callers[0];
      log.file = caller.getFileName() == null ? "" : caller.getFileName();
      log.function = caller.getClassName() + "." + caller.getMethodName();
      log.line = Math.max(0, caller.getLineNumber());
    }
    log.topics = topics.get();
    rosout.publish(log);
  }

  private static byte level(Level level) {
    return level.isGreaterOrEqual(Level.ERROR)
        ? Log.ERROR
        : level.isGreaterOrEqual(Level.WARN)
            ? Log.WARN
            : level.isGreaterOrEqual(Level.INFO) ? Log.INFO : Log.DEBUG;
  }
}
