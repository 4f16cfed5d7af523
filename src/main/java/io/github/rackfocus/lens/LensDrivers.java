package io.github.rackfocus.lens;

import java.net.URI;
import java.util.Objects;
import java.util.function.LongSupplier;

/** Creates the driver of a configured device. */
public final class LensDrivers {
  private static final String UDP = "udp://";
  private static final String V4L2_PROGRAM = "v4l2-ctl";

  private LensDrivers() {}

  /**
   * Returns the driver, not connected yet.
   *
   * @param clock of the stamps, nanoseconds
   * @throws IllegalArgumentException if no device is configured, or its port is no port
   */
  public static LensDriver create(LensDeviceConfig config, LongSupplier clock) {
    if (config.kind() == LensDeviceConfig.Kind.NONE) {
      throw new IllegalArgumentException(
          "no lens device is configured; expected optotune, line or v4l2");
    }
    if (config.port().isEmpty()) {
      throw new IllegalArgumentException(
          "the port of the lens device is empty; expected a path such as /dev/ttyACM0, or"
              + " udp://HOST:PORT");
    }
    String name = config.kind() == LensDeviceConfig.Kind.OPTOTUNE ? "lens driver at " : "lens at ";
    return switch (config.kind()) {
      case OPTOTUNE -> new OptotuneDriver(name + config.port(), opener(config), clock);
      case LINE ->
          new LineDriver(
              name + config.port(), Objects.requireNonNull(config.line()), opener(config), clock);
      case V4L2 ->
          new V4l2Driver(
              config.port(),
              V4L2_PROGRAM,
              config.control(),
              Objects.requireNonNull(config.table()),
              clock);
      case NONE -> throw new AssertionError(config.kind());
    };
  }

  private static LensPort.Opener opener(LensDeviceConfig config) {
    if (!config.port().startsWith(UDP)) {
      return () -> SerialLensPort.open(config.port(), config.baud());
    }
    URI address;
    try {
      address = URI.create(config.port());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(port(config), e);
    }
    String host = address.getHost();
    int port = address.getPort();
    if (host == null || port < 1 || port > 65_535) {
      throw new IllegalArgumentException(port(config));
    }
    return () -> UdpLensPort.open(host, port, 0);
  }

  private static String port(LensDeviceConfig config) {
    return "the port of the lens device is " + config.port() + "; expected udp://HOST:PORT";
  }
}
