package io.github.rackfocus.lens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The Optotune driver through jSerialComm and a real pseudo-terminal. */
@Timeout(60)
class SerialLineTest {
  @TempDir private Path folder;

  @Test
  void shouldDriveTheDeviceOverATerminalAndNoticeThatItIsGone() throws Exception {
    assumeTrue(EmulatedLine.missing().isEmpty(), EmulatedLine.missing());
    OptotuneEmulator emulator = new OptotuneEmulator('A', System::nanoTime);
    Path path = folder.resolve("ttyLENS");
    LensDriver driver =
        LensDrivers.create(
            LensDeviceConfig.DEFAULTS
                .withKind(LensDeviceConfig.Kind.OPTOTUNE)
                .withPort(path.toString()),
            System::nanoTime);
    assertThatThrownBy(driver::connect).hasMessageContaining(path + " is absent; expected");
    try (EmulatedLine line = new EmulatedLine(emulator, path);
        driver) {
      line.plugIn();
      assertThat(driver.connect()).isEqualTo(new LensRange(-3, 12));
      for (double power = -2; power < 12; power += 2.5) {
        driver.set(power);
        assertThat(driver.read().dioptres()).isCloseTo(power, within(0.0025));
      }
      emulator.fault(OptotuneEmulator.Fault.GARBAGE);
      assertThat(driver.read().celsius()).isEqualTo(31);
      line.unplug();
      assertThatThrownBy(driver::read).isInstanceOf(LensException.class);
      driver.close();
      emulator.fault(OptotuneEmulator.Fault.NONE);
      line.plugIn();
      driver.connect();
      driver.set(4);
      assertThat(driver.read().dioptres()).isCloseTo(4, within(0.0025));
    }
    Path file = Files.writeString(folder.resolve("file"), "no terminal");
    assertThatThrownBy(() -> SerialLensPort.open(file.toString(), 9600))
        .isInstanceOf(LensException.class)
        .hasMessageContaining(file.toString());
  }
}
