"""Schedules, checkpoints, validation sets and stale neighbours."""

import argparse
import os
import tempfile
import unittest
from unittest import mock

import numpy as np
import torch

from rackfocus_training import data, layers, plane_unet, pool, proximal, stale, train


def stack_batch(planes=5, crops=2, side=64, seed=0):
    random = np.random.default_rng(seed)
    shard = {"luma": random.integers(0, 255, (crops, planes, side, side)).astype(np.uint8),
             "measures": random.normal(-3, 1, (crops, planes, 12, side // 4, side // 4))
                               .astype(np.float16),
             "truth": random.random((crops, side, side)).astype(np.float16),
             "focus": np.linspace(0, 1, planes, dtype=np.float32)[None].repeat(crops, 0)}
    return data.to_batch(shard, np.arange(crops), np.arange(planes), 0)


def options(out, **changes):
    values = dict(seed=1, model="proximal", settings="{}", rate=1e-3, start=None, out=out, steps=100,
                  until=0.0, hours=0.0, cooldown_hours=1.5, processes=1, trusting=True, stale=0.0)
    return argparse.Namespace(**{**values, **changes})


class ScheduleTest(unittest.TestCase):
    def test_should_rise_stay_and_fall_over_the_hours_of_training(self):
        rates = [train.session_rate(h, 8.0, 1.5, 1.0) for h in (0.0, 0.05, 3.0, 6.5, 7.25, 8.0)]
        self.assertTrue(np.allclose([0.1, 1.0, 1.0, 1.0, 0.51, 0.02], rates, atol=1e-6), rates)

    def test_should_measure_progress_in_hours_of_training(self):
        with tempfile.TemporaryDirectory() as out:
            training = train.Training(options(out, hours=8.0, steps=1000))
            training.seconds = 2 * 3600.0
            training.step = 900
            self.assertAlmostEqual(0.25, training.progress())
            self.assertAlmostEqual(1e-3, training.rate(training.progress()))
            training.seconds = 7.25 * 3600
            self.assertAlmostEqual(0.51e-3, training.rate(training.progress()))
            training.step = 1000
            self.assertGreaterEqual(training.progress(), 1.0)

    def test_should_resume_with_the_steps_and_seconds_of_the_checkpoint(self):
        with tempfile.TemporaryDirectory() as out:
            first = train.Training(options(out, hours=8.0))
            first.advance(stack_batch(), np.random.default_rng(0), 0.5)
            first.seconds = 123.0
            first.save()
            second = train.Training(options(out, hours=8.0))
            self.assertEqual((1, 123.0), (second.step, second.seconds))
            for one, other in zip(first.model.parameters(), second.model.parameters()):
                self.assertTrue(torch.equal(one, other))


class PoolTest(unittest.TestCase):
    def test_should_render_new_scenes_after_a_restart_although_old_shards_were_deleted(self):
        tiny = {"luma": np.zeros(1000, np.uint8)}
        with tempfile.TemporaryDirectory() as folder, \
                mock.patch.object(pool, "bake", return_value=tiny) as bake:
            pool.work(folder, None, 3, 2500, 3, 1, 0.0)
            self.assertLess(len(pool.shards(folder)), 3)
            self.assertEqual(3, bake.call_count)
            pool.work(folder, None, 3, 2500, 4, 1, 0.0)
            self.assertEqual(4, bake.call_count)


class StaleTest(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(0)

    def test_should_take_only_the_chosen_neighbours_from_the_older_version(self):
        new = torch.zeros(2 * 4, 8, 1, 1)
        old = torch.ones(2 * 4, 8, 1, 1)
        sides = torch.zeros(2, 4, 2, dtype=torch.bool)
        sides[0, 2, 0] = sides[1, 1, 1] = True
        sides[:, 0, 0] = sides[:, -1, 1] = True  # no such neighbours
        found = layers.shift_stale_planes(new, old, sides).view(2, 4, 8)
        expected = torch.zeros(2, 4, 8)
        expected[0, 2, :2] = 1
        expected[1, 1, 2:4] = 1
        self.assertTrue(torch.equal(expected, found))

    def test_should_equal_the_usual_shift_where_both_versions_are_the_same(self):
        x = torch.rand(2 * 5, 8, 3, 3)
        sides = torch.rand(2, 5, 2) < 0.5
        for step in (1, 2):
            self.assertTrue(torch.equal(layers.shift_planes(x, 5, step),
                                        layers.shift_stale_planes(x, x, sides, step)))

    def test_should_change_nothing_in_a_scene_that_did_not_change(self):
        model = proximal.Proximal().eval()
        batch = stack_batch()
        luma = torch.nn.functional.pixel_unshuffle(batch.luma.flatten(0, 1), 4)
        with torch.no_grad():
            features = model.frame.combine(batch.measures.flatten(0, 1), luma)
            same = plane_unet.Stale(features[:, :16], torch.rand(2, 5, 2) < 0.5, torch.rand(2, 5))
            plain = model.stack(features, batch.focus, 5, 1, [1])
            found = model.stack(features, batch.focus, 5, 1, [1], stale=same)
            other = plane_unet.Stale(features[:, :16].flip(2), same.sides, same.age)
            changed = model.stack(features, batch.focus, 5, 1, [1], stale=other)
        self.assertLess(float((plain["exits"][1][1] - found["exits"][1][1]).abs().max()), 1e-5)
        self.assertGreater(float((plain["exits"][1][1] - changed["exits"][1][1]).abs().max()), 1e-5)

    def test_should_make_older_versions_that_differ_by_noise_and_little_motion(self):
        luma = torch.nn.functional.interpolate(torch.rand(3 * 6, 1, 12, 12), size=(48, 48),
                                               mode="bicubic", align_corners=False)
        luma = luma.clamp(0, 1).view(3, 6, 1, 48, 48)
        older = stale.older_luma(np.random.default_rng(3), luma)
        self.assertEqual(luma.shape, older.shape)
        self.assertTrue(float(older.min()) >= 0 and float(older.max()) <= 1)
        self.assertTrue(0 < float((older - luma).abs().mean()) < 0.06)
        again = stale.older_luma(np.random.default_rng(3), luma)
        self.assertTrue(torch.equal(older, again))

    def test_should_train_a_step_with_stale_neighbours(self):
        with tempfile.TemporaryDirectory() as out:
            training = train.Training(options(out, stale=1.0))
            parts = training.advance(stack_batch(), np.random.default_rng(0), 0.5)
            self.assertTrue(np.isfinite(parts["loss"]))
            self.assertEqual(1, training.step)


class ValidationTest(unittest.TestCase):
    def test_should_find_every_set_and_measure_metres_where_there_are_any(self):
        with tempfile.TemporaryDirectory() as folder:
            shard = pool.bake(np.random.default_rng(0), [], 3, 2, True, crop=32)
            pool.write_shard(folder, "validation-10.npz", shard)
            near = dict(shard, dioptres=np.array([[1, 3], [0.5, 4]], np.float32))
            pool.write_shard(folder, "validation-near-10.npz", near)
            sets = data.validation_sets([folder])
            self.assertEqual({"z10", "near-10"}, set(sets))
            with tempfile.TemporaryDirectory() as out:
                training = train.Training(options(out))
                found = train.evaluate(training.model, sets, training.kind)
            with self.assertRaisesRegex(ValueError, "another folder"):
                data.validation_sets([folder, folder])
        self.assertNotIn("absrel", found["z10"])
        self.assertGreater(found["near-10"]["absrel"], 0)
        self.assertAlmostEqual(found["z10"]["k3"], found["near-10"]["k3"], places=6)

    def test_should_turn_positions_into_metres(self):
        batch = stack_batch()
        batch.dioptres = torch.tensor([[1.0, 3.0], [0.5, 4.5]])
        metres = batch.metres(torch.full((2, 1, 1, 1), 0.5)).flatten()
        self.assertTrue(torch.allclose(torch.tensor([0.5, 0.4]), metres))



if __name__ == "__main__":
    unittest.main()
