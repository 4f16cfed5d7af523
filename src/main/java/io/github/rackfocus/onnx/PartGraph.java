package io.github.rackfocus.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.rackfocus.onnx.StageParts.Kept;
import io.github.rackfocus.onnx.StageParts.Unit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * A graph of a stack stage in parts, with its inputs and outputs parsed and checked against the
 * manifest.
 *
 * @param session closed by the owner
 * @param inputs in any order
 * @param outputs in any order; empty for a head
 */
record PartGraph(OrtSession session, List<PartName> inputs, List<PartName> outputs) {
  /** The kind of a graph, which limits the names that it may have. */
  enum Kind {
    /** For one plane. */
    PLANE,
    /** For one block. */
    BLOCK,
    /** For all planes. */
    BATCH,
    /** From what is kept to the map. */
    HEAD
  }

  /**
   * Checks a session.
   *
   * @param graph its file, for messages
   * @param kept by name, with the features
   * @throws ModelException if an input or output has an unknown name or another shape
   */
  static PartGraph check(OrtSession session, Path graph, Kind kind, Map<String, Kept> kept)
      throws ModelException, OrtException {
    GraphSignature signature = new GraphSignature(graph);
    List<PartName> inputs = parse(session.getInputNames(), graph, kept, true);
    for (PartName name : inputs) {
      requireFit(name, graph, kind, kept);
      signature.input(name.toString(), shape(name, kept));
    }
    List<PartName> outputs = new ArrayList<>();
    if (kind == Kind.HEAD) {
      signature.allOutputs();
    } else {
      outputs = parse(session.getOutputNames(), graph, kept, false);
      for (PartName name : outputs) {
        requireFit(name, graph, kind, kept);
        PartName.Range expected = kind == Kind.BATCH ? PartName.Range.ALL : PartName.Range.OWN;
        if (name.range() != expected || name.base().equals(PartName.FEATURES)) {
          throw new ModelException(graph + ": has the output " + name + ", which it can't write");
        }
        signature.output(name.toString(), shape(name, kept));
      }
    }
    signature.check(session);
    return new PartGraph(session, List.copyOf(inputs), List.copyOf(outputs));
  }

  /** Returns whether the graph reads a tensor, of whichever units. */
  boolean reads(String base) {
    return inputs.stream().anyMatch(name -> name.base().equals(base));
  }

  /** Returns the names of the tensors that the graph writes. */
  Set<String> written() {
    return outputs.stream().map(PartName::base).collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<PartName> parse(
      Collection<String> names, Path graph, Map<String, Kept> kept, boolean input)
      throws ModelException {
    List<PartName> parsed = new ArrayList<>();
    for (String name : names) {
      PartName part;
      try {
        part = PartName.parse(name);
      } catch (IllegalArgumentException e) {
        throw new ModelException(graph + ": has the name " + name + "; " + e.getMessage(), e);
      }
      boolean known =
          kept.containsKey(part.base())
              || (input && PartName.INPUTS_BESIDE_KEPT.contains(part.base()));
      if (!known) {
        throw new ModelException(
            graph + ": has the name " + name + ", which is not kept; expected " + kept.keySet());
      }
      parsed.add(part);
    }
    return parsed;
  }

  /** Own slices and neighbours are of one plane or block, which a batch or a head has none of. */
  private static void requireFit(PartName name, Path graph, Kind kind, Map<String, Kept> kept)
      throws ModelException {
    Kept tensor = kept.get(name.base());
    boolean fits;
    if (tensor == null) {
      fits = kind == Kind.PLANE || name.base().equals(PartName.FOCUS);
      fits &= name.range() == PartName.Range.OWN;
    } else {
      boolean ofPlane = tensor.per() == Unit.PLANE;
      fits =
          switch (name.range()) {
            case ALL -> true;
            case BLOCK -> ofPlane && kind == Kind.BLOCK;
            case NEIGHBOUR -> ofPlane && kind == Kind.PLANE;
            case OWN -> ofPlane ? kind == Kind.PLANE : kind == Kind.BLOCK;
          };
    }
    if (!fits) {
      throw new ModelException(
          graph + ": has the name " + name + ", which a graph of kind " + kind + " can't have");
    }
  }

  private static String shape(PartName name, Map<String, Kept> kept) {
    Kept tensor = kept.get(name.base());
    if (tensor != null) {
      String count = name.range() == PartName.Range.ALL ? "Z" : "1";
      return (name.range() == PartName.Range.BLOCK ? "N" : count)
          + " "
          + tensor.channels()
          + " h w";
    }
    return name.base().equals(PartName.INSIDE) ? "1 " + PartName.neighbours() : "1 Z";
  }
}
