package io.github.rackfocus.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import io.github.rackfocus.onnx.StageParts.Kept;
import io.github.rackfocus.onnx.StageParts.Unit;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * The memory of what is kept between maps, and the tensors over it that graphs read and write in
 * place. Created once for stacks of one size; the workspace owns the tensors. Not thread-safe.
 */
final class KeptTensors {
  private final Workspace owner;
  private final int planes;
  private final int blockSize;
  private final Map<String, Stored> stored = new HashMap<>();
  private final Map<String, OnnxTensor> made = new HashMap<>();

  /** The slices of one tensor in one buffer. */
  private record Stored(Kept kept, FloatBuffer buffer, int slice, int count) {}

  KeptTensors(Workspace owner, StageParts parts) throws OrtException {
    this.owner = owner;
    this.planes = owner.planes;
    this.blockSize = StageParts.blockSize(planes);
    for (Kept each : parts.kept()) {
      int count = each.per() == Unit.PLANE ? planes : StageParts.blocks(planes);
      long slice = each.floats(owner.height, owner.width);
      FloatBuffer buffer = DirectBuffers.floats(each.name() + " of the stack", count * slice);
      stored.put(each.name(), new Stored(each, buffer, (int) slice, count));
    }
    FloatBuffer inside =
        DirectBuffers.floats(PartName.INSIDE, (long) planes * PartName.neighbours());
    FloatBuffer others = DirectBuffers.floats(PartName.OTHERS, (long) planes * planes);
    for (int plane = 0; plane < planes; plane++) {
      for (int i = 0; i < PartName.neighbours(); i++) {
        inside.put(PartName.inside(plane, i, planes));
      }
      for (int other = 0; other < planes; other++) {
        others.put(other == plane ? 0 : 1);
      }
      made.put(
          key(PartName.parse(PartName.INSIDE), plane, 1),
          owner.tensor(
              inside.slice(plane * PartName.neighbours(), PartName.neighbours()),
              1,
              PartName.neighbours()));
      made.put(
          key(PartName.parse(PartName.OTHERS), plane, 1),
          owner.tensor(others.slice(plane * planes, planes), 1, planes));
    }
  }

  /** Adds the features, which the image stage writes. */
  void add(Kept kept, FloatBuffer buffer) {
    int slice = (int) kept.floats(owner.height, owner.width);
    stored.put(kept.name(), new Stored(kept, buffer, slice, planes));
  }

  /** Adds the positions, {@code [1, Z]}. */
  void addFocus(OnnxTensor focus) {
    made.put(key(PartName.parse(PartName.FOCUS), 0, 1), focus);
  }

  /** Returns the tensor that a name refers to for a plane and the block that it is in. */
  OnnxTensor tensor(PartName name, int plane) throws OrtException {
    Stored tensor = stored.get(name.base());
    int first = 0;
    int count = 1;
    if (tensor != null) {
      first = first(name, tensor, plane);
      count = count(name, tensor, plane);
    } else if (!name.base().equals(PartName.FOCUS)) {
      first = plane;
    }
    String key = key(name, first, count);
    OnnxTensor found = made.get(key);
    if (found != null) {
      return found;
    }
    if (tensor == null) {
      throw new IllegalStateException("there is no " + name);
    }
    OnnxTensor created =
        tensorOf(
            tensor.kept, tensor.buffer.slice(first * tensor.slice, count * tensor.slice), count);
    made.put(key, created);
    return created;
  }

  /** Returns the memory of all units. */
  FloatBuffer buffer(String name) {
    return of(PartName.parse(name)).buffer;
  }

  /** Returns memory of the size of one slice, outside the kept tensor. */
  FloatBuffer spare(PartName name) {
    Stored tensor = of(name);
    return DirectBuffers.floats("spare " + name, tensor.slice);
  }

  /** Returns a tensor over spare memory. */
  OnnxTensor spareTensor(PartName name, FloatBuffer spare) throws OrtException {
    return tensorOf(of(name).kept, spare, 1);
  }

  private OnnxTensor tensorOf(Kept kept, FloatBuffer memory, int count) throws OrtException {
    return owner.tensor(
        memory,
        count,
        kept.channels(),
        owner.height / kept.downscale(),
        owner.width / kept.downscale());
  }

  /** Copies spare memory into the slice of a plane or of its block. */
  void store(PartName name, FloatBuffer spare, int plane) {
    Stored tensor = of(name);
    tensor.buffer.put(first(name, tensor, plane) * tensor.slice, spare, 0, tensor.slice);
  }

  private Stored of(PartName name) {
    Stored tensor = stored.get(name.base());
    if (tensor == null) {
      throw new IllegalStateException(name + " is not kept");
    }
    return tensor;
  }

  private int first(PartName name, Stored tensor, int plane) {
    return switch (name.range()) {
      case ALL -> 0;
      case BLOCK -> plane / blockSize * blockSize;
      case NEIGHBOUR -> PartName.clamped(plane + name.offset(), planes);
      case OWN -> tensor.kept.per() == Unit.PLANE ? plane : plane / blockSize;
    };
  }

  private int count(PartName name, Stored tensor, int plane) {
    return switch (name.range()) {
      case ALL -> tensor.count;
      case BLOCK -> Math.min(blockSize, planes - first(name, tensor, plane));
      case NEIGHBOUR, OWN -> 1;
    };
  }

  private static String key(PartName name, int first, int count) {
    return name.base() + " " + first + " " + count;
  }
}
