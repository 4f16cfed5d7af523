package io.github.rackfocus.config;

import io.github.rackfocus.common.ErrorMessages;
import io.github.rackfocus.document.Section;
import io.github.rackfocus.lens.LensDeviceConfig;
import io.github.rackfocus.lens.LensDeviceConfig.Kind;
import io.github.rackfocus.lens.LensDeviceConfig.Motion;
import io.github.rackfocus.lens.LensRange;
import io.github.rackfocus.lens.LensSweep;
import io.github.rackfocus.lens.LineProtocol;
import io.github.rackfocus.lens.PositionTable;
import org.jspecify.annotations.Nullable;

/** Reads the section of the lens that Rackfocus itself drives. */
final class LensDeviceSection {
  private static final LensDeviceConfig DEFAULTS = LensDeviceConfig.DEFAULTS;
  private static final int MAX_POINTS = 256;

  private LensDeviceSection() {}

  static LensDeviceConfig read(ConfigSection section) {
    Kind kind =
        section.choice(
            "driver",
            DEFAULTS.kind(),
            "Device that moves the lens: none (readings come from a topic), Optotune Lens Driver 4"
                + " or 4i, a protocol of text lines, or the focus motor of a V4L2 camera");
    String port =
        section.text(
            "port", "", "/dev/ttyACM0, udp://HOST:PORT or /dev/video0", "Where the device is");
    if (kind != Kind.NONE && port.isEmpty()) {
      section.fault("port", "''", "where the device is, for driver: " + Section.name(kind));
    }
    int baud =
        section.integer("baud", DEFAULTS.baud(), 300, 4_000_000, "baud", "Speed of a serial line");
    Motion motion = motion(section);
    LensRange limits = limits(section);
    if (kind == Kind.LINE && limits.equals(DEFAULTS.limits())) {
      section.fault("min", "that of no lens", "min and max of the lens, for driver: line");
    }
    if (motion.pattern() == LensSweep.Pattern.STEP && motion.readRateHz() < 2 * motion.rateHz()) {
      section.fault(
          "readRate",
          motion.readRateHz() + " Hz at " + motion.rateHz() + " planes/s",
          "at least two readings of each plane");
    }
    LensDeviceConfig.Park park =
        section.choice("park", DEFAULTS.park(), "Where the lens rests when the driver ends");
    LineProtocol line = line(section.section("line", "The protocol, for driver: line."), kind);
    ConfigSection v4l2 = section.section("v4l2", "The focus motor, for driver: v4l2.");
    String control =
        v4l2.text("control", DEFAULTS.control(), "", "Control of the camera that moves the motor");
    PositionTable table = table(v4l2, kind);
    return new LensDeviceConfig(kind, port, baud, line, table, control, motion, limits, park);
  }

  private static Motion motion(ConfigSection section) {
    Motion defaults = DEFAULTS.motion();
    LensSweep.Pattern pattern =
        section.choice("pattern", defaults.pattern(), "How the lens moves through the planes");
    double rate =
        section.number("rate", defaults.rateHz(), 0.001, 10_000, "planes/s", "Speed of the sweep");
    double dwell =
        section.number(
            "dwell",
            defaults.dwellSeconds(),
            0,
            3600,
            "s",
            "Additional rest at the farthest plane, for a triangle at the nearest too");
    if (pattern == LensSweep.Pattern.SINE && dwell > 0) {
      section.fault("dwell", dwell + " s", "0 with pattern: sine, which never rests");
      dwell = 0;
    }
    double settle =
        section.number(
            "settle",
            defaults.settleSeconds(),
            0,
            60,
            "s",
            "Time the lens needs after a step; readings before are not settled");
    double tolerance =
        section.number(
            "tolerance",
            defaults.tolerance(),
            0.001,
            10,
            "dioptres",
            "Distance from the commanded focus at which the lens is settled");
    double readRate =
        section.number(
            "readRate", defaults.readRateHz(), 0.1, 2000, "Hz", "Readings of the lens per second");
    return new Motion(pattern, rate, dwell, settle, tolerance, readRate);
  }

  private static LensRange limits(ConfigSection section) {
    double min =
        section.number(
            "min",
            DEFAULTS.limits().min(),
            -100,
            100,
            "dioptres",
            "Least value the device is ever told");
    double max =
        section.number(
            "max",
            DEFAULTS.limits().max(),
            -100,
            100,
            "dioptres",
            "Greatest value the device is ever told");
    if (min > max) {
      section.fault("max", max + " below min " + min, "min or more");
      return DEFAULTS.limits();
    }
    return new LensRange(min, max);
  }

  private static @Nullable LineProtocol line(ConfigSection line, Kind kind) {
    String set = line.text("set", "", "\"P{value}\\r\\n\"", "Command that sets the value");
    String setReply =
        line.text("setReply", "", "a regular expression", "Answer to set; empty: none comes");
    String read = line.text("read", "", "", "Command that reads the lens; empty: no feedback");
    String readReply =
        line.text(
            "readReply",
            "",
            "a regular expression",
            "Answer to read, with the groups (?<value>...) and, if told, (?<temperature>...)");
    String replyEnd =
        line.text("replyEnd", "\\n", "", "End of every answer; \\r and \\n are known");
    double scale = line.number("scale", 1, -1e6, 1e6, "dioptres", "Lens power per unit of value");
    double offset = line.number("offset", 0, -1e3, 1e3, "dioptres", "Lens power at value 0");
    if (kind != Kind.LINE) {
      return null;
    }
    try {
      return new LineProtocol(
          ends(set), setReply, ends(read), readReply, ends(replyEnd), scale, offset);
    } catch (IllegalArgumentException e) {
      line.reject("set", ErrorMessages.of(e));
      return null;
    }
  }

  /** Parameters of ROS are text as typed, where a backslash is a backslash. */
  private static String ends(String text) {
    return text.replace("\\r", "\r").replace("\\n", "\n");
  }

  private static @Nullable PositionTable table(ConfigSection v4l2, Kind kind) {
    double[] positions =
        v4l2.numbers("positions", -1e9, 1e9, MAX_POINTS, "", "Positions of the motor");
    double[] dioptres =
        v4l2.numbers("dioptres", 0, 1000, MAX_POINTS, "dioptres", "Focus at each, ascending");
    if (kind != Kind.V4L2) {
      return null;
    }
    try {
      return new PositionTable(positions, dioptres);
    } catch (IllegalArgumentException e) {
      v4l2.reject("positions", ErrorMessages.of(e));
      return null;
    }
  }
}
