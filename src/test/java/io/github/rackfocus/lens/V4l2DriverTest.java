package io.github.rackfocus.lens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The driver with a stand-in that prints and takes what v4l2-ctl 1.22 does. */
class V4l2DriverTest {
  private static final PositionTable TABLE =
      new PositionTable(new double[] {0, 100, 250}, new double[] {0, 4, 12});

  @TempDir private Path folder;

  private Path program(String lists) throws Exception {
    Path program = folder.resolve("v4l2-ctl");
    Files.writeString(
        program,
        """
        #!/bin/sh
        echo "$@" >> %s
        case "$3" in
          --list-ctrls) cat <<'END'

        Camera Controls

        %s
        END
        ;;
          *=13[0-9]) echo "VIDIOC_S_EXT_CTRLS: failed: Input/output error" >&2; exit 255;;
        esac
        """
            .formatted(folder.resolve("heard"), lists));
    assertThat(program.toFile().setExecutable(true)).isTrue();
    return program;
  }

  private static final String CONTROLS =
      """
                  focus_absolute 0x009a090a (int)    : min=0 max=250 step=5 default=0 value=30
      focus_automatic_continuous 0x009a090c (bool)   : default=1 value=1\
      """;

  @Test
  void shouldMoveTheMotor() throws Exception {
    V4l2Driver driver =
        new V4l2Driver(
            "/dev/video7", program(CONTROLS).toString(), "focus_absolute", TABLE, () -> 5);
    assertThat(driver.connect()).isEqualTo(new LensRange(0, 12));
    assertThat(driver.read().dioptres()).isNaN();
    driver.set(4.1);
    // The motor moves in steps of 5: 100, not 101.9.
    assertThat(driver.read().dioptres()).isCloseTo(4, within(1e-9));
    assertThat(driver.isFocus()).isTrue();
    assertThat(Files.readAllLines(folder.resolve("heard")))
        .containsExactly(
            "--device /dev/video7 --list-ctrls",
            "--device /dev/video7 --set-ctrl=focus_automatic_continuous=0",
            "--device /dev/video7 --set-ctrl=focus_absolute=100");
    assertThatThrownBy(() -> driver.set(5.6))
        .hasMessageContaining("--set-ctrl=focus_absolute=130 failed: VIDIOC_S_EXT_CTRLS");
  }

  @Test
  void shouldSayWhatIsWrong() throws Exception {
    String program = program("  zoom_absolute 0x1 (int) : min=0 max=1 step=1").toString();
    assertThatThrownBy(
            () -> new V4l2Driver("/dev/v", program, "focus_absolute", TABLE, () -> 5).connect())
        .hasMessageContaining("/dev/v has no control focus_absolute; expected one that");
    assertThatThrownBy(() ->
            new V4l2Driver("/dev/v", "/no/v4l2-ctl", "focus_absolute", TABLE, () -> 5).connect())
        .hasMessageContaining("expected v4l2-ctl of v4l-utils");
    String narrow = program(CONTROLS.replace("max=250", "max=200")).toString();
    assertThatThrownBy(
            () -> new V4l2Driver("/dev/v", narrow, "focus_absolute", TABLE, () -> 5).connect())
        .hasMessage("the table has position 250.0; focus_absolute of /dev/v takes 0 to 200");
    assertThatThrownBy(() -> new PositionTable(new double[] {1, 2}, new double[] {3, 3}))
        .hasMessageContaining("expected ascending dioptres");
    assertThatThrownBy(() -> new PositionTable(new double[] {1}, new double[] {3}))
        .hasMessageContaining("at least 2");
  }

  @Property(tries = 200, seed = "20261128")
  void shouldGoThereAndBack(@ForAll @DoubleRange(min = 0, max = 12) double focus) {
    assertThat(TABLE.focus(TABLE.position(focus))).isCloseTo(focus, within(1e-9));
    PositionTable down = new PositionTable(new double[] {250, 100, 0}, new double[] {0, 4, 12});
    assertThat(down.focus(down.position(focus))).isCloseTo(focus, within(1e-9));
  }
}
