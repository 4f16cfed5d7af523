package io.github.rackfocus.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Describes the inputs and outputs that a graph must have. In a shape such as {@code 1 1 H W},
 * numbers are fixed sizes and letters must be dynamic ones.
 */
final class GraphSignature {
  private static final long DYNAMIC = -1;

  private final Path graph;
  private final Map<String, Value> inputs = new LinkedHashMap<>();
  private final Map<String, Value> outputs = new LinkedHashMap<>();

  private record Value(OnnxJavaType type, String shape, boolean optional) {}

  GraphSignature(Path graph) {
    this.graph = graph;
  }

  GraphSignature input(String name, String shape) {
    inputs.put(name, new Value(OnnxJavaType.FLOAT, shape, false));
    return this;
  }

  /** Adds an optional int64 input. */
  GraphSignature optionalIndex(String name) {
    inputs.put(name, new Value(OnnxJavaType.INT64, "1", true));
    return this;
  }

  GraphSignature output(String name, String shape) {
    outputs.put(name, new Value(OnnxJavaType.FLOAT, shape, false));
    return this;
  }

  GraphSignature allOutputs() {
    for (Output output : Output.values()) {
      output(output.key(), "1 1 H W");
    }
    return this;
  }

  /** Compares a session with this signature. */
  void check(OrtSession session) throws ModelException, OrtException {
    compare("input", inputs, session.getInputInfo());
    compare("output", outputs, session.getOutputInfo());
  }

  private void compare(String kind, Map<String, Value> expected, Map<String, NodeInfo> found)
      throws ModelException {
    TreeSet<String> unknown = new TreeSet<>(found.keySet());
    unknown.removeAll(expected.keySet());
    if (!unknown.isEmpty()) {
      throw new ModelException(
          graph
              + ": has the "
              + kind
              + " "
              + unknown.first()
              + "; expected only "
              + String.join(", ", expected.keySet()));
    }
    for (Map.Entry<String, Value> entry : expected.entrySet()) {
      NodeInfo node = found.get(entry.getKey());
      if (node != null) {
        compare(kind + " " + entry.getKey(), entry.getValue(), node);
      } else if (!entry.getValue().optional()) {
        throw new ModelException(
            graph
                + ": has no "
                + kind
                + " "
                + entry.getKey()
                + "; found "
                + String.join(", ", new TreeSet<>(found.keySet())));
      }
    }
  }

  private void compare(String what, Value expected, NodeInfo node) throws ModelException {
    boolean fits =
        node.getInfo() instanceof TensorInfo tensor
            && tensor.type == expected.type()
            && fits(tensor.getShape(), expected.shape().split(" "));
    if (!fits) {
      throw new ModelException(
          graph
              + ": "
              + what
              + " is "
              + describe(node)
              + "; expected "
              + expected.type()
              + " ["
              + expected.shape().replace(" ", ", ")
              + "]");
    }
  }

  private static boolean fits(long[] found, String[] expected) {
    if (found.length != expected.length) {
      return false;
    }
    for (int i = 0; i < found.length; i++) {
      boolean fixed = Character.isDigit(expected[i].charAt(0));
      // Shape inference may lose a fixed size, but a dynamic size must never be fixed.
      if (found[i] != DYNAMIC && !(fixed && found[i] == Long.parseLong(expected[i]))) {
        return false;
      }
    }
    return true;
  }

  private static String describe(NodeInfo node) {
    if (!(node.getInfo() instanceof TensorInfo tensor)) {
      return "not a tensor";
    }
    return tensor.type
        + Arrays.stream(tensor.getShape())
            .mapToObj(size -> size == DYNAMIC ? "?" : Long.toString(size))
            .collect(Collectors.joining(", ", " [", "]"));
  }
}
