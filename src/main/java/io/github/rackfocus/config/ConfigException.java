package io.github.rackfocus.config;

import java.util.List;

/** A configuration has faults; the message has one line for each. */
public final class ConfigException extends Exception {
  private final List<String> faults;

  ConfigException(String file, List<String> faults) {
    super(
        file
            + ": "
            + (faults.size() == 1 ? "" : faults.size() + " faults\n  ")
            + String.join("\n  ", faults));
    this.faults = List.copyOf(faults);
  }

  /** Returns every fault: its path, what was found and what was expected. */
  public List<String> faults() {
    return faults;
  }
}
