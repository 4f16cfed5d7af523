"""Exports a trained model to a bundle: frame.onnx, stack-kK.onnx, full-kK.onnx with shared weights, and
where the network has them, the stack stage's parts (plane_cache.py).

Run: python -m rackfocus_training.export --checkpoint runs/proximal/last.pt --out models/proximal
"""

import argparse
import os
from typing import Optional, Tuple

import torch
from torch import nn

from .bundle import (BundleSpec, TwoStage, WEIGHTS_FILE, OUTPUTS, export_graph, share_weights,
                     write_manifest)
from .dualfocus import DualFocus
from .dualfocus_cache import dualfocus_parts
from .features import DOWNSCALE
from .families import FAMILIES, family, name_of
from .plane_cache import Graph, Parts, proximal_parts
from .proximal import FEATURES, Proximal, outputs, outputs_of
from .proximal_inference import StackInference

MULTIPLE = 32


class StackGraph(nn.Module):
    """StackStage for one stack: features [Z, C, h, w] and focus [1, Z] to the four outputs."""

    def __init__(self, model: nn.Module, iterations: int):
        super().__init__()
        self.stage, self.iterations = model.stack, iterations
        # An equivalent form that is faster on ONNX Runtime; other networks have none.
        inference = isinstance(model, Proximal) and StackInference.serves(model.settings)
        self.inference = StackInference(model.stack, iterations) if inference else None

    def forward(self, features, focus):
        if self.inference is None:
            found = outputs(self.stage, features, focus, features.shape[0], self.iterations)
            return tuple(found[name] for name in OUTPUTS)
        *exit, logit = self.inference(features, focus)
        return finished(self.stage, exit, logit, focus, self.iterations)


def finished(stage: nn.Module, exit, logit, focus, iterations: int) -> Tuple[torch.Tensor, ...]:
    """The four outputs in order, from position, log error and allfocus and the confidence's logit or None."""
    run = {"exits": {iterations: (None, *exit)}}
    if logit is not None:
        run["logits"] = {iterations: logit}
    found = outputs_of(stage, run, iterations, focus)
    return tuple(found[name] for name in OUTPUTS)


def parts_of(model: nn.Module) -> Optional[Parts]:
    """The stack stage in parts, or None if the network has no such form.

    ddl-gru needs none: its work hardly depends on the number of planes.
    """
    def outputs_in_order(exit, logit, focus, iterations):
        return finished(model.stack, exit, logit, focus, iterations)

    if isinstance(model, Proximal) and StackInference.serves(model.settings):
        return proximal_parts(model.stack, outputs_in_order, OUTPUTS)
    if isinstance(model, DualFocus):
        return dualfocus_parts(model.stack, outputs_in_order, OUTPUTS)
    return None


def export_parts(parts: Parts, folder: str, iterations) -> Tuple[list, dict]:
    """Writes the graphs of the parts. Returns their paths and the manifest's section planeCache."""
    kept = {each.name: each for each in parts.kept}
    paths, steps = [], []

    def write(graph: Graph, name: str) -> str:
        examples = [_example(kept, each) for each in graph.inputs]
        axes = {each: named for each, (_, named) in zip(graph.inputs, examples) if named}
        axes.update((each, _example(kept, each)[1] if each not in OUTPUTS else {2: "H", 3: "W"})
                    for each in graph.outputs)
        paths.append(os.path.join(folder, name))
        export_graph(graph.module, [tensor for tensor, _ in examples], paths[-1],
                     list(graph.inputs), list(graph.outputs), axes)
        return name

    for step in parts.steps:
        entry = {"per": step.per, "graph": write(step.graph, step.name + ".onnx")}
        if step.batch is not None:
            entry["batch"] = write(step.batch, step.name + "s.onnx")
        steps.append(entry)
    for k in iterations:
        write(parts.head(k), f"head-k{k}.onnx")
    return paths, {"kept": [vars(each) for each in parts.kept], "steps": steps}


def _example(kept: dict, name: str) -> Tuple[torch.Tensor, dict]:
    """An example of an input or output of a part (names: plane_cache.py) and its dynamic axes."""
    base, _, part = name.partition(":")
    planes, height, width, blocks = 7, 64, 96, 3
    if base == "focus":
        return torch.linspace(0, 1, planes)[None], {1: "Z"}
    if base == "inside":
        return torch.ones(1, 4), {}
    if base == "others":
        return torch.ones(1, planes), {1: "Z"}
    channels, scale, per = FEATURES, DOWNSCALE, "plane"
    if base in kept:
        channels, scale, per = kept[base].channels, kept[base].downscale, kept[base].per
    whole = ("Z", planes) if per == "plane" else ("B", blocks)
    axis, count = {"all": whole, "block": ("N", blocks)}.get(part, (None, 1))
    named = {2: f"H{scale}", 3: f"W{scale}"}
    if axis is not None:
        named[0] = axis
    return torch.rand(count, channels, height // scale, width // scale), named


class FullGraph(nn.Module):
    """Both stages: stack [1, Z, H, W], focus [1, Z] to the four outputs."""

    def __init__(self, model: nn.Module, iterations: int):
        super().__init__()
        self.model, self.iterations = model, iterations
        self.stack = StackGraph(model, iterations) if isinstance(model, Proximal) else None

    def forward(self, stack, focus):
        if self.stack is not None:
            return self.stack(self.model.frame(stack.transpose(0, 1)), focus)
        found = self.model(stack, focus, self.iterations)
        return tuple(found[name] for name in OUTPUTS)


def load_model(checkpoint: str) -> nn.Module:
    """The model with the averaged weights of a training checkpoint."""
    saved = torch.load(checkpoint, map_location="cpu")
    made = family(name_of(saved))
    model = made.network(made.settings(**saved["settings"]))
    model.load_state_dict(saved["average"])
    return model.eval()


def export_bundle(model: nn.Module, folder: str, version: str, name: str = "proximal",
                  iterations=None) -> dict:
    """Writes all graphs, weights.bin and manifest.json to folder and returns the manifest."""
    kind = family(name)
    iterations = kind.exported if iterations is None else iterations
    os.makedirs(folder, exist_ok=True)
    model.eval()
    image_axes = {2: "H", 3: "W"}
    fine = {output: image_axes for output in OUTPUTS}
    stack, focus = torch.rand(1, 7, 64, 96), torch.linspace(0, 1, 7)[None]
    paths = [os.path.join(folder, "frame.onnx")]
    export_graph(model.frame, [stack[:, :1]], paths[0], ["image"], ["features"],
                 {"image": {0: "N", 2: "H", 3: "W"}, "features": {0: "N", 2: "h", 3: "w"}})
    with torch.no_grad():
        features = model.frame(stack.transpose(0, 1))
    for k in iterations:
        path = os.path.join(folder, f"stack-k{k}.onnx")
        export_graph(StackGraph(model, k), [features, focus], path, ["features", "focus"],
                     OUTPUTS, {"features": {0: "Z", 2: "h", 3: "w"}, "focus": {1: "Z"}, **fine})
        paths.append(path)
        path = os.path.join(folder, f"full-k{k}.onnx")
        export_graph(FullGraph(model, k), [stack, focus], path, ["stack", "focus"], OUTPUTS,
                     {"stack": {1: "Z", 2: "H", 3: "W"}, "focus": {1: "Z"}, **fine})
        paths.append(path)
    parts, plane_cache = parts_of(model), None
    if parts is not None:
        more, plane_cache = export_parts(parts, folder, iterations)
        paths += more
    share_weights(paths, os.path.join(folder, WEIGHTS_FILE))
    spec = BundleSpec(
        name=name, version=version,
        description=kind.description, source=kind.source, iterations=tuple(iterations),
        default_iterations=kind.default if kind.default in iterations else iterations[-1],
        multiple=MULTIPLE, two_stage=TwoStage(kind.channels, DOWNSCALE, "none"), plane_cache=plane_cache)
    return write_manifest(folder, spec, lambda s, f, k, reference: model(s, f, k))


def export_full(model: nn.Module, folder: str, spec: BundleSpec) -> dict:
    """Writes a bundle with only the full form (proximal-large) and returns its manifest."""
    os.makedirs(folder, exist_ok=True)
    model.eval()
    fine = {output: {2: "H", 3: "W"} for output in OUTPUTS}
    stack, focus = torch.rand(1, 7, 64, 96), torch.linspace(0, 1, 7)[None]
    paths = []
    for k in spec.iterations:
        paths.append(os.path.join(folder, f"full-k{k}.onnx"))
        export_graph(FullGraph(model, k), [stack, focus], paths[-1], ["stack", "focus"], OUTPUTS,
                     {"stack": {1: "Z", 2: "H", 3: "W"}, "focus": {1: "Z"}, **fine})
    share_weights(paths, os.path.join(folder, WEIGHTS_FILE))
    return write_manifest(folder, spec, lambda s, f, k, reference: model(s, f, k))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", default=None, help="default: an untrained network")
    parser.add_argument("--model", choices=list(FAMILIES), default="proximal",
                        help="the untrained network to export; a checkpoint names its own")
    parser.add_argument("--out", required=True)
    parser.add_argument("--version", default="1.0.0")
    arguments = parser.parse_args()
    if arguments.checkpoint is None:
        torch.manual_seed(20261120)
        name, model = arguments.model, family(arguments.model).network()
    else:
        name = name_of(torch.load(arguments.checkpoint, map_location="cpu"))
        model = load_model(arguments.checkpoint)
    manifest = export_bundle(model, arguments.out, arguments.version, name)
    size = sum(entry["bytes"] for entry in manifest["files"].values())
    print(f"{arguments.out}: {len(manifest['files'])} files, {size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
