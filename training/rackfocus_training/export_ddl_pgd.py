"""Exports `ddl-pgd` to a bundle: frame.onnx, stack-kK.onnx and full-kK.onnx for K = 0, 1, 3, 5.

Run in training/: python3 -m rackfocus_training.export_ddl_pgd --out ../models/ddl-pgd
Takes seconds. The graphs are always the same: nothing is random or trained.
"""

import argparse
import os

import torch
from torch import nn

from . import bundle
from .ddl_pgd import CHANNELS, DOWNSCALE, ITERATIONS, MULTIPLE, OUTPUTS, DdlPgd

NAME = "ddl-pgd"
VERSION = "1.1.0"
SPEC = bundle.BundleSpec(
    name=NAME,
    version=VERSION,
    description="Dilated Laplacian focus volumes and edge-aware proximal iterations; untrained.",
    source="volumes: Ashfaq and Mahmood, IJCV 2026; iterations: Mahmood, Electronics 2026",
    iterations=ITERATIONS,
    default_iterations=3,
    multiple=MULTIPLE,
    two_stage=bundle.TwoStage(CHANNELS, DOWNSCALE, "none"),
)


class StackGraph(nn.Module):
    """The stack stage with a fixed number of iterations and its outputs in order."""

    def __init__(self, model: DdlPgd, iterations: int):
        super().__init__()
        self.stage, self.iterations = model.stack, iterations

    def forward(self, features, focus):
        outputs = self.stage(features, focus, self.iterations)
        return tuple(outputs[name] for name in OUTPUTS)


class FullGraph(nn.Module):
    """Both stages in one: stack [1, Z, H, W] and focus [1, Z] to the outputs in order."""

    def __init__(self, model: DdlPgd, iterations: int):
        super().__init__()
        self.model, self.iterations = model, iterations

    def forward(self, stack, focus):
        outputs = self.model(stack, focus, self.iterations)
        return tuple(outputs[name] for name in OUTPUTS)


def export_bundle(folder: str, spec: bundle.BundleSpec = SPEC) -> dict:
    """Writes graphs and manifest to folder (created if absent) and returns the manifest."""
    os.makedirs(folder, exist_ok=True)
    model = DdlPgd().eval()
    stack, focus = (torch.from_numpy(array) for array in bundle.golden_input(spec.golden))
    fine = {name: {2: "H", 3: "W"} for name in OUTPUTS}
    bundle.export_graph(
        model.frame,
        [stack[:, :1]],
        os.path.join(folder, "frame.onnx"),
        ["image"],
        ["features"],
        {"image": {2: "H", 3: "W"}, "features": {2: "h", 3: "w"}},
    )
    with torch.no_grad():
        features = model.frame(stack.transpose(0, 1))
    for iterations in spec.iterations:
        bundle.export_graph(
            StackGraph(model, iterations),
            [features, focus],
            os.path.join(folder, f"stack-k{iterations}.onnx"),
            ["features", "focus"],
            OUTPUTS,
            {"features": {0: "Z", 2: "h", 3: "w"}, "focus": {1: "Z"}, **fine},
        )
        bundle.export_graph(
            FullGraph(model, iterations),
            [stack, focus],
            os.path.join(folder, f"full-k{iterations}.onnx"),
            ["stack", "focus"],
            OUTPUTS,
            {"stack": {1: "Z", 2: "H", 3: "W"}, "focus": {1: "Z"}, **fine},
        )
    return bundle.write_manifest(folder, spec, lambda s, f, k, reference: model(s, f, k))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, help="the bundle's folder")
    manifest = export_bundle(parser.parse_args().out)
    size = sum(entry["bytes"] for entry in manifest["files"].values())
    print(f"{len(manifest['files'])} graphs, {size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
