"""Cosine transform and projection onto integrable fields."""

import os
import tempfile
import unittest

import onnx
import torch

from rackfocus_training import poisson
from rackfocus_training.bundle import export_graph


class Projection(torch.nn.Module):
    def forward(self, right, down):
        return poisson.integrate(right, down)


class PoissonTest(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(3)

    def test_should_transform_without_changing_lengths(self):
        for count in (1, 2, 7, 60):
            matrix, values = poisson.cosine_transform(count)
            identity = matrix @ matrix.t()
            self.assertLess(float((identity - torch.eye(count)).abs().max()), 1e-5, count)
            self.assertEqual(0.0, float(values[0]))
            self.assertTrue(bool((values[1:] > values[:-1]).all()))

    def test_should_give_a_surface_back_from_its_gradients(self):
        for height, width in ((4, 4), (12, 20), (61, 17)):
            surface = torch.randn(2, 3, height, width)
            right, down = poisson.gradients(surface)
            found = poisson.integrate(right, down)
            wanted = surface - surface.mean(dim=(2, 3), keepdim=True)
            self.assertLess(float((found - wanted).abs().max()), 1e-4)

    def test_should_leave_nothing_that_is_nearer_to_the_field(self):
        # The residual of a least-squares solution is orthogonal to every gradient: P'(g - P z) = 0.
        right, down = torch.randn(1, 1, 9, 13), torch.randn(1, 1, 9, 13)
        right[..., -1], down[..., -1, :] = 0, 0
        fitted = poisson.gradients(poisson.integrate(right, down))
        other = poisson.gradients(torch.randn(1, 1, 9, 13))
        product = ((right - fitted[0]) * other[0]).sum() + ((down - fitted[1]) * other[1]).sum()
        self.assertLess(float(product.abs()), 1e-3)

    def test_should_ignore_what_lies_across_the_border(self):
        right, down = torch.randn(1, 1, 8, 8), torch.randn(1, 1, 8, 8)
        found = poisson.integrate(right, down)
        right[..., -1], down[..., -1, :] = 99.0, -99.0
        self.assertTrue(torch.equal(found, poisson.integrate(right, down)))

    def test_should_export_with_the_size_left_open(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "projection.onnx")
            axes = {2: "h", 3: "w"}
            export_graph(Projection(), [torch.rand(1, 2, 8, 12), torch.rand(1, 2, 8, 12)], path,
                         ["right", "down"], ["surface"],
                         {"right": axes, "down": axes, "surface": axes})
            graph = onnx.load(path).graph
            self.assertIn("Range", {node.op_type for node in graph.node})
            sizes = [tuple(t.dims) for t in graph.initializer]
            self.assertFalse(any(8 in size or 12 in size for size in sizes), sizes)


if __name__ == "__main__":
    unittest.main()
