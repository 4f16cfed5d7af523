"""Inserts QuantizeLinear/DequantizeLinear pairs into a graph: uint8 activations, int8 weights per channel.

Works on Conv nodes alone, so it applies to any bundle. Each chosen Conv gets pairs on its input and on its output
(or on the output of the following Relu if that is the only consumer), so that ONNX Runtime runs it in 8 bits.
"""

from collections import defaultdict
from dataclasses import dataclass
from typing import Dict, Iterable, List, Optional, Tuple

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LEAST_CHANNELS = 8


@dataclass(frozen=True)
class Range:
    """Range of a tensor's values."""

    low: float
    high: float


def convolutions(model: onnx.ModelProto) -> List[str]:
    """First outputs of all Conv nodes worth quantising: constant weights, at least 8 input channels."""
    constants = _constants(model.graph)
    chosen = []
    for node in model.graph.node:
        if node.op_type != "Conv" or node.input[1] not in constants:
            continue
        if constants[node.input[1]].shape[1] >= LEAST_CHANNELS:
            chosen.append(node.output[0])
    return chosen


def boundaries(model: onnx.ModelProto, chosen: Iterable[str]) -> List[str]:
    """The tensors whose range is needed to run these convolutions in 8 bits, in a fixed order."""
    wanted = set(chosen)
    names = []
    for node in model.graph.node:
        if node.op_type == "Conv" and node.output[0] in wanted:
            names += [node.input[0], _quantised_output(model.graph, node)]
    return list(dict.fromkeys(names))


def with_ranges(model: onnx.ModelProto, tensors: List[str]) -> onnx.ModelProto:
    """A copy with two additional scalar outputs per tensor, its minimum and maximum: min/N and max/N."""
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    for index, name in enumerate(tensors):
        for kind, operator in (("min", "ReduceMin"), ("max", "ReduceMax")):
            output = f"{kind}/{index}"
            watched.graph.node.append(helper.make_node(operator, [name], [output], keepdims=0))
            watched.graph.output.append(helper.make_tensor_value_info(output, TensorProto.FLOAT, []))
    return watched


def quantise(model: onnx.ModelProto, ranges: Dict[str, Range], chosen: Iterable[str]) -> onnx.ModelProto:
    """A copy of the graph in which the chosen convolutions (by output name) run in 8 bits."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    return _Rewriter(result, ranges, set(chosen)).rewrite()


def activation_scale(values: Range) -> Tuple[np.float32, np.uint8]:
    """uint8 scale and zero point for a range, extended to represent 0 exactly."""
    low, high = min(values.low, 0.0), max(values.high, 0.0)
    scale = np.float32(max(high - low, 1e-8) / 255.0)
    return scale, np.uint8(int(np.clip(round(-low / float(scale)), 0, 255)))


def weight_scales(weights: np.ndarray) -> np.ndarray:
    """Symmetric int8 scales of each output channel."""
    greatest = np.abs(weights.reshape(len(weights), -1)).max(axis=1)
    return (np.maximum(greatest, 1e-8) / 127.0).astype(np.float32)


def _constants(graph: onnx.GraphProto) -> Dict[str, np.ndarray]:
    found = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant" and node.attribute[0].name == "value":
            found[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
    return found


def _consumers(graph: onnx.GraphProto) -> Dict[str, List[onnx.NodeProto]]:
    found = defaultdict(list)
    for node in graph.node:
        for name in node.input:
            found[name].append(node)
    return found


def _quantised_output(graph: onnx.GraphProto, node: onnx.NodeProto,
                      consumers: Optional[Dict[str, List[onnx.NodeProto]]] = None) -> str:
    readers = (consumers or _consumers(graph))[node.output[0]]
    if len(readers) == 1 and readers[0].op_type == "Relu":
        return readers[0].output[0]
    return node.output[0]


class _Rewriter:
    """One rewriting of one graph."""

    def __init__(self, model: onnx.ModelProto, ranges: Dict[str, Range], chosen):
        self.model, self.graph = model, model.graph
        self.ranges, self.chosen = ranges, chosen
        self.constants = _constants(self.graph)
        self.consumers = _consumers(self.graph)
        self.made = set()
        self.outputs = {output.name for output in self.graph.output}
        self.nodes: List[onnx.NodeProto] = []

    def rewrite(self) -> onnx.ModelProto:
        pairs = set()
        for node in self.graph.node:
            if node.op_type == "Conv" and node.output[0] in self.chosen:
                pairs.add(node.input[0])
                pairs.add(_quantised_output(self.graph, node, self.consumers))
        pairs -= self.outputs
        for name in (value.name for value in self.graph.input):
            if name in pairs:
                self._pair(name)
        for node in list(self.graph.node):
            if node.op_type == "Conv" and node.output[0] in self.chosen:
                self._weights(node)
            for index, name in enumerate(node.input):
                if name in pairs:
                    node.input[index] = name + "/dequantised"
            self.nodes.append(node)
            for name in node.output:
                if name in pairs:
                    self._pair(name)
        nodes = [onnx.NodeProto.FromString(node.SerializeToString()) for node in self.nodes]
        del self.graph.node[:]
        self.graph.node.extend(nodes)
        self._drop_unused()
        onnx.checker.check_model(self.model)
        return self.model

    def _constant(self, name: str, values: np.ndarray) -> str:
        if name not in self.made:
            self.made.add(name)
            self.graph.initializer.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def _pair(self, name: str) -> None:
        scale, zero = activation_scale(self.ranges[name])
        inputs = [self._constant(name + "/scale", scale), self._constant(name + "/zero", zero)]
        self.nodes.append(helper.make_node("QuantizeLinear", [name] + inputs, [name + "/quantised"]))
        self.nodes.append(helper.make_node("DequantizeLinear", [name + "/quantised"] + inputs,
                                           [name + "/dequantised"]))

    def _weights(self, node: onnx.NodeProto) -> None:
        source = node.input[1]
        weights = self.constants[source]
        scales = weight_scales(weights)
        shaped = scales.reshape((-1,) + (1,) * (weights.ndim - 1))
        whole = np.clip(np.round(weights / shaped), -127, 127).astype(np.int8)
        node.input[1] = self._dequantised(source, whole, scales, np.zeros(len(scales), np.int8))
        if len(node.input) > 2 and node.input[2] in self.constants:
            scale, _ = activation_scale(self.ranges[node.input[0]])
            both = (scales * scale).astype(np.float32)
            bias = np.clip(np.round(self.constants[node.input[2]] / both), -2**31 + 1, 2**31 - 1)
            node.input[2] = self._dequantised(f"{node.output[0]}/bias", bias.astype(np.int32), both,
                                              np.zeros(len(both), np.int32))

    def _dequantised(self, name: str, values: np.ndarray, scales: np.ndarray, zeros: np.ndarray) -> str:
        output = name + "/dequantised"
        if output not in self.made:
            self.made.add(output)
            self.nodes.append(helper.make_node(
                "DequantizeLinear",
                [self._constant(name + "/int", values), self._constant(name + "/scales", scales),
                 self._constant(name + "/zeros", zeros)], [output], axis=0))
        return output

    def _drop_unused(self) -> None:
        used = {name for node in self.graph.node for name in node.input} | self.outputs
        kept = [tensor for tensor in self.graph.initializer if tensor.name in used]
        del self.graph.initializer[:]
        self.graph.initializer.extend(kept)
