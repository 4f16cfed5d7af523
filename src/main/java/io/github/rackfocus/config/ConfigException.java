package io.github.rackfocus.config;

import java.util.List;

/** A configuration with faults; the message has a line for each. */
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

  /** Every fault: path, what was found, what would be right. */
  public List<String> faults() {
    return faults;
  }
}
