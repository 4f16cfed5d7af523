"""Exports a trained model to a bundle: frame.onnx, stack-kK.onnx, full-kK.onnx with shared weights.

Run: python -m rackfocus_training.export --checkpoint runs/proximal/last.pt --out models/proximal
"""

import argparse
import os

import torch
from torch import nn

from .bundle import (BundleSpec, TwoStage, WEIGHTS_FILE, OUTPUTS, export_graph, share_weights,
                     write_manifest)
from .families import FAMILIES, family, name_of
from .proximal import Proximal, outputs, outputs_of
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
        else:
            *exit, logit = self.inference(features, focus)
            run = {"exits": {self.iterations: (None, *exit)}}
            if logit is not None:
                run["logits"] = {self.iterations: logit}
            found = outputs_of(self.stage, run, self.iterations, focus)
        return tuple(found[name] for name in OUTPUTS)


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
    share_weights(paths, os.path.join(folder, WEIGHTS_FILE))
    spec = BundleSpec(
        name=name, version=version,
        description=kind.description, source=kind.source, iterations=tuple(iterations),
        default_iterations=kind.default if kind.default in iterations else iterations[-1],
        multiple=MULTIPLE, two_stage=TwoStage(kind.channels, 4, "none"))
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
