package io.github.rackfocus.onnx;

import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name of a part's input or output, which says what it is bound to: {@code x} the tensor of the
 * unit itself, {@code x:+1} of the plane after it (of the end plane, if there is none), {@code
 * x:block} of the planes of the block, {@code x:all} of all units.
 *
 * @param base a kept tensor, or one of {@link #INPUTS_BESIDE_KEPT}
 * @param range which units
 * @param offset to the neighbour; 0 unless the range is {@link Range#NEIGHBOUR}
 */
record PartName(String base, Range range, int offset) {
  /** Features of the image stage, {@code [Z, C, h, w]}. */
  static final String FEATURES = "features";

  /** Positions of the planes, {@code [1, Z]}. */
  static final String FOCUS = "focus";

  /**
   * Whether the planes at {@link #NEIGHBOURS} of this one are other planes, {@code [1, 4]}: 1, or 0
   * where this is the end plane.
   */
  static final String INSIDE = "inside";

  /** 0 for this plane, 1 for the others, {@code [1, Z]}. */
  static final String OTHERS = "others";

  static final Set<String> INPUTS_BESIDE_KEPT = Set.of(FEATURES, FOCUS, INSIDE, OTHERS);

  private static final int[] NEIGHBOURS = {-1, 1, -2, 2};
  private static final Pattern FORM = Pattern.compile("([a-z][a-z0-9]*)(?::(all|block|[+-][12]))?");

  /** Which units a tensor is of. */
  enum Range {
    /** This one. */
    OWN,
    /** A plane beside this one. */
    NEIGHBOUR,
    /** The planes of this block. */
    BLOCK,
    /** All. */
    ALL
  }

  /**
   * Parses a name.
   *
   * @throws IllegalArgumentException if it has another form
   */
  static PartName parse(String name) {
    Matcher matcher = FORM.matcher(name);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("expected names such as x, x:-1, x:+2, x:block and x:all");
    }
    String base = matcher.group(1);
    String part = matcher.group(2);
    if (part == null) {
      return new PartName(base, Range.OWN, 0);
    }
    return switch (part) {
      case "all" -> new PartName(base, Range.ALL, 0);
      case "block" -> new PartName(base, Range.BLOCK, 0);
      default -> new PartName(base, Range.NEIGHBOUR, Integer.parseInt(part));
    };
  }

  @Override
  public String toString() {
    return switch (range) {
      case OWN -> base;
      case NEIGHBOUR -> base + ":" + (offset > 0 ? "+" : "") + offset;
      case BLOCK -> base + ":block";
      case ALL -> base + ":all";
    };
  }

  /** Returns the number of values of {@link #INSIDE}. */
  static int neighbours() {
    return NEIGHBOURS.length;
  }

  /** Returns a value of {@link #INSIDE}. */
  static float inside(int plane, int neighbour, int planes) {
    return clamped(plane + NEIGHBOURS[neighbour], planes) == plane ? 0 : 1;
  }

  /** Returns the nearest plane that exists. */
  static int clamped(int plane, int planes) {
    return Math.min(Math.max(plane, 0), planes - 1);
  }
}
