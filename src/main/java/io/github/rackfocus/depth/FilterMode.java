package io.github.rackfocus.depth;

import java.util.Locale;

/** Whether the maps of repeated sweeps are fused. */
public enum FilterMode {
  /** Every map is of its own stack only. */
  OFF,
  /** Maps of what stands still are fused, see {@link StillFilter}. */
  STILL;

  /** Name in configuration and messages. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
