"""Writes model bundles: ONNX graphs, shared weights and the manifest that the node checks at start.

A bundle is a folder of frame.onnx and stack-kK.onnx (two-stage form: frame features are computed
per image), full-kK.onnx (one graph), an optional shared weights.bin, card.md and manifest.json. The
manifest holds the SHA-256 of every file and a golden vector: the model's outputs at some pixels of
an input that Python and Java generate identically from a seed.
"""

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Callable, Dict, List, Optional, Sequence, Tuple

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch.onnx import symbolic_helper

MANIFEST = "manifest.json"
NOT_HASHED = (MANIFEST, "card.md")
OUTPUTS = ("position", "error", "confidence", "allfocus")
WEIGHTS_FILE = "weights.bin"
# ONNX Runtime maps external data; aligning to 64 bytes starts every tensor on its own cache line.
WEIGHTS_ALIGNMENT = 64
EXTERNAL_FROM_BYTES = 1024
MASK_64 = (1 << 64) - 1

# One run of a model: (stack [1, Z, H, W], focus [1, Z], iterations, reference plane's index) to
# the four outputs by name, each [1, 1, H, W].
Estimate = Callable[[torch.Tensor, torch.Tensor, int, int], Dict[str, torch.Tensor]]


@dataclass(frozen=True)
class TwoStage:
    """The two-stage form: features [Z, channels, H/downscale, W/downscale] from frame.onnx.

    luma: the additional input of stack-kK.onnx: "stack" ([Z, 1, H, W]), "reference"
    ([1, 1, H, W]) or "none".
    """

    channels: int
    downscale: int
    luma: str

    def __post_init__(self):
        if self.luma not in ("stack", "reference", "none"):
            raise ValueError(f"luma: expected stack, reference or none, found {self.luma!r}")


@dataclass(frozen=True)
class Golden:
    """Size and seed of the golden input, and tolerances per execution provider."""

    seed: int = 20261120
    planes: int = 7
    height: int = 64
    width: int = 96
    pixels: int = 64
    tolerance: Dict[str, float] = field(
        default_factory=lambda: {"cpu": 1e-4, "cuda": 1e-3, "fp16": 1e-2}
    )


@dataclass(frozen=True)
class BundleSpec:
    """Manifest fields other than the files and the golden vector."""

    name: str
    version: str
    description: str
    source: str
    iterations: Tuple[int, ...]
    default_iterations: int
    planes: Tuple[int, int] = (3, 64)
    multiple: int = 4
    minimum_size: int = 32
    two_stage: Optional[TwoStage] = None
    plane_cache: Optional[dict] = None  # section of the manifest
    licence: str = "Apache-2.0"
    golden: Golden = field(default_factory=Golden)

    def __post_init__(self):
        if self.default_iterations not in self.iterations:
            raise ValueError(
                f"default_iterations: expected one of {list(self.iterations)}, "
                f"found {self.default_iterations}"
            )


def splitmix64(state: int) -> int:
    """One output of SplitMix64 (Steele, Lea and Flood 2014) for the given state, in 64 bits."""
    z = (state + 0x9E3779B97F4A7C15) & MASK_64
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK_64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK_64
    return z ^ (z >> 31)


def unit_random(seed: int, index: int) -> float:
    """r(index) in [0, 1): the upper 53 bits of SplitMix64 at seed + index."""
    return (splitmix64((seed + index) & MASK_64) >> 11) * 2.0**-53


def golden_input(golden: Golden) -> Tuple[np.ndarray, np.ndarray]:
    """The input of the golden vector, computed in double precision and cast to float.

    A random texture whose contrast decreases with the distance between each plane's focus and a ramp
    of true positions along x. Returns stack float32 [1, Z, H, W] and focus float32 [1, Z].
    """
    z_count, height, width = golden.planes, golden.height, golden.width
    focus = np.array(
        [
            (z + (_focus_jitter(golden, z) if 0 < z < z_count - 1 else 0.0)) / (z_count - 1)
            for z in range(z_count)
        ],
        dtype=np.float64,
    )
    texture = np.array(
        [unit_random(golden.seed, i) for i in range(height * width)], dtype=np.float64
    ).reshape(height, width)
    true_position = 0.15 + 0.7 * np.arange(width, dtype=np.float64) / (width - 1)
    distance = 6.0 * (focus[:, None, None] - true_position[None, None, :])
    stack = 0.5 + (texture[None] - 0.5) / (1.0 + distance * distance)
    return stack[None].astype(np.float32), focus[None].astype(np.float32)


def _focus_jitter(golden: Golden, plane: int) -> float:
    return 0.4 * (unit_random(golden.seed, 1_000_000 + plane) - 0.5)


def golden_pixels(golden: Golden) -> List[int]:
    """Flat indices y * W + x of the golden vector's pixels, distinct and sorted."""
    area = golden.height * golden.width
    if golden.pixels > area:
        raise ValueError(f"pixels: expected at most {area}, found {golden.pixels}")
    chosen = set()
    i = 0
    while len(chosen) < golden.pixels:
        chosen.add(int(unit_random(golden.seed, 2_000_000 + i) * area))
        i += 1
    return sorted(chosen)


def golden_expected(estimate: Estimate, spec: BundleSpec) -> Dict[str, Dict[str, List[float]]]:
    """Runs the model on the golden input for every exported iteration count.

    The reference plane is the last (nearest). Raises ValueError if an output is missing, does not
    have the shape [1, 1, H, W] or is not finite.
    """
    golden = spec.golden
    stack, focus = (torch.from_numpy(a) for a in golden_input(golden))
    pixels = golden_pixels(golden)
    expected = {}
    for iterations in spec.iterations:
        with torch.no_grad():
            outputs = estimate(stack, focus, iterations, golden.planes - 1)
        expected[str(iterations)] = {
            name: _values_at(outputs, name, pixels, golden, iterations) for name in OUTPUTS
        }
    return expected


def _values_at(outputs, name, pixels, golden, iterations) -> List[float]:
    place = f"{name} at K = {iterations}"
    if name not in outputs:
        raise ValueError(f"{place}: expected an output of that name, found {sorted(outputs)}")
    values = outputs[name].detach().cpu().numpy()
    shape = (1, 1, golden.height, golden.width)
    if values.shape != shape:
        raise ValueError(f"{place}: expected shape {list(shape)}, found {list(values.shape)}")
    if not np.isfinite(values).all():
        raise ValueError(f"{place}: expected finite values, found NaN or infinity")
    # Nine significant digits reproduce every float32 exactly.
    return [float(f"{v:.9g}") for v in values.reshape(-1)[pixels]]


def _constant_pad(g, input, pad, mode, value):
    """aten::pad with constant amounts as one Pad node.

    torch's own export emits eight nodes to compute amounts that are known only at run time. All
    amounts in our graphs are constants.
    """
    amounts = symbolic_helper._get_const(pad, "is", "pad")
    kind = symbolic_helper._get_const(mode, "s", "mode")
    rank = symbolic_helper._get_tensor_rank(input)
    # torch lists (before, after) from the last axis backwards, ONNX all befores, then all afters.
    begins, ends = [0] * rank, [0] * rank
    for axis, (begin, end) in enumerate(zip(amounts[0::2], amounts[1::2])):
        begins[rank - 1 - axis], ends[rank - 1 - axis] = begin, end
    pads = g.op("Constant", value_t=torch.tensor(begins + ends, dtype=torch.int64))
    if kind != "constant":
        return g.op("Pad", input, pads, mode_s={"replicate": "edge"}.get(kind, kind))
    fill = 0.0 if symbolic_helper._is_none(value) else symbolic_helper._get_const(value, "f", "v")
    return g.op("Pad", input, pads, g.op("Constant", value_t=torch.tensor(float(fill))))


def export_graph(
    module: torch.nn.Module,
    inputs: Sequence[torch.Tensor],
    path: str,
    input_names: Sequence[str],
    output_names: Sequence[str],
    dynamic_axes: Dict[str, Dict[int, str]],
    opset: int = 13,
) -> None:
    """Exports one module as an ONNX graph, checks it and removes paths of the exporting machine.

    Raises an error if the graph contains control flow or fails the ONNX checker.
    """
    module.eval()
    torch.onnx.register_custom_op_symbolic("aten::pad", _constant_pad, opset)
    try:
        with torch.no_grad():
            torch.onnx.export(
                module,
                tuple(inputs),
                path,
                input_names=list(input_names),
                output_names=list(output_names),
                dynamic_axes=dynamic_axes,
                opset_version=opset,
                do_constant_folding=True,
            )
    finally:
        torch.onnx.unregister_custom_op_symbolic("aten::pad", opset)
    model = onnx.load(path)
    for node in model.graph.node:
        if node.op_type in ("If", "Loop", "Scan"):
            raise ValueError(f"{path}: expected no control flow, found {node.op_type}")
        # Tracing stores source locations here, with paths of the exporting machine.
        node.doc_string = ""
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def share_weights(graph_paths: Sequence[str], weights_path: str) -> int:
    """Moves the graphs' initializers above 1 kB into one file, storing each distinct tensor once.

    All graphs must be in the folder of weights_path. Rewrites them in place and returns the size of
    the weights file in bytes. Rejects initializers that are already external: sharing them again
    would leave references to the old file.
    """
    folder, location = os.path.split(os.path.abspath(weights_path))
    models = {path: _load_inline(path, folder) for path in graph_paths}
    offsets: Dict[Tuple, int] = {}
    with open(weights_path, "wb") as weights:
        for path, model in models.items():
            for tensor in model.graph.initializer:
                _share_tensor(tensor, location, weights, offsets)
            onnx.save(model, path)
        size = weights.tell()
    for path in graph_paths:
        onnx.checker.check_model(path)
    return size


def _load_inline(path: str, folder: str) -> onnx.ModelProto:
    if os.path.dirname(os.path.abspath(path)) != folder:
        raise ValueError(f"{path}: expected a graph in {folder}")
    model = onnx.load(path, load_external_data=False)
    for tensor in model.graph.initializer:
        if tensor.data_location == onnx.TensorProto.EXTERNAL:
            raise ValueError(f"{path}: expected inline weights, found {tensor.name} external")
    return model


def _share_tensor(tensor, location, weights, offsets) -> None:
    if tensor.data_type == onnx.TensorProto.STRING:
        return
    raw = np.ascontiguousarray(numpy_helper.to_array(tensor)).tobytes()
    if len(raw) <= EXTERNAL_FROM_BYTES:
        return
    key = (hashlib.sha256(raw).digest(), len(raw))
    if key not in offsets:
        weights.write(b"\0" * (-weights.tell() % WEIGHTS_ALIGNMENT))
        offsets[key] = weights.tell()
        weights.write(raw)
    for values in ("float_data", "int32_data", "int64_data", "double_data", "uint64_data"):
        tensor.ClearField(values)
    tensor.ClearField("raw_data")
    tensor.ClearField("external_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    for name, value in (("location", location), ("offset", offsets[key]), ("length", len(raw))):
        entry = tensor.external_data.add()
        entry.key, entry.value = name, str(value)


def sha256_of(path: str) -> str:
    """SHA-256 of a file, in lower-case hex."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def expected_graphs(spec: BundleSpec) -> List[str]:
    """Names of the graphs that a bundle of this kind must contain."""
    graphs = [f"full-k{k}.onnx" for k in spec.iterations]
    if spec.two_stage is not None:
        graphs += ["frame.onnx"] + [f"stack-k{k}.onnx" for k in spec.iterations]
    if spec.plane_cache is not None:
        graphs += [f"head-k{k}.onnx" for k in spec.iterations]
        graphs += [step[form] for step in spec.plane_cache["steps"]
                   for form in ("graph", "batch") if form in step]
    return sorted(graphs)


def write_manifest(folder: str, spec: BundleSpec, estimate: Estimate) -> dict:
    """Writes manifest.json for the files in folder and returns it as a dict.

    Call this last, when graphs and weights.bin are final. Raises ValueError if a graph is missing.
    """
    for name in expected_graphs(spec):
        if not os.path.isfile(os.path.join(folder, name)):
            raise ValueError(f"{folder}: expected {name}, found {sorted(os.listdir(folder))}")
    files = {
        name: {
            "sha256": sha256_of(os.path.join(folder, name)),
            "bytes": os.path.getsize(os.path.join(folder, name)),
        }
        for name in sorted(os.listdir(folder))
        if name not in NOT_HASHED
    }
    golden = spec.golden
    manifest = {
        "format": 1,
        "name": spec.name,
        "version": spec.version,
        "description": spec.description,
        "source": spec.source,
        "licence": spec.licence,
        "planes": {"min": spec.planes[0], "max": spec.planes[1]},
        "multiple": spec.multiple,
        "minimumSize": spec.minimum_size,
        "iterations": {"exported": list(spec.iterations), "default": spec.default_iterations},
    }
    if spec.two_stage is not None:
        manifest["twoStage"] = {
            "channels": spec.two_stage.channels,
            "downscale": spec.two_stage.downscale,
            "luma": spec.two_stage.luma,
        }
    if spec.plane_cache is not None:
        manifest["planeCache"] = spec.plane_cache
    manifest["files"] = files
    manifest["golden"] = {
        "seed": golden.seed,
        "planes": golden.planes,
        "height": golden.height,
        "width": golden.width,
        "pixels": golden_pixels(golden),
        "expected": golden_expected(estimate, spec),
        "tolerance": dict(golden.tolerance),
    }
    with open(os.path.join(folder, MANIFEST), "w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=1)
        file.write("\n")
    return manifest
