"""RGB-D frames: split, sweeps, rendering."""

import os
import tempfile
import unittest

import cv2
import numpy as np

from rackfocus_training import frames, pool, render, scenes


def write_frame(folder, number, grey, depth):
    cv2.imwrite(os.path.join(folder, f"{number:03d}-rgb.jpg"), grey)
    cv2.imwrite(os.path.join(folder, f"{number:03d}-depth.png"), depth)


def frame(height=80, width=100, seed=0):
    random = np.random.default_rng(seed)
    grey = random.integers(20, 230, (height, width)).astype(np.uint8)
    dioptres = np.full((height, width), 1.0, np.float32)
    dioptres[:, width // 2:] = 4.0
    return frames.Frame(grey, dioptres)


class FramesTest(unittest.TestCase):
    def test_should_hold_every_tenth_frame_out_and_fill_unknown_depth_with_the_farthest(self):
        with tempfile.TemporaryDirectory() as folder:
            depth = np.full((16, 20), 5000, np.uint16)
            depth[0, 0], depth[1, 1] = 0, 20000
            for number in range(12):
                write_frame(folder, number, np.full((16, 20), 10 * number, np.uint8), depth)
            held_out = frames.load_frames(folder, validation=True)
            trained = frames.load_frames(folder, validation=False)
        self.assertEqual([0, 100], [round(float(f.grey.mean())) for f in held_out])
        self.assertEqual(10, len(trained))
        self.assertAlmostEqual(2.0, float(trained[0].dioptres[5, 5]), places=5)
        self.assertAlmostEqual(0.5, float(trained[0].dioptres[0, 0]), places=5)

    def test_should_name_the_folder_and_frame_that_cannot_be_used(self):
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesRegex(ValueError, "expected frames"):
                frames.load_frames(folder, validation=False)
            write_frame(folder, 1, np.zeros((8, 8), np.uint8), np.zeros((8, 9), np.uint16))
            with self.assertRaisesRegex(ValueError, "frame 001"):
                frames.load_frames(folder, validation=False)

    def test_should_cover_the_whole_scene_where_that_is_asked_for(self):
        dioptres = np.random.default_rng(1).uniform(0.5, 6.0, (20, 20))
        partly = 0
        for seed in range(40):
            random = np.random.default_rng(seed)
            far, near = frames.random_sweep(random, dioptres, whole=True)
            self.assertLessEqual(far, dioptres.min())
            self.assertGreaterEqual(near, dioptres.max())
            self.assertGreater(far, 0)
            far, near = frames.random_sweep(random, dioptres)
            self.assertGreater(near, far)
            partly += far > dioptres.min() + 0.1 or near < dioptres.max() - 0.1
        self.assertTrue(3 <= partly <= 20, partly)

    def test_should_scale_position_linearly_in_dioptres(self):
        for seed in range(10):
            crop = frames.random_crop(np.random.default_rng(seed), frame(), 48, 8)
            self.assertEqual((48, 48), crop.colour.shape)
            far, near = crop.dioptres
            inside = (crop.position > -0.5) & (crop.position < 1.5)
            metres = far + crop.position[inside] * (near - far)
            self.assertLess(np.abs(metres[:, None] - [1.0, 4.0]).min(1).max(initial=0), 1e-4)

    def test_should_render_two_flat_surfaces_as_the_scene_renderer_does(self):
        random = np.random.default_rng(2)
        back = cv2.GaussianBlur(random.random((96, 96)).astype(np.float32), (0, 0), 1.0)
        front = np.full((96, 96), 0.9, np.float32)
        mask = np.zeros((96, 96), np.float32)
        mask[:, 48:] = 1
        ones = np.ones((96, 96), np.float32)
        scene = scenes.Scene([scenes.Surface(back, 0.1 * ones, ones),
                              scenes.Surface(front, 0.9 * ones, mask)])
        crop = frames.Crop(np.where(mask > 0, front, back), scene.truth(), (1.0, 2.0))
        focus = np.array([0.1, 0.5, 0.9])
        optics = render.Optics("disc", 8.0, exact=True)
        expected = render.render(scene, focus, optics, 16)
        found = frames.render_crop(crop, focus, optics, 16)
        self.assertEqual(expected.shape, found.shape)
        # Only the hidden background is an estimate. Both surfaces are exact away from the edge.
        self.assertLess(np.abs(found - expected)[:, :, :24].max(), 1e-4)
        self.assertLess(np.abs(found - expected)[:, :, 42:].max(), 0.02)
        self.assertLess(np.abs(found - expected).mean(), 0.01)

    def test_should_keep_a_uniform_slanted_frame_uniform(self):
        slope = np.linspace(-0.2, 1.2, 80, dtype=np.float32)[None].repeat(80, 0)
        crop = frames.Crop(np.full((80, 80), 0.4, np.float32), slope, (1.0, 2.0))
        stack = frames.render_crop(crop, np.linspace(0, 1, 4), render.Optics("disc", 9.0), 16)
        self.assertLess(np.abs(stack - 0.4).max(), 5e-3)

    def test_should_bake_validation_sweeps_with_their_dioptres(self):
        shard = pool.bake_near(np.random.default_rng(3), [frame(120, 120)], 3, each=2, crop=32,
                               recipe=scenes.RECIPES["realistic"])
        self.assertEqual((2, 3, 32, 32), shard["luma"].shape)
        self.assertEqual((2, 2), shard["dioptres"].shape)
        self.assertTrue((shard["dioptres"][:, 1] > shard["dioptres"][:, 0]).all())
        self.assertTrue((shard["dioptres"][:, 0] <= 1.0).all())


if __name__ == "__main__":
    unittest.main()
