package io.github.rackfocus.lens;

import io.github.rackfocus.common.ErrorMessages;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The focus motor of a UVC or other V4L2 camera, through {@code v4l2-ctl} of v4l-utils.
 *
 * <p>Such a camera tells no position, only what it was commanded; it needs a settling time, and a
 * table from positions to dioptres. Starting a program for each command takes some milliseconds,
 * little beside the time that these motors need.
 */
final class V4l2Driver implements LensDriver {
  private static final long TIMEOUT_SECONDS = 5;
  private static final int MAX_OUTPUT = 1 << 16;

  /** Names of the control that leaves focus to the camera, newest first. */
  private static final List<String> AUTOFOCUS = List.of("focus_automatic_continuous", "focus_auto");

  private final String device;
  private final String program;
  private final String control;
  private final PositionTable table;
  private final LongSupplier clock;
  private long least;
  private long most;
  private long step = 1;
  private double commanded = Double.NaN;

  /**
   * @param program {@code v4l2-ctl}, or a path of it
   * @param control such as {@code focus_absolute}
   * @param clock of the stamps
   */
  V4l2Driver(
      String device, String program, String control, PositionTable table, LongSupplier clock) {
    this.clock = clock;
    this.device = device;
    this.program = program;
    this.control = control;
    this.table = table;
  }

  @Override
  public String name() {
    return control + " of " + device;
  }

  @Override
  public boolean isFocus() {
    return true;
  }

  @Override
  public LensRange connect() throws LensException, InterruptedException {
    String controls = run("--list-ctrls");
    for (String name : AUTOFOCUS) {
      if (Pattern.compile("^\\s*" + name + "\\s", Pattern.MULTILINE).matcher(controls).find()) {
        run("--set-ctrl=" + name + "=0");
        break;
      }
    }
    Matcher line =
        Pattern.compile(
                "^\\s*"
                    + Pattern.quote(control)
                    + "\\s.*\\bmin=(-?\\d{1,9})\\s+max=(-?\\d{1,9})\\s+step=(\\d{1,9})",
                Pattern.MULTILINE)
            .matcher(controls);
    if (!line.find()) {
      throw new LensException(
          device
              + " has no control "
              + control
              + "; expected one that v4l2-ctl --list-ctrls lists");
    }
    least = Long.parseLong(line.group(1));
    most = Long.parseLong(line.group(2));
    step = Math.max(1, Long.parseLong(line.group(3)));
    LensRange range = table.range();
    for (double focus : new double[] {range.min(), range.max()}) {
      double position = table.position(focus);
      if (position < least || position > most) {
        throw new LensException(
            "the table has position "
                + position
                + "; "
                + name()
                + " takes "
                + least
                + " to "
                + most);
      }
    }
    commanded = Double.NaN;
    return range;
  }

  @Override
  public void set(double dioptres) throws LensException, InterruptedException {
    long position = least + step * Math.round((table.position(dioptres) - least) / (double) step);
    run("--set-ctrl=" + control + "=" + Math.min(position, most));
    // What the motor was told, which steps round.
    commanded = table.focus(Math.min(position, most));
  }

  @Override
  public LensSample read() {
    return new LensSample(commanded, Float.NaN, clock.getAsLong(), 0);
  }

  private String run(String option) throws LensException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program, "--device", device, option));
    Process process = null;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      // It prints less than a pipe holds, so that it can be read after its end.
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new LensException(name() + ": " + program + " did not end in 5 s");
      }
      String output;
      try (InputStream in = process.getInputStream()) {
        output = new String(in.readNBytes(MAX_OUTPUT), StandardCharsets.UTF_8);
      }
      if (process.exitValue() != 0) {
        throw new LensException(
            name() + ": " + option + " failed: " + output.strip().lines().findFirst().orElse(""));
      }
      return output;
    } catch (IOException e) {
      if (e instanceof LensException known) {
        throw known;
      }
      throw new LensException(
          name() + ": " + ErrorMessages.of(e) + "; expected v4l2-ctl of v4l-utils", e);
    } finally {
      if (process != null) {
        process.destroyForcibly();
      }
    }
  }

  @Override
  public void close() {
    // Nothing is held open between commands.
  }
}
