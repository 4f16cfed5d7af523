package io.github.rackfocus.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StackGroupTest {
  @Test
  void shouldIncludeMatchesExceptExcludedOnes() {
    StackGroup group = StackGroup.parse("bench=pcb-*,board,!pcb-old*");
    assertThat(group.name()).isEqualTo("bench");
    assertThat(group.matches("pcb-1")).isTrue();
    assertThat(group.matches("board")).isTrue();
    assertThat(group.matches("pcb-old-2")).isFalse();
    assertThat(group.matches("board-2")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "name", "=x*", "name=", "name=!x", "name=a,,b", "name=[", "n={a"})
  void shouldRejectInvalidGroups(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> StackGroup.parse(text))
        .withMessageContaining("group")
        .withMessageContaining(text);
  }
}
