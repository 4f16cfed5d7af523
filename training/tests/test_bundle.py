"""Bundles: golden input, hashes, shared weights, rejected input."""

import hashlib
import json
import os
import tempfile
import unittest

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from rackfocus_training import bundle


class Stand(torch.nn.Module):
    """A small graph with one initializer above and one below the limit of sharing."""

    def __init__(self, seed):
        super().__init__()
        torch.manual_seed(seed)
        self.convolution = torch.nn.Conv2d(4, 16, 3, padding=1)

    def forward(self, stack):
        return self.convolution(stack).mean(dim=1, keepdim=True)


def spec(**changes):
    values = dict(
        name="stand",
        version="1.0.0",
        description="A stand-in for tests.",
        source="none",
        iterations=(0, 3),
        default_iterations=3,
    )
    values.update(changes)
    return bundle.BundleSpec(**values)


def ramp_estimate(stack, focus, iterations, reference):
    value = stack.mean(dim=1, keepdim=True) * 0 + focus[0, reference] * 0.5 + 0.01 * iterations
    return {name: value for name in bundle.OUTPUTS}


def export_stand(folder, name, seed=3):
    path = os.path.join(folder, name)
    bundle.export_graph(
        Stand(seed),
        [torch.zeros(1, 4, 8, 8)],
        path,
        ["stack"],
        ["position"],
        {"stack": {2: "H", 3: "W"}, "position": {2: "H", 3: "W"}},
    )
    return path


class GoldenInputTest(unittest.TestCase):
    def test_should_follow_the_published_splitmix64(self):
        # First outputs of SplitMix64 for the state 0 (reference implementation of Vigna, 2015).
        self.assertEqual(0xE220A8397B1DCDAF, bundle.splitmix64(0))
        self.assertEqual(0x6E789E6AA1B965F4, bundle.splitmix64(0x9E3779B97F4A7C15))

    def test_should_keep_its_digest(self):
        stack, focus = bundle.golden_input(bundle.Golden())
        self.assertEqual((1, 7, 64, 96), stack.shape)
        self.assertEqual(np.float32, stack.dtype)
        self.assertEqual(
            "0d9d3aed20648332bb9c5cbddd0ea3fa722842c0b2f8d6f1ed750972c7dd2789",
            hashlib.sha256(stack.astype("<f4").tobytes()).hexdigest(),
        )
        self.assertEqual(0.0, focus[0, 0])
        self.assertEqual(1.0, focus[0, -1])
        self.assertTrue((np.diff(focus[0]) > 0).all())

    def test_should_choose_distinct_sorted_pixels_inside_the_image(self):
        pixels = bundle.golden_pixels(bundle.Golden())
        self.assertEqual(64, len(set(pixels)))
        self.assertEqual(sorted(pixels), pixels)
        self.assertEqual([79, 107, 260, 429, 539], pixels[:5])
        self.assertLess(pixels[-1], 64 * 96)

    def test_should_refuse_more_pixels_than_the_image_has(self):
        with self.assertRaisesRegex(ValueError, "pixels: expected at most 16, found 64"):
            bundle.golden_pixels(bundle.Golden(height=4, width=4))


class ExpectedVectorTest(unittest.TestCase):
    def test_should_hold_every_output_for_every_iteration_count(self):
        expected = bundle.golden_expected(ramp_estimate, spec())
        self.assertEqual({"0", "3"}, set(expected))
        for outputs in expected.values():
            self.assertEqual(set(bundle.OUTPUTS), set(outputs))
            self.assertTrue(all(len(values) == 64 for values in outputs.values()))
        self.assertAlmostEqual(0.53, expected["3"]["position"][10], places=6)

    def test_should_refuse_a_wrong_shape(self):
        def flat(stack, focus, iterations, reference):
            return {name: torch.zeros(1, 64, 96) for name in bundle.OUTPUTS}

        with self.assertRaisesRegex(
            ValueError, r"position at K = 0: expected shape \[1, 1, 64, 96\], found \[1, 64, 96\]"
        ):
            bundle.golden_expected(flat, spec())

    def test_should_refuse_a_missing_output(self):
        def partial(stack, focus, iterations, reference):
            outputs = ramp_estimate(stack, focus, iterations, reference)
            del outputs["error"]
            return outputs

        with self.assertRaisesRegex(ValueError, "error at K = 0: expected an output"):
            bundle.golden_expected(partial, spec())

    def test_should_refuse_values_that_are_not_finite(self):
        def broken(stack, focus, iterations, reference):
            outputs = ramp_estimate(stack, focus, iterations, reference)
            return {**outputs, "confidence": outputs["confidence"] / 0.0}

        with self.assertRaisesRegex(ValueError, "confidence at K = 0: expected finite"):
            bundle.golden_expected(broken, spec())


class ManifestTest(unittest.TestCase):
    def test_should_hash_every_file_but_itself_and_the_card(self):
        with tempfile.TemporaryDirectory() as folder:
            export_stand(folder, "full-k0.onnx")
            export_stand(folder, "full-k3.onnx", seed=4)
            with open(os.path.join(folder, "card.md"), "w", encoding="utf-8") as card:
                card.write("# stand\n")
            bundle.write_manifest(folder, spec(), ramp_estimate)
            with open(os.path.join(folder, bundle.MANIFEST), encoding="utf-8") as file:
                manifest = json.load(file)
            self.assertEqual({"full-k0.onnx", "full-k3.onnx"}, set(manifest["files"]))
            for name, entry in manifest["files"].items():
                with open(os.path.join(folder, name), "rb") as file:
                    content = file.read()
                self.assertEqual(hashlib.sha256(content).hexdigest(), entry["sha256"])
                self.assertEqual(len(content), entry["bytes"])
            self.assertEqual({"exported": [0, 3], "default": 3}, manifest["iterations"])
            self.assertNotIn("twoStage", manifest)
            self.assertEqual(64, len(manifest["golden"]["pixels"]))

    def test_should_refuse_a_missing_graph(self):
        with tempfile.TemporaryDirectory() as folder:
            export_stand(folder, "full-k0.onnx")
            with self.assertRaisesRegex(ValueError, "expected full-k3.onnx, found"):
                bundle.write_manifest(folder, spec(), ramp_estimate)

    def test_should_refuse_a_default_that_is_not_exported(self):
        with self.assertRaisesRegex(ValueError, r"expected one of \[0, 3\], found 5"):
            spec(default_iterations=5)

    def test_should_refuse_an_unknown_luma(self):
        with self.assertRaisesRegex(ValueError, "expected stack, reference or none, found 'all'"):
            bundle.TwoStage(channels=4, downscale=4, luma="all")


class SharedWeightsTest(unittest.TestCase):
    def test_should_keep_one_copy_of_equal_weights_and_give_them_back(self):
        with tempfile.TemporaryDirectory() as folder:
            paths = [export_stand(folder, f"full-k{k}.onnx") for k in (0, 3)]
            before = {
                t.name: numpy_helper.to_array(t) for t in onnx.load(paths[0]).graph.initializer
            }
            size = bundle.share_weights(paths, os.path.join(folder, bundle.WEIGHTS_FILE))
            self.assertEqual(16 * 4 * 9 * 4, size)
            for path in paths:
                after = onnx.load(path)
                for tensor in after.graph.initializer:
                    np.testing.assert_array_equal(
                        before[tensor.name], numpy_helper.to_array(tensor)
                    )
            inline = onnx.load(paths[1], load_external_data=False)
            external = [
                t for t in inline.graph.initializer
                if t.data_location == onnx.TensorProto.EXTERNAL
            ]
            self.assertEqual(1, len(external))
            entries = {e.key: e.value for e in external[0].external_data}
            self.assertEqual(bundle.WEIGHTS_FILE, entries["location"])
            self.assertEqual(0, int(entries["offset"]) % bundle.WEIGHTS_ALIGNMENT)

    def test_should_refuse_to_share_twice(self):
        with tempfile.TemporaryDirectory() as folder:
            path = export_stand(folder, "full-k0.onnx")
            weights = os.path.join(folder, bundle.WEIGHTS_FILE)
            bundle.share_weights([path], weights)
            with self.assertRaisesRegex(ValueError, "expected inline weights"):
                bundle.share_weights([path], weights)

    def test_should_refuse_a_graph_of_another_folder(self):
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
            path = export_stand(other, "full-k0.onnx")
            with self.assertRaisesRegex(ValueError, "expected a graph in"):
                bundle.share_weights([path], os.path.join(folder, bundle.WEIGHTS_FILE))

    def test_should_leave_no_folder_of_this_machine_in_a_graph(self):
        with tempfile.TemporaryDirectory() as folder:
            path = export_stand(folder, "full-k0.onnx")
            with open(path, "rb") as file:
                self.assertNotIn(os.path.dirname(__file__).encode(), file.read())


if __name__ == "__main__":
    unittest.main()
