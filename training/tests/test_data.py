"""Shards, batches, measures, stack folders and metrics."""

import json
import os
import tempfile
import unittest

import cv2
import numpy as np
import torch

from rackfocus_training import (baselines, calibrate, data, ddl, evaluate, features, metrics, pool,
                                stacks)


def write_stack(folder, planes, focus, unit, order, truth):
    os.makedirs(folder)
    for index, plane in enumerate(planes):
        cv2.imwrite(os.path.join(folder, f"{index:03d}.png"), plane)
    with open(os.path.join(folder, "stack.json"), "w", encoding="utf-8") as file:
        json.dump({"focus": focus, "unit": unit, "order": order}, file)
    height, width = truth.shape
    with open(os.path.join(folder, "depth.pfm"), "wb") as file:
        file.write(f"Pf\n{width} {height}\n-1.0\n".encode())
        file.write(truth[::-1].astype("<f4").tobytes())


class MeasuresTest(unittest.TestCase):
    def test_should_hold_the_volumes_and_their_means_over_two_windows(self):
        luma = torch.rand(2, 1, 64, 48)
        volumes = ddl.pooled_ddl_volumes(luma)
        found = torch.exp(features.log_measures(luma)) - features.FLOOR
        self.assertTrue(torch.allclose(volumes, found[:, :4], atol=1e-4))
        for first, half in ((4, 1), (8, 3)):
            window = volumes[1, 2, 8 - half:9 + half, 6 - half:7 + half]
            self.assertAlmostEqual(float(window.mean()), float(found[1, first + 2, 8, 6]), places=4)

    def test_should_follow_every_flip_and_transposition_of_the_image(self):
        luma = np.random.default_rng(0).random((1, 1, 32, 32), dtype=np.float32)
        plain = features.log_measures(torch.from_numpy(luma)).numpy()
        for turn in range(8):
            turned_luma, turned = data.orient([luma, plain], turn)
            found = features.log_measures(torch.from_numpy(turned_luma)).numpy()
            self.assertLess(np.abs(found - turned).max(), 1e-4)

    def test_should_turn_gain_into_an_offset_that_all_planes_share(self):
        luma = torch.rand(3, 1, 32, 32)
        offset = features.log_measures(luma) - features.log_measures(0.5 * luma)
        self.assertLess(float((offset - np.log(2)).abs().max()), 0.03)


class PoolTest(unittest.TestCase):
    def test_should_bake_the_same_shard_from_the_same_seed_and_read_it_back(self):
        first, second = (pool.bake(np.random.default_rng(3), [], 5, scenes=3, crop=32)
                         for _ in range(2))
        with tempfile.TemporaryDirectory() as folder:
            pool.write_shard(folder, "a.npz", first)
            self.assertEqual([os.path.join(folder, "a.npz")], pool.shards(folder))
            batch = next(data.batches(folder, 1))
        for name, values in first.items():
            self.assertTrue(np.array_equal(values, second[name]), name)
        self.assertEqual((3, 5, 12, 8, 8), tuple(batch.measures.shape))
        self.assertEqual((3, 5, 1, 32, 32), tuple(batch.luma.shape))
        self.assertTrue(0 <= float(batch.truth.min()) and float(batch.truth.max()) <= 1)
        with torch.no_grad():
            fresh = features.log_measures(batch.luma.flatten(0, 1)).view_as(batch.measures)
        self.assertLess(float((fresh - batch.measures).abs().max()), 0.01)

    def test_should_keep_both_ends_when_planes_are_left_out(self):
        focus = np.linspace(0, 1, 20)[None].repeat(2, 0)
        counts = set()
        for seed in range(40):
            kept = data.thin_planes(np.random.default_rng(seed), focus)
            counts.add(len(kept))
            self.assertEqual((0, 19), (kept[0], kept[-1]))
            self.assertTrue((np.diff(kept) > 0).all())
        self.assertGreater(len(counts), 3)

    def test_should_cut_the_same_window_out_of_all_that_belongs_together(self):
        truth = np.arange(64 * 64, dtype=np.float32).reshape(1, 64, 64)
        coarse = truth[:, ::4, ::4].reshape(1, 1, 1, 16, 16)
        shard = {"luma": truth[:, None], "truth": truth, "measures": coarse,
                 "focus": np.zeros((1, 1), np.float32)}
        for seed in range(10):
            window = data.cut(shard, np.random.default_rng(seed), 32)
            self.assertEqual((1, 32, 32), window["truth"].shape)
            self.assertTrue((window["truth"] == window["luma"][:, 0]).all())
            self.assertTrue((window["truth"][:, ::4, ::4] == window["measures"][:, 0, 0]).all())
        self.assertIs(shard, data.cut(shard, np.random.default_rng(0), 0))

    def test_should_say_that_a_pool_is_empty(self):
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesRegex(ValueError, "expected rendered shards"):
                next(data.batches(folder, 1))


class StacksTest(unittest.TestCase):
    def test_should_run_far_to_near_whatever_the_folder_says(self):
        planes = [np.full((8, 12), 10 * i, np.uint8) for i in range(4)]
        truth = np.full((8, 12), 2.0, np.float32)
        truth[0, 0] = 0
        with tempfile.TemporaryDirectory() as root:
            write_stack(root + "/a", planes, [1, 2, 3, 4], "index", "near-first", truth)
            write_stack(root + "/b", planes, [2.0, 1.0, 0.75, 0.5], "dioptre", "near-first", truth)
            found = [stacks.read_stack(f) for f in stacks.stack_folders(root)]
        for stack in found:
            self.assertEqual([30, 20, 10, 0], [int(p[0, 0]) for p in stack.luma])
            self.assertEqual((0.0, 1.0), (float(stack.focus[0]), float(stack.focus[-1])))
            self.assertTrue((np.diff(stack.focus) > 0).all())
            self.assertTrue(np.isnan(stack.truth[0, 0]))
        self.assertEqual([4, 3, 2, 1], list(found[0].axis))
        self.assertEqual(2.0, found[0].truth[3, 3])
        self.assertEqual(0.5, found[1].truth[3, 3])
        self.assertEqual(1.0, float(found[0].reading(np.array(1.0))))

    def test_should_say_what_is_wrong_with_a_file(self):
        with tempfile.TemporaryDirectory() as root:
            path = os.path.join(root, "depth.pfm")
            with open(path, "wb") as file:
                file.write(b"PF\n2 2\n-1.0\n")
            with self.assertRaisesRegex(ValueError, "depth.pfm: expected a one-channel PFM"):
                stacks.read_pfm(path)
            with open(path, "wb") as file:
                file.write(b"Pf\n4 2\n-1.0\n1234")
            with self.assertRaisesRegex(ValueError, "expected 8 values, found 1"):
                stacks.read_pfm(path)


class MetricsTest(unittest.TestCase):
    def test_should_count_planes_on_an_uneven_axis(self):
        axis = np.array([1.0, 1.5, 3.5])
        self.assertTrue(np.allclose([0.5, 1.5, 2.5], metrics.planes_of(axis, np.array([1.25, 2.5, 4.5]))))
        self.assertTrue(np.allclose([1.5], metrics.planes_of(axis[::-1], np.array([1.25]))))

    def test_should_score_metres_and_planes(self):
        truth = np.array([[2.0, np.nan], [4.0, 5.0]])
        found = metrics.metric_scores(np.array([1.0, 3.0, 5.0]), np.array([[2.5, 0], [4.0, 5.0]]), truth)
        self.assertAlmostEqual(0.2 / 3, found["absrel"])
        self.assertAlmostEqual(0.25 / 3, found["planes"])

    def test_should_forgive_scale_and_offset_of_index_stacks(self):
        truth = np.random.default_rng(0).random((9, 9))
        found = metrics.affine_scores(4 - 3 * truth, truth)
        self.assertAlmostEqual(-1.0, found["corr"])
        self.assertLess(found["affine"], 1e-9)

    def test_should_order_pixels_by_confidence(self):
        error = np.array([4.0, 1.0, 3.0, 2.0])
        found = metrics.sparsification(error, -error, (0.5, 1.0))
        self.assertEqual({0.5: 1.5, 1.0: 2.5}, found)

    def test_should_cover_what_a_laplace_distribution_promises(self):
        error = np.random.default_rng(1).exponential(0.02, 200_000)
        for level in (0.5, 0.68, 0.95):
            covered = metrics.coverage(error, np.full_like(error, 0.02), level)
            self.assertAlmostEqual(level, covered, delta=0.005)

    def test_should_find_the_factor_and_power_that_make_the_error_honest(self):
        random = np.random.default_rng(2)
        log_scale = random.uniform(-6, -2, 200_000)
        error = random.exponential(np.exp(log_scale))
        stated = (log_scale - 0.7) / 0.8
        shift, power = calibrate.fit([(error, stated)])
        self.assertAlmostEqual(0.8, power, delta=0.1)
        for level in calibrate.LEVELS:
            covered = metrics.coverage(error, np.exp(shift + power * stated), level)
            self.assertAlmostEqual(level, covered, delta=0.005)

    def test_should_add_repeatable_noise(self):
        luma = np.full((2, 40, 40), 120, np.uint8)
        self.assertIs(luma, evaluate.noisy(luma, 0))
        self.assertTrue(np.array_equal(evaluate.noisy(luma, 5), evaluate.noisy(luma, 5)))
        self.assertAlmostEqual(5.0, evaluate.noisy(luma, 5).std(), delta=0.3)

    def test_should_find_the_peak_of_a_synthetic_stack(self):
        random = np.random.default_rng(4)
        texture = random.random((64, 64)).astype(np.float32)
        focus = np.linspace(0, 1, 9).astype(np.float32)
        stack = [cv2.GaussianBlur(texture, (0, 0), 0.2 + 6 * abs(u - 0.4)) for u in focus]
        found = baselines.ddl_peak((np.stack(stack) * 255).astype(np.uint8), focus)
        self.assertAlmostEqual(0.4, float(np.median(found)), delta=0.02)


if __name__ == "__main__":
    unittest.main()
