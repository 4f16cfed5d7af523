"""Lenses, cameras and highlights of the realistic recipe; the split of textures."""

import os
import tempfile
import unittest

import cv2
import numpy as np

from rackfocus_training import disturb, pool, render, scenes, textures
from tools import collect_textures


def centroid(kernel):
    half = kernel.shape[-1] // 2
    axis = np.arange(-half, half + 1)
    return float((kernel.sum(0) * axis).sum()), float((kernel.sum(1) * axis).sum())


class DisturbTest(unittest.TestCase):
    def test_should_spread_light_alike_whatever_the_power(self):
        for power in (2.0, 4.0, 32.0):
            optics = render.Optics("power", 10.0, power=power)
            for radius in (1.5, 3.0, 6.0):
                kernel = render.aperture_kernels(optics, np.array([radius]))[0, 0].numpy()
                axis = np.arange(kernel.shape[-1]) - kernel.shape[-1] // 2
                spread = np.sqrt((kernel.sum(0) * axis**2).sum())
                self.assertLess(abs(spread - radius / 2), 0.12 * radius + 0.12, (power, radius))

    def test_should_make_a_ring_on_one_side_of_focus_and_a_blob_on_the_other(self):
        optics = render.Optics("disc", 10.0, aberration=0.8)
        before, behind = render.aperture_kernels(optics, np.array([6.0, -6.0]))[:, 0].numpy()
        middle = before.shape[0] // 2
        self.assertLess(before[middle, middle], before[middle, middle + 5])
        self.assertGreater(behind[middle, middle], behind[middle, middle + 5])
        self.assertAlmostEqual(1.0, float(before.sum()), places=4)

    def test_should_cut_the_blur_on_opposite_sides_before_and_behind_focus(self):
        optics = render.Optics("disc", 10.0, cat_eye=0.7, cat_angle=0.0)
        before, behind = render.aperture_kernels(optics, np.array([6.0, -6.0]))[:, 0].numpy()
        self.assertGreater(centroid(before)[0], 1.0)
        self.assertAlmostEqual(centroid(before)[0], -centroid(behind)[0], places=3)
        self.assertAlmostEqual(0.0, centroid(before)[1], places=3)

    def test_should_draw_lenses_within_the_stated_bounds(self):
        lenses = [disturb.random_lens(np.random.default_rng(seed)) for seed in range(200)]
        powers = [lens.power for lens in lenses if lens.aperture == "power"]
        self.assertTrue(60 < len(powers) < 140)
        self.assertTrue(2 <= min(powers) and max(powers) <= 32)
        self.assertTrue(any(lens.cat_eye for lens in lenses))
        self.assertTrue(any(lens.aberration < 0 for lens in lenses))
        self.assertTrue(any(not (lens.cat_eye or lens.aberration) for lens in lenses))

    def test_should_spill_a_highlight_over_its_surroundings_out_of_focus(self):
        random = np.random.default_rng(4)
        lit = disturb.add_highlights(random, np.full((64, 64), 0.3, np.float32), blank=True)
        self.assertGreater(lit.max(), 1.0)
        ones = np.ones((64, 64), np.float32)
        scene = scenes.Scene([scenes.Surface(lit, 0 * ones, ones)])
        stack = render.render(scene, np.array([0.0, 1.0]), render.Optics("disc", 6.0), 8)
        self.assertLessEqual(stack.max(), 1.0)
        self.assertGreater((stack[1] > 0.35).sum(), 2 * (stack[0] > 0.35).sum())

    def test_should_leave_most_stacks_nearly_where_they_were(self):
        random = np.random.default_rng(5)
        picture = cv2.GaussianBlur(random.random((64, 64)).astype(np.float32), (0, 0), 1.5)
        stack = np.repeat(picture[None], 6, 0)
        offs = []
        for seed in range(30):
            seen = disturb.disturbed_camera(np.random.default_rng(seed), stack, 0.001)
            self.assertEqual(np.uint8, seen.dtype)
            for plane in seen.astype(np.float32):
                (dx, dy), _ = cv2.phaseCorrelate(stack[0].astype(np.float64),
                                                 plane.astype(np.float64) / 255)
                offs.append(np.hypot(dx, dy))
        self.assertLess(np.median(offs), 0.35)
        self.assertLess(max(offs), 1.3)
        self.assertGreater(max(offs), 0.3)

    def test_should_add_the_noise_that_was_asked_for(self):
        flat = np.full((4, 64, 64), 0.5, np.float32)
        quiet = disturb.disturbed_camera(np.random.default_rng(6), flat, 0.0)
        loud = disturb.disturbed_camera(np.random.default_rng(6), flat, 0.02)
        self.assertLess(quiet[0].std(), 0.6)
        self.assertTrue(0.01 < loud[0].std() / 255 < 0.035)

    def test_should_bake_the_same_realistic_shard_from_the_same_seed(self):
        recipe = scenes.RECIPES["realistic"]
        first, second = (pool.bake(np.random.default_rng(7), [], 3, 2, crop=32, recipe=recipe)
                         for _ in range(2))
        for name in first:
            self.assertTrue(np.array_equal(first[name], second[name]), name)
        self.assertTrue(np.isfinite(first["measures"].astype(np.float32)).all())

    def test_should_draw_plane_counts_from_3_to_40_half_of_them_8_to_12(self):
        random = np.random.default_rng(8)
        counts = [pool.random_planes(random, scenes.RECIPES["realistic"]) for _ in range(600)]
        self.assertEqual((3, 40), (min(counts), max(counts)))
        self.assertTrue(0.35 < np.mean([8 <= count <= 12 for count in counts]) < 0.5)


class TexturesTest(unittest.TestCase):
    def test_should_split_a_small_source_by_quarter_and_a_large_one_by_eighths(self):
        self.assertEqual(list(range(18, 24)), [i for i, v in enumerate(collect_textures.split(24)) if v])
        held_out = [i for i, v in enumerate(collect_textures.split(160)) if v]
        self.assertEqual(list(range(7, 160, 8)), held_out)

    def test_should_read_a_folder_that_is_split_already(self):
        with tempfile.TemporaryDirectory() as folder:
            for side, level in (("training", 200), ("validation", 50)):
                os.mkdir(os.path.join(folder, side))
                cv2.imwrite(os.path.join(folder, side, "a.png"), np.full((8, 9), level, np.uint8))
            trained = textures.load_photographs(folder, validation=False)
            held_out = textures.load_photographs(folder, validation=True)
        self.assertEqual((1, 1), (len(trained), len(held_out)))
        self.assertEqual(np.float32, trained[0].dtype)
        self.assertAlmostEqual(200 / 255, float(trained[0].mean()), places=5)
        self.assertAlmostEqual(50 / 255, float(held_out[0].mean()), places=5)


if __name__ == "__main__":
    unittest.main()
