package io.github.rackfocus.onnx;

import io.github.rackfocus.document.DocumentException;
import io.github.rackfocus.document.Section;
import io.github.rackfocus.onnx.Manifest.FileEntry;
import io.github.rackfocus.onnx.Manifest.Luma;
import io.github.rackfocus.onnx.Manifest.TwoStage;
import io.github.rackfocus.onnx.StageParts.Kept;
import io.github.rackfocus.onnx.StageParts.Step;
import io.github.rackfocus.onnx.StageParts.Unit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the section {@code planeCache} of a manifest. */
final class StagePartsReader {
  private static final int MAX_KEPT = 32;
  private static final int MAX_STEPS = 16;
  private static final int MAX_CHANNELS = 4096;

  private final Map<String, FileEntry> files;

  private StagePartsReader(Map<String, FileEntry> files) {
    this.files = files;
  }

  /**
   * Reads the section.
   *
   * @param multiple of H and W
   * @return null if the manifest has no such section
   * @throws DocumentException for a value that is missing, out of range or not in {@code files}
   */
  static @Nullable StageParts read(
      Section root,
      int multiple,
      List<Integer> iterations,
      @Nullable TwoStage twoStage,
      Map<String, FileEntry> files) {
    if (!root.has("planeCache")) {
      return null;
    }
    if (twoStage == null || twoStage.luma() != Luma.NONE) {
      throw root.exception("planeCache is there; expected it only with a twoStage of luma none");
    }
    StagePartsReader reader = new StagePartsReader(files);
    for (int k : iterations) {
      reader.requireFile(root, Manifest.headGraph(k));
    }
    Section section = root.requiredSection("planeCache");
    return new StageParts(reader.kept(section, multiple), reader.steps(section));
  }

  private List<Kept> kept(Section section, int multiple) {
    List<Section> all = section.sections("kept", 1, MAX_KEPT);
    List<Kept> kept = new ArrayList<>();
    Set<String> names = new HashSet<>(PartName.INPUTS_BESIDE_KEPT);
    for (Section each : all) {
      String name = each.matching("name", "[a-z][a-z0-9]{0,31}", "a name of a-z and 0-9");
      if (!names.add(name)) {
        throw each.exception("name", name, "each name once, and none of " + names);
      }
      int downscale = each.integer("downscale", 1, 256);
      if (multiple % downscale != 0) {
        throw each.exception("downscale", downscale, "a divisor of multiple, " + multiple);
      }
      kept.add(new Kept(name, each.integer("channels", 1, MAX_CHANNELS), downscale, unit(each)));
    }
    return List.copyOf(kept);
  }

  private List<Step> steps(Section section) {
    List<Step> steps = new ArrayList<>();
    for (Section each : section.sections("steps", 1, MAX_STEPS)) {
      Unit per = unit(each);
      String batch = null;
      if (per == Unit.PLANE) {
        batch = file(each, "batch");
      } else if (each.has("batch")) {
        throw each.exception("batch is there; expected it only for steps per plane");
      }
      steps.add(new Step(per, file(each, "graph"), batch));
    }
    return List.copyOf(steps);
  }

  private static Unit unit(Section section) {
    String unit = section.matching("per", "plane|block", "plane or block");
    return Unit.valueOf(unit.toUpperCase(Locale.ROOT));
  }

  private String file(Section section, String key) {
    String name = section.matching(key, "[^\\p{Cntrl}]{1,128}", "the name of a file");
    requireFile(section, name);
    return name;
  }

  private void requireFile(Section section, String name) {
    if (!files.containsKey(name)) {
      throw section.exception("files has no " + name + "; expected it for planeCache");
    }
  }
}
