"""Building blocks of the networks."""

import unittest

import torch

from rackfocus_training import layers


class LayersTest(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(3)

    def test_should_interpolate_linear_functions_of_focus_exactly(self):
        focus = torch.tensor([[0.0, 0.13, 0.4, 0.78, 1.0]])
        bins = torch.linspace(0, 1, 32)
        matrix = layers.hat_matrix(bins, focus)
        self.assertTrue(torch.allclose(matrix.sum(2), torch.ones(1, 32), atol=1e-6))
        self.assertTrue(torch.allclose(matrix @ (3 * focus - 1)[0], 3 * bins - 1, atol=1e-5))

    def test_should_take_a_quarter_of_the_channels_from_each_neighbouring_plane(self):
        x = torch.arange(5.0).view(5, 1, 1, 1).expand(5, 8, 2, 2).contiguous()
        for step in (1, 2):
            y = layers.shift_planes(x, 5, step)
            far = torch.clamp(torch.arange(5.0) - step, min=0)
            near = torch.clamp(torch.arange(5.0) + step, max=4)
            self.assertTrue(torch.equal(y[:, 0, 0, 0], far))
            self.assertTrue(torch.equal(y[:, 3, 1, 1], near))
            self.assertTrue(torch.equal(y[:, 4:], x[:, 4:]))

    def test_should_not_mix_the_stacks_of_a_batch(self):
        x = torch.cat([torch.zeros(4, 8, 1, 1), torch.ones(4, 8, 1, 1)])
        self.assertTrue(torch.equal(layers.shift_planes(x, 4), x))

    def test_should_find_the_expected_bin(self):
        bins = torch.linspace(0, 1, 32)
        scores = -40 * (bins - 0.37).abs()[None, :, None, None]
        found, relative = layers.soft_argmax(scores, bins)
        weights = torch.softmax(scores, dim=1)
        self.assertAlmostEqual(float((weights * bins[None, :, None, None]).sum()), float(found),
                               places=5)
        self.assertEqual(0.0, float(relative.max()))

    def test_should_look_up_linearly_and_stop_at_the_ends(self):
        volume = (torch.linspace(0, 1, 32) * 5)[None, None, :, None, None].expand(1, 2, 32, 3, 3)
        position = torch.full((1, 1, 3, 3), 0.4321)
        found = layers.lookup(volume, position, torch.tensor([[-1.0, 0.0, 0.1]]))
        self.assertEqual((1, 6, 3, 3), tuple(found.shape))
        for channel, expected in enumerate([0.0, 2.1605, 2.6605] * 2):
            self.assertAlmostEqual(expected, float(found[0, channel, 1, 1]), places=4)

    def test_should_take_the_stack_at_the_position(self):
        focus = torch.tensor([[0.0, 0.2, 1.0]])
        stack = torch.tensor([10.0, 20.0, 40.0]).view(1, 3, 1, 1, 1).expand(1, 3, 4, 2, 2)
        for position, expected in ((0.0, 10), (0.1, 15), (0.2, 20), (0.6, 30), (1.3, 40)):
            at = torch.full((1, 1, 2, 2), position)
            found = layers.sharpest(stack, at, focus)
            self.assertAlmostEqual(expected, float(found[0, 2, 0, 1]), delta=0.05)

    def test_should_upsample_within_the_neighbours_range(self):
        coarse = torch.rand(2, 1, 5, 6)
        mask = torch.randn(2, 144, 5, 6) * 3
        fine = layers.convex_upsample(coarse, mask)
        self.assertEqual((2, 1, 20, 24), tuple(fine.shape))
        around = layers.neighbours(coarse)
        low = torch.nn.functional.interpolate(around.amin(1, keepdim=True), scale_factor=4)
        high = torch.nn.functional.interpolate(around.amax(1, keepdim=True), scale_factor=4)
        self.assertTrue(bool(((fine >= low - 1e-6) & (fine <= high + 1e-6)).all()))

    def test_should_choose_a_neighbour_where_the_mask_says_so(self):
        coarse = torch.arange(12.0).view(1, 1, 3, 4)
        mask = torch.full((1, 9, 16, 3, 4), -12.0)
        mask[:, 5] = 12.0  # the right-hand neighbour
        fine = layers.convex_upsample(coarse, mask.view(1, 144, 3, 4))
        self.assertAlmostEqual(6.0, float(fine[0, 0, 5, 6]), places=3)


if __name__ == "__main__":
    unittest.main()
