"""Adds 8-bit graphs of the stack stage to a bundle if they are as accurate and faster.

Run in training/: python3 -m rackfocus_training.quantise --bundle ../models/proximal --calibration runs/pool \
  --validation runs/validation --ort onnxruntime.jar

For each number of iterations: measures the ranges of all activations on rendered calibration scenes, puts QDQ pairs
around every convolution, and compares the mean error on the validation scenes with that of the fp32 graph. If it grows
by more than --limit percent, the most sensitive convolutions stay in fp32, more of them with each attempt. A graph that
is not faster is discarded. Everything runs on the node's version of ONNX Runtime, through tools/GraphRunner.java.
Writes stack-kK.int8.onnx and the section "quantised" of the manifest.
"""

import argparse
import glob
import json
import os
import struct
import subprocess
import sys
import tempfile
from typing import Dict, List, Sequence, Tuple

import numpy as np
import onnx

from .bundle import MANIFEST, OUTPUTS, Golden, golden_input, golden_pixels, sha256_of
from .qdq import Range, boundaries, convolutions, quantise, with_ranges

RUNNER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools", "GraphRunner.java")
CALIBRATION_SCENES = 16
SENSITIVITY_SCENES = 3
# Shares of the convolutions, most sensitive first, to keep in fp32; tried in this order.
KEPT_SHARES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5)
TOLERANCE = 0.02
TIMED_SIZE = (10, 480, 640)
TIMED_ROUNDS = 30


class Runner:
    """Runs graphs on ONNX Runtime in a separate process that exchanges files."""

    def __init__(self, jar: str, folder: str, java: str):
        self.command, self.folder, self.count = [java, "-cp", jar, RUNNER], folder, 0

    def run(self, jobs: Sequence[Tuple[str, str]]) -> List[Dict[str, np.ndarray]]:
        """Runs jobs of (graph, input file) and returns the outputs of each by name."""
        lines, found = [], []
        for graph, given in jobs:
            found.append(self.path())
            lines.append(f"run\t{graph}\t{given}\t{found[-1]}")
        self._call(lines)
        results = [read_tensors(path) for path in found]
        for path in found:
            os.remove(path)
        return results

    def times(self, graphs: Sequence[str], given: str, rounds: int, threads: int = 2) -> List[Tuple[float, float]]:
        """Median and fastest time of each graph in milliseconds; the graphs run in turn."""
        text = self._call(["time\t%d\t%d\t%s\t%s" % (rounds, threads, given, "\t".join(graphs))])
        return [tuple(float(each) for each in line.split("\t")[1:]) for line in text.splitlines()]

    def path(self) -> str:
        self.count += 1
        return os.path.join(self.folder, str(self.count))

    def save(self, tensors: Dict[str, np.ndarray]) -> str:
        path = self.path()
        write_tensors(path, tensors)
        return path

    def _call(self, lines: List[str]) -> str:
        jobs = self.path()
        with open(jobs, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        environment = dict(os.environ, ORT_DISABLE_TELEMETRY="1")
        done = subprocess.run(self.command + [jobs], check=True, stdout=subprocess.PIPE, env=environment)
        return done.stdout.decode()


def write_tensors(path: str, tensors: Dict[str, np.ndarray]) -> None:
    """Writes the file format that GraphRunner reads."""
    with open(path, "wb") as file:
        file.write(struct.pack("<i", len(tensors)))
        for name, values in tensors.items():
            file.write(struct.pack("<i", len(name)) + name.encode())
            file.write(struct.pack(f"<{values.ndim + 1}i", values.ndim, *values.shape))
            file.write(np.ascontiguousarray(values, "<f4").tobytes())


def read_tensors(path: str) -> Dict[str, np.ndarray]:
    """Reads the file format that GraphRunner writes."""
    with open(path, "rb") as file:
        data = file.read()
    (count,), at, tensors = struct.unpack_from("<i", data, 0), 4, {}
    for _ in range(count):
        (length,) = struct.unpack_from("<i", data, at)
        name = data[at + 4:at + 4 + length].decode()
        at += 4 + length
        (rank,) = struct.unpack_from("<i", data, at)
        shape = struct.unpack_from(f"<{rank}i", data, at + 4)
        at += 4 + 4 * rank
        size = int(np.prod(shape, dtype=np.int64))
        tensors[name] = np.frombuffer(data, "<f4", size, at).reshape(shape)
        at += 4 * size
    return tensors


class Scenes:
    """Inputs of a stack stage for rendered scenes: features, focus and truth."""

    def __init__(self, runner: Runner, bundle: str, luma: str, lumas: np.ndarray, focus: np.ndarray, truth: np.ndarray):
        """luma: the additional input of the stack stage; lumas [N, Z, H, W] in [0, 1]."""
        frame = os.path.join(bundle, "frame.onnx")
        self.truth, self.planes, self.inputs = truth, lumas.shape[1], []
        for scene, positions in zip(lumas, focus):
            images = [runner.save({"image": plane[None, None]}) for plane in scene]
            features = np.concatenate([each["features"] for each in runner.run([(frame, i) for i in images])])
            given = {"features": features, "focus": positions[None]}
            if luma == "stack":
                given["luma"] = scene[:, None]
            elif luma == "reference":
                given["luma"] = scene[-1:, None]
            self.inputs.append(runner.save(given))
            for path in images:
                os.remove(path)

    def positions(self, runner: Runner, graph: str) -> List[np.ndarray]:
        return [each["position"][0, 0] for each in runner.run([(graph, given) for given in self.inputs])]

    def error(self, runner: Runner, graph: str) -> float:
        """Mean absolute error over all pixels, in planes."""
        found = self.positions(runner, graph)
        gaps = [np.abs(position - truth).mean() for position, truth in zip(found, self.truth)]
        return float(np.mean(gaps)) * (self.planes - 1)


def load(folder: str, pattern: str, scenes: int, planes: Tuple[int, int]) -> Tuple[np.ndarray, ...]:
    """One scene of each of the first suitable shards: lumas, focus, truth."""
    found = []
    for path in sorted(glob.glob(os.path.join(folder, pattern))):
        with np.load(path) as file:
            if planes[0] <= file["focus"].shape[1] <= planes[1]:
                found.append((file["luma"][0] / np.float32(255), file["focus"][0].astype(np.float32),
                              file["truth"][0].astype(np.float32)))
        if len(found) == scenes:
            return found
    if not found:
        raise ValueError(f"{folder}: expected rendered scenes of {planes[0]} to {planes[1]} planes, found none")
    return found


def calibrate(runner: Runner, model: onnx.ModelProto, scenes: Sequence[Scenes], chosen: Sequence[str]) -> Dict[str, Range]:
    """Each tensor's minimum and maximum, averaged over the scenes to limit the effect of outliers."""
    tensors = boundaries(model, chosen)
    graph = runner.path() + ".onnx"
    onnx.save(with_ranges(model, tensors), graph)
    found = [each for group in scenes for each in runner.run([(graph, given) for given in group.inputs])]
    os.remove(graph)
    return {name: Range(float(np.mean([each[f"min/{i}"] for each in found])),
                        float(np.mean([each[f"max/{i}"] for each in found])))
            for i, name in enumerate(tensors)}


def by_sensitivity(runner: Runner, model: onnx.ModelProto, original: str, ranges: Dict[str, Range],
                   chosen: Sequence[str], scenes: Sequence[Scenes]) -> List[str]:
    """The convolutions, most sensitive first: by the change of the map if only they are quantised."""
    few = [given for group in scenes for given in group.inputs][:SENSITIVITY_SCENES]
    wanted = runner.run([(original, given) for given in few])
    moved = {}
    for name in chosen:
        graph = runner.path() + ".onnx"
        onnx.save(quantise(model, ranges, [name]), graph)
        found = runner.run([(graph, given) for given in few])
        moved[name] = sum(float(np.abs(a["position"] - b["position"]).mean()) for a, b in zip(wanted, found))
        os.remove(graph)
    return sorted(chosen, key=lambda name: -moved[name])


def timed_input(runner: Runner, channels: int, downscale: int, luma: str) -> str:
    """Random features of the size used for timing."""
    z, height, width = TIMED_SIZE
    random = np.random.default_rng(20261120)
    shape = (z, channels, height // downscale, width // downscale)
    given = {"features": random.random(shape, np.float32), "focus": np.linspace(0, 1, z, dtype=np.float32)[None]}
    if luma != "none":
        given["luma"] = random.random((z if luma == "stack" else 1, 1, height, width), np.float32)
    return runner.save(given)


def golden_of(runner: Runner, bundle: str, manifest: dict, graph: str) -> Dict[str, List[float]]:
    """Outputs of the 8-bit graph at the golden pixels of the manifest's golden input."""
    entry = manifest["golden"]
    golden = Golden(entry["seed"], entry["planes"], entry["height"], entry["width"], len(entry["pixels"]))
    stack, focus = golden_input(golden)
    scenes = Scenes(runner, bundle, manifest["twoStage"]["luma"], stack, focus, stack)
    outputs = runner.run([(graph, scenes.inputs[0])])[0]
    return {name: [float(f"{v:.9g}") for v in outputs[name].reshape(-1)[golden_pixels(golden)]] for name in OUTPUTS}


def quantise_iterations(runner, bundle, manifest, k, calibration, validation, limit) -> dict:
    """Writes stack-kK.int8.onnx if it is worth keeping; returns its figures, with "kept"."""
    original = os.path.join(bundle, f"stack-k{k}.onnx")
    target = os.path.join(bundle, f"stack-k{k}.int8.onnx")
    model = onnx.load(original)
    chosen = convolutions(model)
    if not chosen:
        print(f"K = {k}: no convolution worth quantising")
        return {"kept": False}
    ranges = calibrate(runner, model, calibration, chosen)
    before = [group.error(runner, original) for group in validation]
    order = None
    for share in KEPT_SHARES:
        if share and order is None:
            order = by_sensitivity(runner, model, original, ranges, chosen, calibration)
        kept_float = set(order[:int(round(share * len(chosen)))]) if share else set()
        onnx.save(quantise(model, ranges, [c for c in chosen if c not in kept_float]), target)
        after = [group.error(runner, target) for group in validation]
        growth = max(100 * (b / a - 1) for a, b in zip(before, after))
        print(f"K = {k}: {len(chosen) - len(kept_float)} of {len(chosen)} convolutions in 8 bits, error "
              f"{' / '.join(f'{a:.4f} -> {b:.4f}' for a, b in zip(before, after))} planes, {growth:+.2f} %", flush=True)
        if growth < limit:
            break
    given = timed_input(runner, manifest["twoStage"]["channels"], manifest["twoStage"]["downscale"],
                        manifest["twoStage"]["luma"])
    (slow, slowest), (fast, fastest) = runner.times([original, target], given, TIMED_ROUNDS)
    print(f"K = {k}: 640x480, 10 planes, two threads, median (fastest): fp32 {slow:.1f} ({slowest:.1f}) ms, "
          f"int8 {fast:.1f} ({fastest:.1f}) ms", flush=True)
    kept = growth < limit and fastest < slowest
    if not kept:
        os.remove(target)
    return {"kept": kept, "growth": growth, "fp32Millis": slowest, "int8Millis": fastest}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bundle", required=True)
    parser.add_argument("--calibration", required=True, help="folder of rendered shards")
    parser.add_argument("--validation", required=True, help="folder of validation-Z.npz")
    parser.add_argument("--ort", required=True, help="ONNX Runtime's jar")
    parser.add_argument("--java", default="java")
    parser.add_argument("--iterations", type=int, nargs="*", help="default: all exported")
    parser.add_argument("--scenes", type=int, default=16, help="scenes of each validation file")
    parser.add_argument("--limit", type=float, default=2.0, help="largest accepted growth of the error, percent")
    arguments = parser.parse_args()
    path = os.path.join(arguments.bundle, MANIFEST)
    with open(path, encoding="utf-8") as file:
        manifest = json.load(file)
    if "twoStage" not in manifest:
        sys.exit(f"{path}: has no twoStage; expected a bundle with a stack stage")
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(arguments.ort, folder, arguments.java)
        luma = manifest["twoStage"]["luma"]
        calibration = [Scenes(runner, arguments.bundle, luma, scene[None], focus[None], truth[None])
                       for scene, focus, truth in load(arguments.calibration, "*.npz", CALIBRATION_SCENES, (8, 24))]
        validation = []
        for file in sorted(glob.glob(os.path.join(arguments.validation, "validation-*.npz"))):
            with np.load(file) as shard:
                n = arguments.scenes
                validation.append(Scenes(runner, arguments.bundle, luma, shard["luma"][:n] / np.float32(255),
                                         shard["focus"][:n].astype(np.float32),
                                         shard["truth"][:n].astype(np.float32)))
        kept = []
        for k in arguments.iterations or manifest["iterations"]["exported"]:
            if quantise_iterations(runner, arguments.bundle, manifest, k, calibration, validation,
                                   arguments.limit)["kept"]:
                kept.append(k)
        write_section(runner, arguments.bundle, manifest, kept)
    print("8-bit graphs kept:", kept or "none")


def write_section(runner: Runner, bundle: str, manifest: dict, kept: List[int]) -> None:
    """Adds the graphs to the manifest and removes those that no longer exist."""
    manifest.pop("quantised", None)
    for name in [name for name in manifest["files"] if name.endswith(".int8.onnx")]:
        del manifest["files"][name]
    expected = {}
    for k in kept:
        name = f"stack-k{k}.int8.onnx"
        graph = os.path.join(bundle, name)
        manifest["files"][name] = {"sha256": sha256_of(graph), "bytes": os.path.getsize(graph)}
        expected[str(k)] = golden_of(runner, bundle, manifest, graph)
    manifest["files"] = dict(sorted(manifest["files"].items()))
    if kept:
        manifest["quantised"] = {"iterations": kept, "tolerance": TOLERANCE, "expected": expected}
    with open(os.path.join(bundle, MANIFEST), "w", encoding="utf-8") as file:
        json.dump(manifest, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
