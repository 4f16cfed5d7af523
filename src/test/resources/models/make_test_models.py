#!/usr/bin/python3
"""Makes the small model bundles that the tests of inference run on.

Each is a depth-from-focus estimator in the form of a real bundle: absolute Laplacians per image
(frame.onnx), softmax over the planes (stack-kK.onnx), K smoothing steps. The golden vectors come
from the same arithmetic written in numpy, so that the graphs are checked against something that is
no ONNX Runtime.

Run it with python3-onnx and python3-numpy in this folder; it writes what is committed beside it.
"""

import hashlib
import json
import os

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = os.path.dirname(os.path.abspath(__file__))
MASK_64 = (1 << 64) - 1
SHARPNESS_GAIN = 40.0
LAPLACIAN = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], np.float32).reshape(1, 1, 3, 3)
OUTPUTS = ("position", "error", "confidence", "allfocus")

MODELS = {
    "tiny-rolling": dict(
        luma="stack", downscale=4, dilations=[1, 2], iterations=[0, 1, 3], default=3, external=True,
        description="Two-stage, the stack's luma guides upsampling, weights in a file of their own.",
    ),
    "tiny-plain": dict(
        luma="none", downscale=1, dilations=[1], iterations=[0], default=0, planes=(3, 12),
        minimum=8, description="Two-stage at full resolution, no luma beside the features.",
    ),
    "tiny-reference": dict(
        luma="reference", downscale=2, dilations=[1], iterations=[1], default=1,
        description="Two-stage, the reference frame's luma beside the features.",
    ),
    "tiny-full": dict(
        luma="stack", downscale=2, dilations=[1], iterations=[0, 2], default=2, two_stage=False,
        description="One graph only.",
    ),
}


class Graph:
    """Collects the nodes and constants of one ONNX graph."""

    def __init__(self):
        self.nodes, self.initializers, self.count = [], [], 0

    def constant(self, values, dtype=np.float32):
        name = f"c{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def op(self, kind, *inputs, output=None, **attributes):
        self.count += 1
        output = output or f"t{self.count}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def save(self, path, inputs, outputs, external):
        if external:
            self._to_external(os.path.dirname(path))
        graph = helper.make_graph(self.nodes, "tiny", inputs, outputs, self.initializers)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", 13)], producer_name="rackfocus-tests"
        )
        model.ir_version = 8
        onnx.save(model, path)
        onnx.checker.check_model(path)

    def _to_external(self, folder):
        path = os.path.join(folder, "weights.bin")
        if not os.path.exists(path):
            with open(path, "wb") as file:
                file.write(LAPLACIAN.tobytes())
        for tensor in self.initializers:
            if tensor.raw_data == LAPLACIAN.tobytes():
                tensor.ClearField("raw_data")
                tensor.data_location = TensorProto.EXTERNAL
                for key, value in (("location", "weights.bin"), ("offset", 0), ("length", 36)):
                    entry = tensor.external_data.add()
                    entry.key, entry.value = key, str(value)


def frame_ops(g, model, image, output=None):
    """Features [Z, C, h, w] of images [Z, 1, H, W]."""
    channels = []
    for dilation in model["dilations"]:
        pads = g.constant([0, 0, dilation, dilation, 0, 0, dilation, dilation], np.int64)
        padded = g.op("Pad", image, pads, mode="edge")
        sharp = g.op("Conv", padded, g.constant(LAPLACIAN), dilations=[dilation, dilation])
        channels.append(g.op("Abs", sharp))
    if model["luma"] == "none":
        channels.append(image)
    joined = g.op("Concat", *channels, axis=1) if len(channels) > 1 else channels[0]
    d = model["downscale"]
    return g.op("AveragePool", joined, output=output, kernel_shape=[d, d], strides=[d, d])


def stack_ops(g, model, features, luma, focus, iterations):
    """The four outputs from features [Z, C, h, w], luma and focus [1, Z]."""
    c = len(model["dilations"])
    ends = [g.constant([v], np.int64) for v in (0, c, 1)]
    sharp = g.op("Slice", features, ends[0], ends[1], ends[2])
    score = g.op("ReduceMean", sharp, axes=[1], keepdims=1)
    weights = g.op("Softmax", g.op("Mul", score, g.constant(SHARPNESS_GAIN)), axis=0)
    d = float(model["downscale"])
    scales = g.constant([1.0, 1.0, d, d])
    weights = g.op(
        "Resize", weights, "", scales, mode="nearest", nearest_mode="floor",
        coordinate_transformation_mode="asymmetric",
    )
    axis = g.op("Reshape", focus, g.constant([-1, 1, 1, 1], np.int64))
    one = g.constant([0], np.int64)
    position = g.op("ReduceSum", g.op("Mul", weights, axis), one, keepdims=1)
    for _ in range(iterations):
        smooth = g.op("AveragePool", position, kernel_shape=[3, 3], pads=[1, 1, 1, 1])
        position = g.op("Mul", g.op("Add", position, smooth), g.constant(0.5))
    zero, unit = g.constant(0.0), g.constant(1.0)
    # Rounding may carry a sum of weights over 1.
    g.op("Clip", position, zero, unit, output="position")
    away = g.op("Abs", g.op("Sub", axis, position))
    g.op("ReduceSum", g.op("Mul", weights, away), one, output="error", keepdims=1)
    g.op("Clip", g.op("ReduceMax", weights, axes=[0], keepdims=1), zero, unit, output="confidence")
    if model["luma"] == "reference":
        g.op("Identity", luma, output="allfocus")
        return
    if model["luma"] == "none":
        luma = g.op("Slice", features, ends[1], g.constant([c + 1], np.int64), ends[2])
    sum_of_luma = g.op("ReduceSum", g.op("Mul", weights, luma), one, keepdims=1)
    g.op("Clip", sum_of_luma, zero, unit, output="allfocus")


def tensor(name, shape, kind=TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def outputs():
    return [tensor(name, [1, 1, "H", "W"]) for name in OUTPUTS]


def write_graphs(folder, model):
    c = len(model["dilations"]) + (model["luma"] == "none")
    external = model.get("external", False)
    if model.get("two_stage", True):
        g = Graph()
        frame_ops(g, model, "image", output="features")
        g.save(
            os.path.join(folder, "frame.onnx"), [tensor("image", [1, 1, "H", "W"])],
            [tensor("features", [1, c, "h", "w"])], external,
        )
        for k in model["iterations"]:
            g = Graph()
            stack_ops(g, model, "features", "luma", "focus", k)
            inputs = [tensor("features", ["Z", c, "h", "w"]), tensor("focus", [1, "Z"])]
            if model["luma"] != "none":
                z = "Z" if model["luma"] == "stack" else 1
                inputs.insert(1, tensor("luma", [z, 1, "H", "W"]))
            g.save(os.path.join(folder, f"stack-k{k}.onnx"), inputs, outputs(), external)
    for k in model["iterations"]:
        g = Graph()
        images = g.op("Transpose", "stack", perm=[1, 0, 2, 3])
        inputs = [tensor("stack", [1, "Z", "H", "W"]), tensor("focus", [1, "Z"])]
        luma = images
        if model["luma"] == "reference":
            inputs.append(tensor("reference", [1], TensorProto.INT64))
            luma = g.op("Gather", images, "reference", axis=0)
        stack_ops(g, model, frame_ops(g, model, images), luma, "focus", k)
        g.save(os.path.join(folder, f"full-k{k}.onnx"), inputs, outputs(), external)


# The same in numpy, in double.


def estimate(model, stack, focus, iterations, reference):
    z, height, width = stack.shape
    d = model["downscale"]
    volumes = []
    for dilation in model["dilations"]:
        p = np.pad(stack, ((0, 0), (dilation, dilation), (dilation, dilation)), mode="edge")
        centre = p[:, dilation:-dilation, dilation:-dilation]
        up, down = p[:, : -2 * dilation, dilation:-dilation], p[:, 2 * dilation :, dilation:-dilation]
        left, right = p[:, dilation:-dilation, : -2 * dilation], p[:, dilation:-dilation, 2 * dilation :]
        volumes.append(np.abs(up + down + left + right - 4 * centre))
    pooled = [v.reshape(z, height // d, d, width // d, d).mean((2, 4)) for v in volumes]
    score = SHARPNESS_GAIN * np.mean(pooled, axis=0)
    weights = np.exp(score - score.max(0))
    weights = (weights / weights.sum(0)).repeat(d, 1).repeat(d, 2)
    axis = focus.reshape(-1, 1, 1)
    position = (weights * axis).sum(0)
    for _ in range(iterations):
        position = 0.5 * (position + mean3(position))
    luma = stack[reference] if model["luma"] == "reference" else (weights * stack).sum(0)
    error = (weights * np.abs(axis - position)).sum(0)
    return dict(position=position, error=error, confidence=weights.max(0), allfocus=luma)


def mean3(image):
    """Mean over 3x3, at the border over what there is."""
    def total(a):
        p = np.pad(a, 1)
        h, w = a.shape
        return sum(p[y : y + h, x : x + w] for y in range(3) for x in range(3))
    return total(image) / total(np.ones_like(image))


def splitmix64(state):
    z = (state + 0x9E3779B97F4A7C15) & MASK_64
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK_64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK_64
    return z ^ (z >> 31)


def golden(model, seed=20261120, planes=7, height=64, width=96, count=16):
    def r(i):
        return (splitmix64((seed + i) & MASK_64) >> 11) * 2.0**-53

    u = np.array([
        (z + (0.4 * (r(1000000 + z) - 0.5) if 0 < z < planes - 1 else 0)) / (planes - 1)
        for z in range(planes)
    ])
    texture = np.array([r(i) for i in range(height * width)]).reshape(height, width)
    true = 0.15 + 0.7 * np.arange(width) / (width - 1)
    stack = 0.5 + (texture - 0.5) / (1 + (6 * (u[:, None, None] - true)) ** 2)
    stack, u = (a.astype(np.float32).astype(np.float64) for a in (stack, u))
    pixels, i = set(), 0
    while len(pixels) < count:
        pixels.add(int(r(2000000 + i) * height * width))
        i += 1
    pixels = sorted(pixels)
    expected = {}
    for k in model["iterations"]:
        result = estimate(model, stack, u, k, planes - 1)
        expected[str(k)] = {
            name: [float(f"{v:.9g}") for v in result[name].reshape(-1)[pixels]] for name in OUTPUTS
        }
    return dict(
        seed=seed, planes=planes, height=height, width=width, pixels=pixels, expected=expected,
        tolerance=dict(cpu=1e-4, cuda=1e-3, fp16=1e-2),
    )


def write_bundle(name, model):
    folder = os.path.join(HERE, name)
    os.makedirs(folder, exist_ok=True)
    for old in os.listdir(folder):
        os.remove(os.path.join(folder, old))
    write_graphs(folder, model)
    files = {}
    for file in sorted(os.listdir(folder)):
        with open(os.path.join(folder, file), "rb") as source:
            data = source.read()
        files[file] = dict(sha256=hashlib.sha256(data).hexdigest(), bytes=len(data))
    low, high = model.get("planes", (3, 64))
    manifest = dict(
        format=1, name=name, version="1.0.0", description=model["description"],
        source="made for the tests", licence="Apache-2.0", planes=dict(min=low, max=high),
        multiple=model["downscale"], minimumSize=model.get("minimum", 32),
        iterations=dict(exported=model["iterations"], default=model["default"]),
    )
    if model.get("two_stage", True):
        c = len(model["dilations"]) + (model["luma"] == "none")
        manifest["twoStage"] = dict(channels=c, downscale=model["downscale"], luma=model["luma"])
    manifest["files"] = files
    manifest["golden"] = golden(model)
    with open(os.path.join(folder, "manifest.json"), "w", encoding="utf-8") as file:
        json.dump(manifest, file)
        file.write("\n")
    print(name, sum(f["bytes"] for f in files.values()), "bytes")


if __name__ == "__main__":
    for name, model in MODELS.items():
        write_bundle(name, model)
