"""`proximal`: shapes, proximal step, training, export."""

import os
import tempfile
import types
import unittest

import numpy as np
import onnx
import torch

from rackfocus_training import export, losses, pool, train
from rackfocus_training.bundle import BundleSpec
from rackfocus_training.proximal import (Candidates, Proximal, Settings,
                                         ProximalStep)
from rackfocus_training.proximal_large import ProximalLarge

OUTPUTS = ("position", "error", "confidence", "allfocus")


class ProximalTest(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(11)
        self.model = Proximal().eval()

    def test_should_take_any_number_of_planes_and_any_multiple_of_32(self):
        for planes, height, width in ((3, 32, 32), (7, 64, 96), (30, 32, 64), (64, 32, 32)):
            stack, focus = torch.rand(1, planes, height, width), torch.linspace(0, 1, planes)[None]
            for iterations in (0, 1, 5):
                with torch.no_grad():
                    found = self.model(stack, focus, iterations)
                for name in OUTPUTS:
                    self.assertEqual((1, 1, height, width), tuple(found[name].shape), name)
                    self.assertTrue(bool(torch.isfinite(found[name]).all()), name)
                self.assertTrue(0 <= float(found["position"].min()))
                self.assertTrue(float(found["position"].max()) <= 1)

    def test_should_state_the_probability_of_an_error_of_at_most_one_plane(self):
        with torch.no_grad():
            found = self.model(torch.rand(1, 5, 32, 32), torch.linspace(0, 1, 5)[None], 1)
        expected = 1 - torch.exp(-0.25 / found["error"])
        self.assertTrue(torch.allclose(expected, found["confidence"]))

    def test_should_not_change_depth_with_a_confidence_head(self):
        rated = Proximal(Settings(confidence=8)).eval()
        rated.load_state_dict(self.model.state_dict(), strict=False)
        stack, focus = torch.rand(1, 5, 32, 64), torch.linspace(0, 1, 5)[None]
        with torch.no_grad():
            found, plain = rated(stack, focus, 3), self.model(stack, focus, 3)
        self.assertTrue(torch.equal(plain["position"], found["position"]))
        self.assertFalse(torch.equal(plain["confidence"], found["confidence"]))

    def test_should_give_the_same_from_cached_features_as_from_the_stack(self):
        stack, focus = torch.rand(1, 6, 32, 64), torch.linspace(0, 1, 6)[None]
        with torch.no_grad():
            cached = torch.cat([self.model.frame(stack[:, z:z + 1]) for z in range(6)])
            once = self.model(stack, focus, 3)
            found = export.StackGraph(self.model, 3)(cached, focus)
        for name, values in zip(OUTPUTS, found):
            self.assertLess(float((values - once[name]).abs().max()), 1e-5, name)

    def test_should_treat_the_stacks_of_a_batch_apart(self):
        stack, focus = torch.rand(2, 5, 32, 32), torch.linspace(0, 1, 5)[None].repeat(2, 1)
        with torch.no_grad():
            both = self.model(stack, focus, 3)["position"]
            one = self.model(stack[1:], focus[1:], 3)["position"]
        self.assertLess(float((both[1:] - one).abs().max()), 1e-5)

    def test_should_have_no_first_gradient_step_with_normalised_weights(self):
        candidates = Candidates("softmax")
        _, weights = candidates(torch.randn(1, 32, 8, 8), torch.randn(1, 16, 8, 8))
        self.assertTrue(torch.allclose(weights.sum(1), torch.ones(1, 8, 8), atol=1e-6))
        _, free = Candidates("softplus")(torch.randn(1, 32, 8, 8), torch.randn(1, 16, 8, 8))
        self.assertGreater(float(free.sum(1).std()), 1e-3)
        with self.assertRaisesRegex(ValueError, "expected softplus or softmax"):
            Candidates("none")

    def test_should_step_from_the_gradient_step_not_from_the_depth(self):
        step = ProximalStep(20, 16)
        torch.nn.init.zeros_(step.project.weight)
        torch.nn.init.zeros_(step.project.bias)
        stepped = torch.rand(1, 1, 16, 16)
        depth, features = step(torch.randn(1, 20, 16, 16), stepped)
        self.assertTrue(torch.equal(stepped, depth))
        self.assertEqual((1, 16, 16, 16), tuple(features.shape))

    def test_should_see_the_sharpest_planes_whatever_the_depth(self):
        stage = Proximal().stack
        luma = torch.rand(1, 3, 16, 8, 8)
        volume = torch.zeros(3, 4, 8, 8)
        volume[1, 3] = 30.0  # the last measure says: the middle plane is sharp
        largest, picture = stage._crisp(volume, torch.ones(1, 16, 8, 8), luma)
        self.assertTrue(torch.allclose(picture, luma[:, 1] * 2 - 1, atol=1e-5))
        self.assertEqual(1.0, float(largest.mean()))

    def test_should_hand_features_from_one_iteration_to_the_next(self):
        model = Proximal().eval()
        features, focus = model.frame(torch.rand(5, 1, 32, 32)), torch.linspace(0, 1, 5)[None]
        with torch.no_grad():
            once = model.stack(features, focus, 5, 2, [2])["depths"]
            model.stack.steps[1].e1[0].weight[:, -16:] += 0.5
            again = model.stack(features, focus, 5, 2, [2])["depths"]
        self.assertTrue(torch.equal(once[1], again[1]))
        self.assertFalse(torch.equal(once[2], again[2]))

    def test_should_send_a_gradient_to_every_weight(self):
        model = Proximal().train()
        features = model.frame(torch.rand(10, 1, 32, 32))
        run = model.stack(features, torch.linspace(0, 1, 5)[None].repeat(2, 1), 5, 5, [5, 0])
        losses.total_loss(run, torch.rand(2, 1, 32, 32))["loss"].backward()
        without = [name for name, p in model.named_parameters()
                   if p.grad is None or not bool(torch.isfinite(p.grad).all())]
        self.assertEqual([], without)

    def test_should_hold_every_stage_to_the_truth(self):
        model = Proximal()
        features = model.frame(torch.rand(5, 1, 32, 32))
        run = model.stack(features, torch.linspace(0, 1, 5)[None], 5, 3, [3])
        parts = losses.total_loss(run, torch.rand(1, 1, 32, 32))
        self.assertEqual({"d0", "dK", "fine3", "loss"}, set(parts))
        trusting = losses.total_loss(run, torch.rand(1, 1, 32, 32), True)
        self.assertNotAlmostEqual(float(parts["loss"]), float(trusting["loss"]))
        weights = losses.trust(torch.tensor([-9.0, losses.TRUSTED_LOG_ERROR, 0.0]))
        self.assertEqual([2.0, 1.0, 0.4], [round(float(w), 5) for w in weights])
        perfect = losses.stage_loss(torch.full((1, 1, 8, 8), 0.5), torch.full((1, 16, 8, 8), 0.5))
        self.assertAlmostEqual(0.01, float(perfect), places=5)

    def test_should_have_the_forms_that_the_ablation_compares(self):
        for changed in ({"weights": "softmax"}, {"context": 8}, {"learned": False},
                        {"lookups": False}, {"plane_width": 16}, {"hidden": False},
                        {"crisp": False}, {"static_width": 16}):
            model = Proximal(Settings(**changed))
            found = model(torch.rand(1, 4, 32, 32), torch.linspace(0, 1, 4)[None], 1)
            self.assertEqual((1, 1, 32, 32), tuple(found["position"].shape), changed)


class TrainingTest(unittest.TestCase):
    def arguments(self, folder, **changed):
        values = {"pool": folder + "/pool", "validation": [folder], "hours": 0.0,
                  "stale": 0.0, "out": folder + "/run",
                  "steps": 4, "until": 0.0, "rate": 1e-3, "seed": 5, "processes": 1, "every": 2,
                  "settings": "{}", "begun": 0.0, "trusting": False, "planes": [3, 64],
                  "crop": 0, "start": None, "model": "proximal"}
        values.update(changed)
        return types.SimpleNamespace(**values)

    def test_should_go_on_from_a_checkpoint(self):
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(folder + "/pool")
            os.makedirs(folder + "/run")
            shard = pool.bake(np.random.default_rng(1), [], 5, scenes=4, crop=32)
            pool.write_shard(folder + "/pool", "a.npz", shard)
            for planes in (10, 24):
                validating = pool.bake(np.random.default_rng(2), [], planes, 2, True, crop=32)
                pool.write_shard(folder, f"validation-{planes}.npz", validating)
            train.train(0, self.arguments(folder, steps=2))
            first = train.Training(self.arguments(folder))
            self.assertEqual(2, first.step)
            train.train(0, self.arguments(folder, steps=4))
            second = train.Training(self.arguments(folder))
            self.assertEqual(4, second.step)
            moved = sum(float((a - b).abs().sum()) for a, b in
                        zip(first.model.parameters(), second.model.parameters()))
            self.assertGreater(moved, 0)
            model = export.load_model(folder + "/run/last.pt")
            self.assertFalse(model.training)
            other = self.arguments(folder, out=folder + "/other", start=folder + "/run/last.pt",
                                   settings='{"plane_width": 16}')
            os.makedirs(other.out)
            begun = train.Training(other).model
            kept = dict(second.average.named_parameters())
            for name, value in begun.named_parameters():
                if value.shape == kept[name].shape:
                    self.assertTrue(torch.equal(value, kept[name]), name)
            self.assertEqual(16, begun.stack.volume.encode8[0].weight.shape[0])
            self.assertTrue(os.path.exists(folder + "/run/validation.csv"))

    def test_should_raise_and_lower_the_rate_in_one_cycle(self):
        rates = [train.learning_rate(share, 1.0) for share in np.linspace(0, 1, 101)]
        self.assertEqual(5, int(np.argmax(rates)))
        self.assertAlmostEqual(0.02, rates[-1])


class ExportTest(unittest.TestCase):
    def test_should_write_a_bundle_whose_graphs_share_their_weights(self):
        with tempfile.TemporaryDirectory() as folder:
            manifest = export.export_bundle(Proximal(), folder, "0.0.0", iterations=(1,))
            parts = {"block-sums.onnx", "plane.onnx", "planes.onnx", "block-picture.onnx",
                     "head-k1.onnx"}
            self.assertEqual({"frame.onnx", "stack-k1.onnx", "full-k1.onnx", "weights.bin"} | parts,
                             set(manifest["files"]))
            self.assertEqual(["block", "plane", "block"],
                             [step["per"] for step in manifest["planeCache"]["steps"]])
            self.assertIn({"name": "x8", "channels": 32, "downscale": 8, "per": "plane"},
                          manifest["planeCache"]["kept"])
            self.assertEqual({"channels": 32, "downscale": 4, "luma": "none"}, manifest["twoStage"])
            graph = onnx.load(os.path.join(folder, "stack-k1.onnx"), load_external_data=False).graph
            self.assertEqual(["features", "focus"], [i.name for i in graph.input])
            self.assertEqual(list(OUTPUTS), [o.name for o in graph.output])
            total = sum(entry["bytes"] for entry in manifest["files"].values())
            self.assertLess(total, 8_000_000)

    def test_should_run_and_export_the_large_network_at_a_small_size(self):
        model = ProximalLarge().eval()
        with torch.no_grad():
            found = model(torch.rand(1, 4, 32, 64), torch.linspace(0, 1, 4)[None], 3)
        for name in OUTPUTS:
            self.assertEqual((1, 1, 32, 64), tuple(found[name].shape))
        with tempfile.TemporaryDirectory() as folder:
            spec = BundleSpec(name="proximal-large", version="0.0.0", description="d", source="s",
                              iterations=(1,), default_iterations=1, multiple=32)
            manifest = export.export_full(model, folder, spec)
            self.assertEqual({"full-k1.onnx", "weights.bin"}, set(manifest["files"]))
            self.assertNotIn("twoStage", manifest)


if __name__ == "__main__":
    unittest.main()
