"""`ddl-pgd` and its parts, on the golden stack, whose true positions are a ramp."""

import os
import tempfile
import unittest

import numpy as np
import onnx
import torch

from rackfocus_training import bundle, ddl_pgd, export_ddl_pgd
from rackfocus_training.edge_aware import Links, cross_upsample, median_3x3
from rackfocus_training.peak import interpolated_peak

GOLDEN = bundle.Golden()


def golden_stack():
    stack, focus = bundle.golden_input(GOLDEN)
    true = 0.15 + 0.7 * torch.arange(GOLDEN.width) / (GOLDEN.width - 1)
    return torch.from_numpy(stack), torch.from_numpy(focus), true.view(1, 1, 1, -1)


class PeakTest(unittest.TestCase):
    def test_should_find_a_gaussian_peak_exactly_between_uneven_planes(self):
        focus = torch.tensor([0.0, 0.2, 0.35, 0.7, 1.0], dtype=torch.float64)
        true = torch.tensor([0.15, 0.4, 0.62], dtype=torch.float64).view(1, 3, 1, 1)
        volume = torch.exp(-((focus.view(-1, 1, 1, 1) - true) ** 2) / 0.1)
        self.assertTrue(torch.allclose(true, interpolated_peak(volume, focus), atol=1e-9))

    def test_should_stay_inside_the_sweep_where_sharpness_rises_to_its_end(self):
        focus = torch.tensor([0.0, 0.5, 1.0])
        rising = torch.tensor([1.0, 2.0, 8.0]).view(3, 1, 1, 1)
        self.assertEqual(1.0, float(interpolated_peak(rising, focus)))
        self.assertEqual(0.0, float(interpolated_peak(rising.flip(0), focus)))


class EdgeAwareTest(unittest.TestCase):
    def test_should_keep_a_constant_whatever_the_guide(self):
        torch.manual_seed(1)
        links = Links(torch.rand(1, 1, 16, 12), 0.1, 1e-4, 4)
        ones = torch.ones(1, 1, 16, 12)
        average = links.spread(3 * ones, (1, 2, 4), 0.5) / links.spread(ones, (1, 2, 4), 0.5)
        self.assertTrue(torch.allclose(3 * ones, average, atol=1e-5))

    def test_should_not_leak_across_an_edge_of_the_guide(self):
        guide = torch.zeros(1, 1, 8, 16)
        guide[..., 8:] = 1.0
        links = Links(guide, 0.05, 1e-6, 4)
        spread = links.spread(guide, (1, 2, 4), 1.0)
        count = links.spread(torch.ones_like(guide), (1, 2, 4), 1.0)
        self.assertTrue(torch.allclose(guide, spread / count, atol=1e-4))

    def test_should_link_distant_pixels_by_the_path_between_them(self):
        guide = torch.zeros(1, 1, 3, 9)
        guide[..., 4] = 1.0  # a thin line between two alike sides
        links = Links(guide, 0.2, 1e-9, 4)
        x = torch.zeros(1, 1, 3, 9)
        x[..., 2] = 1.0
        self.assertLess(float(links.spread(x, (4,), 1.0)[0, 0, 1, 6]), 1e-6)

    def test_should_give_the_median_of_every_neighbourhood(self):
        torch.manual_seed(2)
        x = torch.rand(1, 1, 9, 11)
        padded = np.pad(x[0, 0].numpy(), 1, mode="edge")
        found = median_3x3(x)[0, 0].numpy()
        for row in range(9):
            for column in range(11):
                expected = np.median(padded[row : row + 3, column : column + 3])
                self.assertEqual(expected, found[row, column])

    def test_should_upsample_along_the_guide_edge(self):
        fine = torch.zeros(1, 1, 16, 16)
        fine[..., 6:] = 1.0  # the edge runs through the middle of a 4x4 block
        luma = torch.nn.functional.pixel_unshuffle(fine, 4)
        coarse = torch.tensor([0.2, 0.8, 0.8, 0.8]).view(1, 1, 1, 4).expand(1, 1, 4, 4)
        up = torch.nn.functional.pixel_shuffle(cross_upsample(coarse, luma, 4, 0.05, 0.6), 4)
        self.assertLess(float(up[0, 0, 8, 3]), 0.3)
        self.assertGreater(float(up[0, 0, 8, 12]), 0.75)


class DdlPgdTest(unittest.TestCase):
    def setUp(self):
        self.model = ddl_pgd.DdlPgd()

    def run_golden(self, iterations):
        stack, focus, true = golden_stack()
        with torch.no_grad():
            return self.model(stack, focus, iterations), true

    def test_should_find_the_ramp_within_a_third_of_a_plane(self):
        outputs, true = self.run_golden(3)
        error = (outputs["position"] - true).abs().mean() * (GOLDEN.planes - 1)
        self.assertLess(float(error), 1 / 3)

    def test_should_give_four_finite_outputs_in_their_ranges(self):
        for iterations in ddl_pgd.ITERATIONS:
            outputs, _ = self.run_golden(iterations)
            self.assertEqual(set(bundle.OUTPUTS), set(outputs))
            for name, values in outputs.items():
                self.assertEqual((1, 1, GOLDEN.height, GOLDEN.width), tuple(values.shape), name)
                self.assertTrue(bool(torch.isfinite(values).all()), name)
                self.assertGreaterEqual(float(values.min()), 0.0, name)
                self.assertLessEqual(float(values.max()), 1.0, name)
            self.assertGreater(float(outputs["error"].min()), 0.0)

    def test_should_lower_confidence_where_the_error_is_larger(self):
        outputs, _ = self.run_golden(3)
        order = outputs["error"].flatten().argsort()
        confidence = outputs["confidence"].flatten()[order]
        self.assertTrue(bool((confidence[1:] <= confidence[:-1]).all()))

    def test_should_fill_a_blank_patch_from_its_surroundings(self):
        stack, focus, true = golden_stack()
        torch.manual_seed(3)
        blank = (slice(None), slice(None), slice(24, 44), slice(40, 60))
        stack[blank] = 0.5 + 0.004 * torch.randn(1, GOLDEN.planes, 20, 20)
        errors = []
        with torch.no_grad():
            for iterations in (0, 3):
                position = self.model(stack, focus, iterations)["position"]
                inner = (position - true)[:, :, 30:38, 46:54]
                errors.append(float(inner.abs().mean()))
        self.assertLess(errors[1], errors[0])
        self.assertLess(errors[1], 0.1)

    def test_should_stay_finite_on_a_covered_lens(self):
        for level in (0.0, 0.5, 1.0):
            with torch.no_grad():
                outputs = self.model(
                    torch.full((1, 10, 32, 32), level), torch.linspace(0, 1, 10)[None], 3
                )
            self.assertTrue(all(bool(torch.isfinite(v).all()) for v in outputs.values()))
            self.assertLess(float(outputs["confidence"].max()), 0.5)

    def test_should_not_depend_on_the_gain_of_single_planes(self):
        stack, focus, _ = golden_stack()
        gains = 1 + 0.03 * torch.tensor([1, -1, 0, 1, -1, 1, 0.0]).view(1, -1, 1, 1)
        with torch.no_grad():
            plain = self.model(stack * 0.9, focus, 3)["position"]
            flickering = self.model(stack * 0.9 * gains, focus, 3)["position"]
        self.assertLess(float((plain - flickering).abs().mean()), 0.01)


class ExportTest(unittest.TestCase):
    def test_should_write_a_bundle_of_plain_graphs_with_dynamic_sizes(self):
        spec = bundle.BundleSpec(
            name="ddl-pgd",
            version="0.0.1",
            description="No iteration, for this test.",
            source="none",
            iterations=(0,),
            default_iterations=0,
            two_stage=export_ddl_pgd.SPEC.two_stage,
        )
        with tempfile.TemporaryDirectory() as folder:
            manifest = export_ddl_pgd.export_bundle(folder, spec)
            self.assertEqual(
                {"frame.onnx", "full-k0.onnx", "stack-k0.onnx"}, set(manifest["files"])
            )
            stack = onnx.load(os.path.join(folder, "stack-k0.onnx"))
            shapes = {
                value.name: [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]
                for value in stack.graph.input
            }
            self.assertEqual(["Z", ddl_pgd.CHANNELS, "h", "w"], shapes["features"])
            self.assertEqual([1, "Z"], shapes["focus"])
            self.assertEqual(list(bundle.OUTPUTS), [value.name for value in stack.graph.output])


if __name__ == "__main__":
    unittest.main()
