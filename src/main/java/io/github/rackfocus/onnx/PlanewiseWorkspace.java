package io.github.rackfocus.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.rackfocus.onnx.Manifest.TwoStage;
import io.github.rackfocus.onnx.OnnxConfig.PlaneCache;
import io.github.rackfocus.onnx.PartGraphs.OpenStep;
import io.github.rackfocus.onnx.StageParts.Unit;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tensors of the two-stage form with the stack stage in parts: of what the parts compute for every
 * plane, only that of planes with new frames is computed again. Everything is computed at the start
 * and when more than half of the planes have new frames, as after a restart or a new keyframe.
 *
 * <p>In a static scene the result is that of the whole stack stage up to rounding. Where the scene
 * changes, the kept results of a plane are a mixture with those of its neighbours, which are
 * mixtures themselves: a change is forgotten in four to five sweeps, in half of that where
 * neighbours are computed as well.
 */
final class PlanewiseWorkspace extends RollingWorkspace {
  private final KeptTensors kept;
  private final List<BoundStep> steps = new ArrayList<>();

  /** Heads with fewer iterations may read less. */
  private final Map<OrtSession, Map<String, OnnxTensor>> headInputs = new IdentityHashMap<>();

  private final boolean[] fresh;
  private final boolean[] copied;
  private final boolean[] selected;
  private final boolean neighbours;
  private boolean complete;

  /** One step's graphs, bound to tensors. */
  private final class BoundStep {
    final Unit per;
    final PartGraph one;
    final @Nullable PartGraph all;
    final List<Map<String, OnnxTensor>> inputs = new ArrayList<>();
    final List<Map<String, OnnxTensor>> outputs = new ArrayList<>();
    final Map<PartName, FloatBuffer> spares = new HashMap<>();
    final Map<String, OnnxTensor> allInputs;
    final Map<String, OnnxTensor> allOutputs;

    BoundStep(OpenStep step) throws OrtException {
      per = step.per();
      one = step.one();
      all = step.all();
      Map<String, OnnxTensor> spare = new HashMap<>();
      for (PartName name : one.outputs()) {
        // The graph may read this slice, so it must not write it before it has ended.
        if (one.reads(name.base())) {
          FloatBuffer memory = kept.spare(name);
          spares.put(name, memory);
          spare.put(name.toString(), kept.spareTensor(name, memory));
        }
      }
      for (int plane = 0; plane < planes; plane++) {
        inputs.add(bind(one.inputs(), plane));
        Map<String, OnnxTensor> written = bind(one.outputs(), plane);
        written.putAll(spare);
        outputs.add(written);
      }
      allInputs = all == null ? Map.of() : bind(all.inputs(), 0);
      allOutputs = all == null ? Map.of() : bind(all.outputs(), 0);
    }

    void runFor(int plane) throws OrtException {
      one.session().run(inputs.get(plane), outputs.get(plane)).close();
      for (Map.Entry<PartName, FloatBuffer> spare : spares.entrySet()) {
        kept.store(spare.getKey(), spare.getValue(), plane);
      }
    }
  }

  PlanewiseWorkspace(
      OrtEnvironment environment,
      OrtSession frameStage,
      TwoStage form,
      PartGraphs graphs,
      List<PartGraph> heads,
      PlaneCache cache,
      int planes,
      int height,
      int width)
      throws OrtException {
    super(environment, frameStage, form, planes, height, width);
    this.fresh = new boolean[planes];
    this.copied = new boolean[planes];
    this.selected = new boolean[planes];
    this.neighbours = cache == PlaneCache.NEIGHBOURS;
    try {
      this.kept = new KeptTensors(this, graphs.parts());
      kept.add(graphs.features(), features());
      kept.addFocus(tensor(focus, 1, planes));
      for (OpenStep step : graphs.steps()) {
        steps.add(new BoundStep(step));
      }
      for (PartGraph head : heads) {
        headInputs.put(head.session(), bind(head.inputs(), 0));
      }
    } catch (OrtException | RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Returns what is kept under a name, all units one after the other. */
  FloatBuffer kept(String name) {
    return kept.buffer(name);
  }

  private Map<String, OnnxTensor> bind(List<PartName> names, int plane) throws OrtException {
    Map<String, OnnxTensor> bound = new HashMap<>();
    for (PartName name : names) {
      bound.put(name.toString(), kept.tensor(name, plane));
    }
    return bound;
  }

  @Override
  void planeWritten(int plane) throws OrtException {
    setFresh(plane, false);
    super.planeWritten(plane);
  }

  @Override
  void copyPlane(int from, int to) {
    setFresh(to, true);
    super.copyPlane(from, to);
  }

  private void setFresh(int plane, boolean isCopy) {
    fresh[plane] = true;
    // What neighbours keep of a frame that stood in for a missing one must not outlast it.
    complete = complete && copied[plane] == isCopy;
    copied[plane] = isCopy;
  }

  @Override
  void refresh() throws OrtException {
    int count = 0;
    for (boolean each : fresh) {
      count += each ? 1 : 0;
    }
    if (count == 0 && complete) {
      return;
    }
    boolean whole = !complete || 2 * count > planes;
    // Until all steps have run, some of what is kept belongs to other frames.
    complete = false;
    if (whole) {
      for (BoundStep step : steps) {
        refreshAll(step);
      }
    } else {
      select();
      // Planes are computed in order, so that the first of several new frames is mixed with the
      // old frame of the next.
      for (int pass = 0; pass < Math.min(count, 2); pass++) {
        for (BoundStep step : steps) {
          refreshSelected(step);
        }
      }
    }
    Arrays.fill(fresh, false);
    complete = true;
  }

  private void refreshAll(BoundStep step) throws OrtException {
    PartGraph all = step.all;
    if (all != null) {
      all.session().run(step.allInputs, step.allOutputs).close();
      return;
    }
    for (int plane = 0; plane < planes; plane += StageParts.blockSize(planes)) {
      step.runFor(plane);
    }
  }

  /** Selects the planes that are computed again. */
  private void select() {
    for (int plane = 0; plane < planes; plane++) {
      boolean near =
          fresh[PartName.clamped(plane - 1, planes)] || fresh[PartName.clamped(plane + 1, planes)];
      selected[plane] = fresh[plane] || (neighbours && near);
    }
  }

  private void refreshSelected(BoundStep step) throws OrtException {
    if (step.per == Unit.PLANE) {
      // Neighbours read the results of the fresh planes.
      for (int plane = 0; plane < planes; plane++) {
        if (fresh[plane]) {
          step.runFor(plane);
        }
      }
      for (int plane = 0; plane < planes; plane++) {
        if (selected[plane] && !fresh[plane]) {
          step.runFor(plane);
        }
      }
      return;
    }
    int size = StageParts.blockSize(planes);
    for (int first = 0; first < planes; first += size) {
      boolean touched = false;
      for (int plane = first; plane < Math.min(first + size, planes); plane++) {
        touched |= selected[plane];
      }
      if (touched) {
        step.runFor(first);
      }
    }
  }

  @Override
  void run(OrtSession last, int reference, Map<String, OnnxTensor> outputs) throws OrtException {
    refresh();
    Map<String, OnnxTensor> inputs = headInputs.get(last);
    if (inputs == null) {
      throw new IllegalArgumentException("not a head of these graphs");
    }
    last.run(inputs, outputs).close();
  }
}
