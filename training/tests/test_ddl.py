"""Focus volumes, compared with a per-pixel computation."""

import unittest

import numpy as np
import torch

from rackfocus_training import ddl


class DdlVolumesTest(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(7)
        self.images = torch.rand(2, 1, 24, 20)

    def test_should_sum_absolute_second_differences_over_four_directions(self):
        volumes = ddl.ddl_volumes(self.images)
        padded = np.pad(self.images[1, 0].numpy(), 4, mode="edge")
        for index, d in enumerate(ddl.DILATIONS):
            for y, x in ((0, 0), (23, 19), (11, 7)):
                row, column = y + 4, x + 4
                expected = sum(
                    abs(
                        padded[row + d * r, column + d * c]
                        + padded[row - d * r, column - d * c]
                        - 2 * padded[row, column]
                    )
                    for r, c in ddl.DIRECTIONS
                )
                self.assertAlmostEqual(expected, float(volumes[1, index, y, x]), places=5)

    def test_should_answer_zero_to_a_constant_image_up_to_its_border(self):
        volumes = ddl.ddl_volumes(torch.full((1, 1, 16, 16), 0.7))
        self.assertLess(float(volumes.max()), 1e-6)

    def test_should_not_depend_on_black_level_and_scale_with_gain(self):
        volumes = ddl.ddl_volumes(self.images)
        changed = ddl.ddl_volumes(0.5 * self.images + 0.25)
        self.assertTrue(torch.allclose(changed, 0.5 * volumes, atol=1e-5))

    def test_should_pool_by_plain_averages(self):
        pooled = ddl.pooled_ddl_volumes(self.images, 4)
        self.assertEqual((2, 4, 6, 5), tuple(pooled.shape))
        whole = ddl.ddl_volumes(self.images)
        self.assertAlmostEqual(
            float(whole[0, 2, 4:8, 8:12].mean()), float(pooled[0, 2, 1, 2]), places=5
        )

    def test_should_cut_windows_at_the_border(self):
        mean = ddl.window_mean(self.images, 5)
        self.assertAlmostEqual(
            float(self.images[0, 0, :3, :3].mean()), float(mean[0, 0, 0, 0]), places=5
        )

    def test_should_agree_with_dilated_convolutions(self):
        inner = slice(4, -4)
        for index, dilation in enumerate(ddl.DILATIONS):
            responses = torch.nn.functional.conv2d(
                self.images, ddl.laplacian_kernels(dilation), dilation=dilation, padding=dilation
            )
            expected = responses.abs().sum(dim=1)[:, inner, inner]
            found = ddl.ddl_volumes(self.images)[:, index, inner, inner]
            self.assertTrue(torch.allclose(expected, found, atol=1e-5))

    def test_should_refuse_even_windows_and_dilation_zero(self):
        with self.assertRaisesRegex(ValueError, "window: expected an odd number.*found 4"):
            ddl.window_mean(self.images, 4)
        with self.assertRaisesRegex(ValueError, "dilations: expected 1 or more, found 0"):
            ddl.ddl_volumes(self.images, dilations=(0, 1))
        with self.assertRaisesRegex(ValueError, "dilation: expected 1 or more, found 0"):
            ddl.laplacian_kernels(0)


if __name__ == "__main__":
    unittest.main()
