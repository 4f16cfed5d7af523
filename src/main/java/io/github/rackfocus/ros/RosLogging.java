package io.github.rackfocus.ros;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.FileAppender;
import io.github.rackfocus.ros.msg.roscpp.GetLoggers;
import io.github.rackfocus.ros.msg.roscpp.Logger;
import io.github.rackfocus.ros.msg.roscpp.SetLoggerLevel;
import io.github.rackfocus.ros.msg.rosgraph_msgs.Log;
import io.github.rackfocus.ros.net.RosException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/**
 * Connects logback to ROS: /rosout, the log file of {@code __log:=}, and the services that list
 * loggers and set their levels. With another slf4j backend it only logs a warning.
 */
final class RosLogging implements AutoCloseable {
  private static final Map<String, Level> LEVELS =
      Map.of(
          "debug", Level.DEBUG,
          "info", Level.INFO,
          "warn", Level.WARN,
          "error", Level.ERROR,
          "fatal", Level.ERROR);

  private final @Nullable LoggerContext context;
  private final List<Appender<ILoggingEvent>> appenders = new ArrayList<>();

  RosLogging() {
    ILoggerFactory factory = LoggerFactory.getILoggerFactory();
    context = factory instanceof LoggerContext logback ? logback : null;
    if (context == null) {
      LoggerFactory.getLogger(RosLogging.class)
          .warn("/rosout and log level services are disabled: the slf4j backend is not logback");
    }
  }

  void publish(
      Publisher<Log> rosout, String nodeName, RosClock clock, Supplier<List<String>> topics) {
    attach(new RosoutAppender(rosout, nodeName, clock, topics));
  }

  void writeTo(String file) {
    if (context == null) {
      return;
    }
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSS} %-5level [%thread] %logger{20}: %msg%n");
    encoder.start();
    FileAppender<ILoggingEvent> appender = new FileAppender<>();
    appender.setName("__log");
    appender.setFile(file);
    appender.setEncoder(encoder);
    attach(appender);
  }

  private void attach(Appender<ILoggingEvent> appender) {
    if (context == null) {
      return;
    }
    appender.setContext(context);
    appender.start();
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(appender);
    appenders.add(appender);
  }

  void list(GetLoggers.Request request, GetLoggers.Response response) {
    if (context == null) {
      return;
    }
    for (ch.qos.logback.classic.Logger logger : context.getLoggerList()) {
      Logger entry = new Logger();
      entry.name = logger.getName();
      entry.level = name(logger.getEffectiveLevel());
      response.loggers.add(entry);
    }
  }

  private static String name(Level level) {
    return level.toInt() < Level.DEBUG_INT ? "debug" : level.toString().toLowerCase(Locale.ROOT);
  }

  void set(SetLoggerLevel.Request request, SetLoggerLevel.Response response) throws RosException {
    Level level = LEVELS.get(request.level.toLowerCase(Locale.ROOT));
    if (level == null) {
      throw new RosException(
          "level is \"" + request.level + "\"; expected debug, info, warn, error or fatal");
    }
    ch.qos.logback.classic.Logger logger = context == null ? null : context.exists(request.logger);
    if (logger == null) {
      throw new RosException("no logger \"" + request.logger + "\"");
    }
    logger.setLevel(level);
  }

  @Override
  public void close() {
    if (context == null) {
      return;
    }
    for (Appender<ILoggingEvent> appender : appenders) {
      context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).detachAppender(appender);
      appender.stop();
    }
  }
}
