"""Renderer: textures, scenes, apertures, occlusion."""

import unittest

import numpy as np
import torch

from rackfocus_training import render, scenes, textures


def surface(size, colour, position, mask=None):
    full = np.ones((size, size), np.float32)
    return scenes.Surface(np.broadcast_to(np.float32(colour), (size, size)).copy(), full * position,
                          full if mask is None else mask)


class RenderTest(unittest.TestCase):
    def test_should_make_the_same_scene_from_the_same_seed(self):
        first, second = (scenes.random_scene(np.random.default_rng(5), [], 64) for _ in range(2))
        self.assertTrue(np.array_equal(first.truth(), second.truth()))
        self.assertEqual(len(first.surfaces), len(second.surfaces))

    def test_should_pull_one_lever_at_a_time(self):
        def scene(name, seed):
            return scenes.random_scene(np.random.default_rng(seed), [], 64, scenes.RECIPES[name])
        full = [np.ptp(scene("full-sweep", seed).truth()) for seed in range(20)]
        free = [np.ptp(scene("base", seed).truth()) for seed in range(20)]
        self.assertGreater(np.mean(full), np.mean(free))
        plain = max(len(scene("no-thin", seed).surfaces) for seed in range(60))
        self.assertLess(plain, 15)
        self.assertGreater(max(len(scene("base", seed).surfaces) for seed in range(60)), plain)

    def test_should_mix_light_at_a_depth_edge_only_with_occlusion(self):
        mask = np.zeros((64, 64), np.float32)
        mask[:, 32:] = 1
        scene = scenes.Scene([surface(64, 0.2, 0.0), surface(64, 0.9, 1.0, mask)])
        optics, focus = render.Optics("disc", 8.0, linear=False), np.array([0.0, 1.0])
        real = render.render(scene, focus, optics, 8)
        naive = render.render_without_occlusion(scene, focus, optics, 8)
        # Far from the edge both agree. Only the real one spreads light over the focused background.
        self.assertLess(np.abs(real[:, :, :8] - naive[:, :, :8]).max(), 0.01)
        self.assertGreater(real[0, 24, 22], 0.25)
        self.assertAlmostEqual(0.2, float(naive[0, 24, 22]), places=3)

    def test_should_keep_every_surface_nearer_than_what_it_covers(self):
        for seed in range(12):
            scene = scenes.random_scene(np.random.default_rng(seed), [], 64)
            beneath = scene.surfaces[0].position
            for upper in scene.surfaces[1:]:
                inside = upper.mask > 0
                nearer = upper.position[inside] >= np.minimum(beneath[inside], 1.0) - 1e-6
                self.assertTrue(nearer.all())
                beneath = np.where(inside, np.maximum(upper.position, beneath), beneath)

    def test_should_give_textures_within_range(self):
        photograph = np.random.default_rng(0).random((120, 160), dtype=np.float32)
        for seed in range(20):
            found = textures.texture(np.random.default_rng(seed), [photograph], 48)
            self.assertEqual((48, 48), found.shape)
            self.assertTrue(np.isfinite(found).all() and found.min() > 0 and found.max() <= 1)

    def test_should_spread_light_alike_for_every_aperture(self):
        radii = np.array([1.5, 3.0, 6.0])
        for aperture in render.APERTURES:
            kernels = render.aperture_kernels(render.Optics(aperture, 10.0), radii)[:, 0].numpy()
            half = kernels.shape[-1] // 2
            axis = np.arange(-half, half + 1)
            for kernel, radius in zip(kernels, radii):
                self.assertAlmostEqual(1.0, float(kernel.sum()), places=4)
                spread = np.sqrt((kernel.sum(0) * axis**2).sum())
                self.assertLess(abs(spread - radius / 2), 0.12 * radius + 0.12, (aperture, radius))

    def test_should_blur_a_large_radius_alike_at_any_resolution(self):
        light = torch.zeros(2, 1, 96, 96)
        light[:, :, 40:56, 30:70] = 1
        for radius in (5.0, 11.0):
            exact, fast = (render._blur(light, np.array([radius]),
                                        render.Optics("disc", 12.0, exact=e)) for e in (True, False))
            self.assertLess(float((exact - fast).abs().mean()), 0.004)
            self.assertLess(float((exact - fast).abs().max()), 0.12)

    def test_should_leave_the_plane_in_focus_sharp_and_blur_the_others(self):
        random = np.random.default_rng(1)
        colour = random.random((80, 80)).astype(np.float32)
        scene = scenes.Scene([scenes.Surface(colour, np.full((80, 80), 0.5, np.float32),
                                             np.ones((80, 80), np.float32))])
        stack = render.render(scene, np.array([0.0, 0.5, 1.0]), render.Optics("disc", 8.0), 8)
        self.assertLess(np.abs(stack[1] - colour[8:-8, 8:-8]).max(), 1e-3)
        self.assertLess(stack[0].std(), 0.5 * stack[1].std())
        self.assertAlmostEqual(stack[0].std(), stack[2].std(), places=4)

    def test_should_keep_a_uniform_scene_uniform_whatever_its_depth(self):
        slope = np.linspace(0, 1, 64, dtype=np.float32)[None].repeat(64, 0)
        scene = scenes.Scene([scenes.Surface(np.full((64, 64), 0.4, np.float32), slope,
                                             np.ones((64, 64), np.float32))])
        stack = render.render(scene, np.linspace(0, 1, 4), render.Optics("disc", 9.0), 10)
        self.assertLess(np.abs(stack - 0.4).max(), 2e-3)

    def test_should_let_the_background_shine_through_a_blurred_near_edge(self):
        mask = np.zeros((64, 64), np.float32)
        mask[:, 32:] = 1
        scene = scenes.Scene([surface(64, 0.2, 0.0), surface(64, 0.9, 1.0, mask)])
        optics = render.Optics("disc", 8.0, linear=False)
        stack = render.render(scene, np.array([0.0, 1.0]), optics, 8)
        # Focused on the background, the near edge is blurred and covers half at its position.
        self.assertAlmostEqual(0.55, float(stack[0, 24, 23:25].mean()), delta=0.03)
        self.assertTrue(0.2 < stack[0, 24, 20] < stack[0, 24, 28] < 0.9)
        self.assertAlmostEqual(0.2, float(stack[1, 24, 22]), places=3)
        self.assertAlmostEqual(0.9, float(stack[1, 24, 26]), places=3)

    def test_should_add_the_noise_that_was_asked_for(self):
        flat = np.full((4, 64, 64), 0.5, np.float32)
        quiet = render.camera(np.random.default_rng(2), flat, 0.0)
        loud = render.camera(np.random.default_rng(2), flat, 0.02)
        self.assertEqual(np.uint8, loud.dtype)
        self.assertLess(quiet[0].std(), 0.6)
        self.assertTrue(0.019 < loud[0].std() / 255 < 0.035)

    def test_should_start_and_end_every_sweep_at_its_ends(self):
        for seed in range(30):
            focus = render.random_focus(np.random.default_rng(seed), 3 + seed)
            self.assertEqual((0.0, 1.0), (float(focus[0]), float(focus[-1])))
            self.assertTrue((np.diff(focus) > 0).all())


if __name__ == "__main__":
    unittest.main()
