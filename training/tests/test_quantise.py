"""Quantisation: scales, and validity of the quantised graphs."""

import os
import sys
import tempfile
import unittest

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from rackfocus_training.qdq import (Range, activation_scale, boundaries, convolutions, quantise,  # noqa: E402
                                    weight_scales, with_ranges)
from rackfocus_training.quantise import read_tensors, write_tensors  # noqa: E402


def small_graph() -> onnx.ModelProto:
    """conv a -> Relu -> conv b (output read twice) and a conv of 4 channels, which does not pay."""
    random = np.random.default_rng(1)

    def weights(name, *shape):
        return numpy_helper.from_array(random.standard_normal(shape).astype(np.float32), name)

    nodes = [
        helper.make_node("Conv", ["x", "wa", "ba"], ["a"], pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["a"], ["ra"]),
        helper.make_node("Conv", ["ra", "wb"], ["b"]),
        helper.make_node("Sigmoid", ["b"], ["sb"]),
        helper.make_node("Mul", ["b", "sb"], ["m"]),
        helper.make_node("Conv", ["m", "wc"], ["c"]),
    ]
    graph = helper.make_graph(
        nodes, "small",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 8, None, None])],
        [helper.make_tensor_value_info("c", TensorProto.FLOAT, [1, 2, None, None])],
        [weights("wa", 16, 8, 3, 3), weights("ba", 16), weights("wb", 4, 16, 1, 1), weights("wc", 2, 4, 1, 1)])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)])


RANGES = {"x": Range(-1, 1), "ra": Range(0, 6), "b": Range(-3, 3)}


class QuantiseTest(unittest.TestCase):
    def test_should_hold_zero_and_both_ends(self):
        for low, high in ((-1, 1), (0, 6), (2, 5), (-4, -1), (0, 0)):
            scale, zero = activation_scale(Range(low, high))
            ends = (np.array([0, 255]) - float(zero)) * float(scale)
            self.assertLessEqual(ends[0], min(low, 0) + float(scale))
            self.assertGreaterEqual(ends[1], max(high, 0) - float(scale))
            self.assertEqual((float(zero) - float(zero)) * float(scale), 0)

    def test_should_round_weights_to_half_a_step_of_their_channel(self):
        weights = np.random.default_rng(2).standard_normal((16, 8, 3, 3)).astype(np.float32)
        weights[3] *= 100
        scales = weight_scales(weights).reshape(-1, 1, 1, 1)
        gaps = np.abs(np.round(weights / scales) * scales - weights)
        self.assertTrue((gaps <= 0.5001 * scales).all())

    def test_should_choose_what_pays_and_know_the_relu_behind_it(self):
        model = small_graph()
        self.assertEqual(convolutions(model), ["a", "b"])
        self.assertEqual(boundaries(model, ["a", "b"]), ["x", "ra", "b"])

    def test_should_put_pairs_around_the_chosen_ones_alone(self):
        changed = quantise(small_graph(), RANGES, ["a", "b"])
        onnx.checker.check_model(changed, full_check=True)
        kinds = [node.op_type for node in changed.graph.node]
        self.assertEqual(kinds.count("QuantizeLinear"), 3)
        convs = {node.output[0]: node for node in changed.graph.node if node.op_type == "Conv"}
        self.assertEqual(list(convs["a"].input), ["x/dequantised", "wa/dequantised", "a/bias/dequantised"])
        self.assertEqual(convs["b"].input[0], "ra/dequantised")
        self.assertEqual(convs["c"].input[1], "wc")
        types = {tensor.name: tensor.data_type for tensor in changed.graph.initializer}
        self.assertEqual(types["wa/int"], TensorProto.INT8)
        self.assertEqual(types["a/bias/int"], TensorProto.INT32)
        self.assertEqual(types["x/zero"], TensorProto.UINT8)
        self.assertNotIn("wa", types)
        self.assertIn("wc", types)

    def test_should_change_nothing_where_nothing_is_chosen(self):
        model = small_graph()
        self.assertEqual(quantise(model, {}, []).graph.node, model.graph.node)

    def test_should_give_the_ranges_as_outputs(self):
        watched = with_ranges(small_graph(), ["x", "ra"])
        onnx.checker.check_model(watched, full_check=True)
        self.assertEqual([output.name for output in watched.graph.output],
                         ["c", "min/0", "max/0", "min/1", "max/1"])

    def test_should_read_what_it_writes(self):
        tensors = {"features": np.random.default_rng(3).random((2, 3, 4), np.float32), "focus": np.float32([[0, 1]])}
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "tensors")
            write_tensors(path, tensors)
            found = read_tensors(path)
        self.assertEqual(list(found), list(tensors))
        for name, values in tensors.items():
            np.testing.assert_array_equal(found[name], values)


if __name__ == "__main__":
    unittest.main()
