package io.github.rackfocus.lens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OptotuneDriverTest {
  private long now = 1_000_000_000L;

  private OptotuneDriver driver(OptotuneEmulator emulator) {
    return new OptotuneDriver("lens", () -> new EmulatedPort(emulator::accept), () -> now);
  }

  /** The example of the manual: 5 dioptres with firmware type A. */
  @Test
  void shouldSpeakAsTheManualSays() {
    byte[] command = OptotuneFrames.command("PwDA", 2000, 0);
    assertThat(HexFormat.of().formatHex(command)).isEqualTo("5077444107d0000031fd");
  }

  @ParameterizedTest
  @EnumSource(
      value = OptotuneEmulator.Fault.class,
      names = {"NONE", "GARBAGE", "WRONG_CRC", "CUT"})
  void shouldCommandAndReadPowerOverABadLine(OptotuneEmulator.Fault fault) throws Exception {
    for (char type : new char[] {'A', 'C'}) {
      OptotuneEmulator emulator = new OptotuneEmulator(type, () -> now);
      emulator.fault(fault);
      try (OptotuneDriver driver = driver(emulator)) {
        assertThat(driver.connect()).isEqualTo(new LensRange(-3, 12));
        for (double power = -3; power <= 12; power += 1.25) {
          driver.set(power);
          LensSample sample = driver.read();
          assertThat(sample.dioptres()).isCloseTo(power, within(0.0025));
          assertThat(sample.celsius()).isEqualTo(31);
        }
      }
    }
  }

  @Test
  void shouldSayWhatIsWrong() throws Exception {
    OptotuneEmulator emulator = new OptotuneEmulator('A', () -> now);
    OptotuneDriver driver = driver(emulator);
    assertThatThrownBy(driver::read).hasMessage("lens is not connected");
    emulator.fault(OptotuneEmulator.Fault.SILENT);
    assertThatThrownBy(driver::connect)
        .hasMessageContaining("(Start; expected Ready from an Optotune Lens Driver 4 or 4i)");
    emulator.fault(OptotuneEmulator.Fault.REFUSES);
    assertThatThrownBy(driver::connect)
        .hasMessage("lens: focal-power mode was refused with error 3; expected 0");
    emulator.fault(OptotuneEmulator.Fault.NONE);
    driver.connect();
    emulator.fault(OptotuneEmulator.Fault.SILENT);
    assertThatThrownBy(driver::read)
        .hasMessage("lens: no valid answer about the power in 3 attempts; nothing came");
    assertThatThrownBy(() -> driver.set(200)).hasMessageContaining("expected -158 to 158");
  }

  @Test
  void shouldCloseTheLineOfADeviceThatIsNone() {
    EmulatedPort port = new EmulatedPort((bytes, count) -> new byte[] {'?'});
    OptotuneDriver driver = new OptotuneDriver("lens", () -> port, () -> now);
    assertThatThrownBy(driver::connect).isInstanceOf(LensException.class);
    assertThat(port.isClosed()).isTrue();
  }

  /** No answer is taken for another's: a damaged frame is never read as a power. */
  @Property(tries = 300, seed = "20261128")
  void shouldNotReadDamagedFrames(
      @ForAll @IntRange(min = -32768, max = 32767) int value,
      @ForAll @IntRange(min = 0, max = 5) int place,
      @ForAll @IntRange(min = 1, max = 255) int flip) {
    byte[] answer = OptotuneFrames.answer(new byte[] {'P', 'D', (byte) (value >> 8), (byte) value});
    assertThat(OptotuneFrames.find(answer, answer.length, 'P', 4)).isZero();
    assertThat(OptotuneFrames.word(answer, 2)).isEqualTo(value);
    answer[place] ^= (byte) flip;
    assertThat(OptotuneFrames.find(answer, answer.length, 'P', 4)).isEqualTo(-1);
  }
}
