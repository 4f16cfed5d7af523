package io.github.rackfocus.fuzz;

/** What Jazzer calls: the harness that the property {@value #PROPERTY} names. */
public final class JazzerEntry {
  /** System property with the {@linkplain FuzzTarget#key() name} of the harness. */
  public static final String PROPERTY = "rackfocus.fuzz";

  private static final FuzzHarness HARNESS =
      FuzzTarget.of(System.getProperty(PROPERTY, "")).create();

  private JazzerEntry() {}

  /** Runs the harness on an input. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    HARNESS.run(input);
  }
}
