package io.github.rackfocus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.rackfocus.depth.ModelIdentity;
import io.github.rackfocus.node.NodeHealth;
import io.github.rackfocus.sink.SinkCounters;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LiveTableTest {
  private static final NodeHealth HEALTH =
      new NodeHealth(
          new NodeHealth.Frames(1234, Map.of("source", 3L)),
          new NodeHealth.Stacks(1200, 0, 0),
          new NodeHealth.Maps(1200, 0, 0, 0.965, 3),
          new NodeHealth.Latency(30.25, 40.5, 50.75),
          new NodeHealth.Registration("auto", false, 0, 2, 0, 0.97, 4.8, 9.5),
          667,
          Float.NaN,
          NodeHealth.Lens.UNKNOWN,
          /* inputs= */ null,
          new ModelIdentity("proximal", "2", ""),
          "CPU",
          List.of(),
          List.of(new SinkCounters("files", 1200, 1199, 0, 1, 0, Map.of())));

  private static List<String> rows(Locale locale) {
    Locale before = Locale.getDefault();
    Locale.setDefault(locale);
    try {
      return LiveTable.rows(HEALTH, 82.4, Map.of());
    } finally {
      Locale.setDefault(before);
    }
  }

  private static String line(Locale locale) {
    Locale before = Locale.getDefault();
    Locale.setDefault(locale);
    try {
      StringWriter text = new StringWriter();
      LiveTable table = new LiveTable(new PrintWriter(text, true), false);
      table.show(HEALTH, 0, Map.of());
      table.show(HEALTH, 6_000_000_000L, Map.of());
      return text.toString();
    } finally {
      Locale.setDefault(before);
    }
  }

  /** A comma as decimal mark, and digits of another script. */
  @Test
  void shouldPrintTheSameNumbersInEveryLocale() {
    List<String> expected = rows(Locale.ROOT);
    assertThat(expected).anyMatch(row -> row.contains("p50 30.3 ms, p95 40.5 ms"));
    assertThat(expected).anyMatch(row -> row.contains("1199 delivered, 0 dropped, 1 failed"));
    for (String tag : List.of("de-DE", "fr-FR", "ar-EG-u-nu-arab", "hi-IN-u-nu-deva")) {
      assertThat(rows(Locale.forLanguageTag(tag))).as(tag).isEqualTo(expected);
      assertThat(line(Locale.forLanguageTag(tag))).as(tag).isEqualTo(line(Locale.ROOT));
    }
  }
}
