package io.github.rackfocus.onnx;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.rackfocus.onnx.Manifest.TwoStage;
import io.github.rackfocus.onnx.PartGraph.Kind;
import io.github.rackfocus.onnx.StageParts.Kept;
import io.github.rackfocus.onnx.StageParts.Step;
import io.github.rackfocus.onnx.StageParts.Unit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The open graphs of a stack stage in parts, without its heads. Owned by {@link ModelGraphs}. */
final class PartGraphs implements AutoCloseable {
  private final StageParts parts;
  private final Kept features;
  private final Map<String, Kept> kept = new LinkedHashMap<>();
  private final List<OpenStep> steps = new ArrayList<>();

  /**
   * A step's graphs.
   *
   * @param per plane or block
   * @param one for one unit
   * @param all for all planes at once; null for blocks
   */
  record OpenStep(Unit per, PartGraph one, @Nullable PartGraph all) {}

  /** Opens a graph of the bundle. */
  @FunctionalInterface
  interface Opener {
    /** Opens the graph in a file of the bundle. */
    OrtSession open(String file) throws ModelException, GpuException;
  }

  private PartGraphs(StageParts parts, TwoStage form) {
    this.parts = parts;
    features = new Kept(PartName.FEATURES, form.channels(), form.downscale(), Unit.PLANE);
    kept.put(features.name(), features);
    parts.kept().forEach(each -> kept.put(each.name(), each));
  }

  /** Opens and checks all steps. */
  static PartGraphs open(ModelBundle bundle, StageParts parts, TwoStage form, Opener opener)
      throws ModelException, GpuException, OrtException {
    PartGraphs graphs = new PartGraphs(parts, form);
    List<OrtSession> opened = new ArrayList<>();
    try {
      for (Step step : parts.steps()) {
        Kind kind = step.per() == Unit.PLANE ? Kind.PLANE : Kind.BLOCK;
        PartGraph one = graphs.open(bundle, step.graph(), kind, opener, opened);
        String batch = step.batch();
        PartGraph all =
            batch == null ? null : graphs.open(bundle, batch, Kind.BATCH, opener, opened);
        graphs.steps.add(new OpenStep(step.per(), one, all));
      }
      graphs.requireOneWriterEach(bundle);
      return graphs;
    } catch (ModelException | GpuException | OrtException | RuntimeException e) {
      opened.forEach(ModelGraphs::closeSession);
      throw e;
    }
  }

  /** A tensor that is not written for a new frame would be that of the first frame for good. */
  private void requireOneWriterEach(ModelBundle bundle) throws ModelException {
    Set<String> written = new TreeSet<>();
    for (OpenStep step : steps) {
      Set<String> ofOne = step.one().written();
      PartGraph all = step.all();
      if (all != null && !all.written().equals(ofOne)) {
        throw new ModelException(
            bundle.manifestFile()
                + ": planeCache has a graph that writes "
                + ofOne
                + " and a batch that writes "
                + all.written()
                + "; expected the same");
      }
      for (String name : ofOne) {
        if (!written.add(name)) {
          throw new ModelException(
              bundle.manifestFile() + ": planeCache has two steps that write " + name);
        }
      }
    }
    for (Kept each : parts.kept()) {
      if (!written.contains(each.name())) {
        throw new ModelException(
            bundle.manifestFile() + ": planeCache has no step that writes " + each.name());
      }
    }
  }

  private PartGraph open(
      ModelBundle bundle, String file, Kind kind, Opener opener, List<OrtSession> opened)
      throws ModelException, GpuException, OrtException {
    OrtSession session = opener.open(file);
    opened.add(session);
    return PartGraph.check(session, bundle.file(file), kind, kept);
  }

  /** Checks the head of a number of iterations. */
  PartGraph head(ModelBundle bundle, OrtSession session, int iterations)
      throws ModelException, OrtException {
    return PartGraph.check(session, bundle.file(Manifest.headGraph(iterations)), Kind.HEAD, kept);
  }

  List<OpenStep> steps() {
    return steps;
  }

  /** Returns the features, which are kept like the results of the steps. */
  Kept features() {
    return features;
  }

  StageParts parts() {
    return parts;
  }

  @Override
  public void close() {
    for (OpenStep step : steps) {
      ModelGraphs.closeSession(step.one().session());
      PartGraph all = step.all();
      if (all != null) {
        ModelGraphs.closeSession(all.session());
      }
    }
    steps.clear();
  }
}
