package io.github.rackfocus.fuzz;

import java.util.Map;

/**
 * Calls one entry point of the code with bytes from outside and checks laws that hold for all
 * bytes. Whatever it throws is a finding.
 *
 * <p>For one thread; a harness is used for many inputs, so that nothing of an input may remain.
 */
public interface FuzzHarness {
  /** Checks the laws for an input. */
  void run(byte[] input) throws Exception;

  /** Valid and nearly valid inputs by name, a few kilobytes each, made by our own writers. */
  Map<String, byte[]> seeds() throws Exception;
}
