"""`ddl-gru` and `dualfocus`: shapes, parts, losses, training, export."""

import os
import tempfile
import types
import unittest

import numpy as np
import onnx
import torch

from rackfocus_training import (calibrate, ddl_gru, dualfocus, dualfocus_losses, export, families,
                                features, pool, sequence_loss, train)

OUTPUTS = ("position", "error", "confidence", "allfocus")
NAMES = ("ddl-gru", "dualfocus")


def sweep(planes):
    return torch.linspace(0, 1, planes)[None]


def run_of(model, planes=5, batch=1, iterations=0, exits=(0,)):
    stack = model.frame(torch.rand(batch * planes, 1, 32, 32))
    return model.stack(stack, sweep(planes).repeat(batch, 1), planes, iterations, list(exits))


class NetworksTest(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(11)

    def test_should_take_any_number_of_planes_and_any_multiple_of_32(self):
        for name in NAMES:
            kind = families.family(name)
            model = kind.network().eval()
            for planes, height, width in ((3, 32, 32), (7, 64, 96), (64, 32, 32)):
                with torch.no_grad():
                    found = model(torch.rand(1, planes, height, width), sweep(planes), kind.default)
                for output in OUTPUTS:
                    self.assertEqual((1, 1, height, width), tuple(found[output].shape), output)
                    self.assertTrue(bool(torch.isfinite(found[output]).all()), output)

    def test_should_give_the_same_from_cached_features_as_from_the_stack(self):
        stack, focus = torch.rand(1, 6, 32, 64), sweep(6)
        for name in NAMES:
            kind = families.family(name)
            model = kind.network().eval()
            with torch.no_grad():
                cached = torch.cat([model.frame(stack[:, z:z + 1]) for z in range(6)])
                self.assertEqual(kind.channels, cached.shape[1])
                once = model(stack, focus, kind.default)
                found = export.StackGraph(model, kind.default)(cached, focus)
            for output, values in zip(OUTPUTS, found):
                self.assertLess(float((values - once[output]).abs().max()), 1e-5, output)

    def test_should_treat_the_stacks_of_a_batch_apart(self):
        stack = torch.rand(2, 5, 32, 32)
        for name in NAMES:
            kind = families.family(name)
            model = kind.network().eval()
            with torch.no_grad():
                both = model(stack, sweep(5).repeat(2, 1), kind.default)["position"]
                one = model(stack[1:], sweep(5), kind.default)["position"]
            self.assertLess(float((both[1:] - one).abs().max()), 1e-5, name)

    def test_should_send_a_gradient_to_every_weight(self):
        for name in NAMES:
            kind = families.family(name)
            model = kind.network().train()
            last = max(kind.exported[:1])
            run = run_of(model, batch=2, iterations=last, exits=[last])
            kind.loss(model, run, torch.rand(2, 1, 32, 32), True)["loss"].backward()
            without = [key for key, p in model.named_parameters()
                       if p.grad is None or not bool(torch.isfinite(p.grad).all())]
            self.assertEqual([], without, name)

    def test_should_say_which_models_there_are(self):
        with self.assertRaisesRegex(ValueError, "expected one of proximal, ddl-gru, dualfocus"):
            families.family("unknown")
        self.assertEqual("proximal", families.name_of({"arguments": {}}))

    def test_should_draw_only_iterations_that_are_exported(self):
        random = np.random.default_rng(1)
        for name in families.FAMILIES:
            kind = families.family(name)
            for _ in range(50):
                iterations, exits = kind.draw(random)
                self.assertIn(iterations, kind.exported)
                self.assertEqual(iterations, max(exits))
                self.assertTrue(set(exits) <= set(kind.exported))


class DdlGruTest(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(5)

    def test_should_cache_the_hand_made_measures_and_learn_nothing_of_one_image(self):
        frame = ddl_gru.FrameStage()
        self.assertEqual([], list(frame.parameters()))
        image = torch.rand(1, 1, 32, 32)
        found = frame(image)
        self.assertTrue(torch.equal((features.log_measures(image) + 3.0) * 0.7, found[:, :12]))

    def test_should_begin_at_the_plane_where_the_measures_peak(self):
        stage = ddl_gru.StackStage()
        with torch.no_grad():
            stage.mix.weight[0].fill_(3.0)
        stack = torch.zeros(5, ddl_gru.FEATURES, 8, 8)
        stack[3, :12] = 4.0
        found = stage(stack, sweep(5), 5, 4, [4])["depths"][0]
        self.assertTrue(torch.allclose(found, torch.full_like(found, 0.75), atol=0.03))

    def test_should_keep_its_state_where_the_update_gate_is_shut(self):
        cell = ddl_gru.Cell(16, 16)
        h, x = torch.randn(1, 16, 8, 8), [torch.randn(1, 16, 8, 8)]
        shut = torch.full((1, 32, 8, 8), -60.0)
        self.assertTrue(torch.allclose(h, cell(h, x, [shut, torch.randn(1, 16, 8, 8)])))
        opened = cell(h, x, [-shut, torch.full((1, 16, 8, 8), 60.0)])
        self.assertTrue(torch.allclose(torch.ones_like(h), opened))

    def test_should_go_through_the_same_updates_whatever_comes_after(self):
        model = ddl_gru.DdlGru().eval()
        stack = model.frame(torch.rand(5, 1, 32, 32))
        with torch.no_grad():
            few = model.stack(stack, sweep(5), 5, 4, [4])
            more = model.stack(stack, sweep(5), 5, 8, [4, 8])
        self.assertEqual((5, 9), (len(few["depths"]), len(more["depths"])))
        self.assertTrue(torch.equal(few["exits"][4][1], more["exits"][4][1]))

    def test_should_weigh_later_updates_more(self):
        truth = torch.full((1, 1, 32, 32), 0.5)
        good, bad = torch.full((1, 1, 8, 8), 0.5), torch.full((1, 1, 8, 8), 0.9)
        exits = {3: (good, truth, torch.full_like(truth, -3.0), truth)}
        late = sequence_loss.sequence_loss({"depths": [bad, bad, bad, good], "exits": exits}, truth)
        early = sequence_loss.sequence_loss({"depths": [bad, good, bad, bad], "exits": exits}, truth)
        self.assertLess(float(late["loss"]), float(early["loss"]))
        self.assertEqual({"d0", "dK", "fine3", "loss"}, set(late))


class DualFocusTest(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(5)

    def test_should_take_differences_towards_the_next_plane_and_back_at_the_last(self):
        stack = torch.arange(4.0).pow(2).view(1, 4, 1, 1, 1)
        self.assertEqual([1.0, 3.0, 5.0, 5.0], dualfocus.differences(stack).flatten().tolist())

    def test_should_state_a_depth_that_its_probabilities_imply(self):
        run = run_of(dualfocus.DualFocus())
        p = run["probabilities"]
        self.assertTrue(torch.allclose(torch.ones(1, 8, 8), p.sum(dim=1)))
        wanted = (p * sweep(5)[:, :, None, None]).sum(dim=1, keepdim=True)
        self.assertTrue(torch.allclose(wanted, run["depths"][0]))
        self.assertEqual((1, 5, 4, 4), tuple(run["theta"].shape))

    def test_should_refuse_iterations(self):
        with self.assertRaisesRegex(ValueError, "iterations: expected 0 and its exit, found 3"):
            run_of(dualfocus.DualFocus(), iterations=3, exits=[3])
        with self.assertRaisesRegex(ValueError, "variational: expected both or none"):
            dualfocus.Settings(variational="some")

    def test_should_punish_a_second_peak_and_nothing_else(self):
        def loss(*values):
            return float(dualfocus_losses.focal_loss(torch.tensor(values).view(1, -1, 1, 1)))
        self.assertEqual(0.0, loss(0.1, 0.2, 0.4, 0.2, 0.1))
        self.assertEqual(0.0, loss(0.6, 0.3, 0.1))
        self.assertEqual(0.0, loss(0.1, 0.3, 0.6))
        self.assertAlmostEqual(0.1 ** 2, loss(0.1, 0.5, 0.1, 0.2, 0.1), places=6)
        self.assertAlmostEqual(0.1 ** 2, loss(0.2, 0.1, 0.5, 0.1, 0.1), places=6)

    def test_should_hold_the_surfaces_near_a_depth_to_its_gradients(self):
        focus = sweep(5)
        ramp = torch.linspace(0.45, 0.55, 32).view(1, 1, 1, 32).expand(1, 1, 32, 32)
        coarse = torch.nn.functional.avg_pool2d(ramp, 8) * dualfocus_losses.SCALE
        same = coarse.expand(1, 5, 4, 4)
        perfect = float(dualfocus_losses.spatial_loss(same, focus, ramp))
        self.assertLess(perfect, 1e-5)
        near, far = same.clone(), same.clone()
        near[:, 2], far[:, 0] = 0.0, 0.0
        losses = [float(dualfocus_losses.spatial_loss(s, focus, ramp)) for s in (near, far)]
        # The depth is at plane 2, so its surface counts more than that of plane 0.
        self.assertGreater(losses[0], 2 * losses[1])

    def test_should_leave_the_constraints_out_where_told(self):
        run = run_of(dualfocus.DualFocus())
        truth = torch.rand(1, 1, 32, 32)
        both = dualfocus_losses.dual_loss(run, truth)
        none = dualfocus_losses.dual_loss(run, truth, variational="none")
        added = (dualfocus_losses.SPATIAL_WEIGHT * both["spatial"]
                 + dualfocus_losses.FOCAL_WEIGHT * both["focal"])
        self.assertAlmostEqual(float(both["loss"] - none["loss"]), float(added), places=4)


class PipelineTest(unittest.TestCase):
    def arguments(self, folder, model):
        return types.SimpleNamespace(
            pool=folder + "/pool", validation=[folder], out=f"{folder}/{model}", steps=2,
            until=0.0, hours=0.0, stale=0.0,
            rate=1e-3, seed=5, processes=1, every=2, settings="{}", begun=0.0, trusting=False,
            planes=[3, 64], crop=32, start=None, model=model)

    def test_should_train_go_on_and_export_by_the_models_name(self):
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(folder + "/pool")
            shard = pool.bake(np.random.default_rng(1), [], 5, scenes=4, crop=64)
            pool.write_shard(folder + "/pool", "a.npz", shard)
            for planes in (10, 24):
                validating = pool.bake(np.random.default_rng(2), [], planes, 2, True, crop=32)
                pool.write_shard(folder, f"validation-{planes}.npz", validating)
            for name in NAMES:
                kind = families.family(name)
                arguments = self.arguments(folder, name)
                os.makedirs(arguments.out)
                train.train(0, arguments)
                self.assertEqual(2, train.Training(arguments).step)
                checkpoint = arguments.out + "/last.pt"
                checkpoint = self.calibrated(checkpoint)
                self.assertIsInstance(export.load_model(checkpoint), kind.network)
                with open(arguments.out + "/validation.csv", encoding="utf-8") as file:
                    self.assertIn(f"z10-k{kind.default}", file.readline())
                few = kind.exported[:1]
                bundle = folder + "/bundle-" + name
                manifest = export.export_bundle(export.load_model(checkpoint), bundle, "0.0.0",
                                                name, few)
                self.assertEqual({"channels": kind.channels, "downscale": 4, "luma": "none"},
                                 manifest["twoStage"])
                self.assertEqual({"exported": list(few), "default": few[0]},
                                 manifest["iterations"])
                graph = onnx.load(f"{bundle}/stack-k{few[0]}.onnx", load_external_data=False).graph
                self.assertEqual(["features", "focus"], [i.name for i in graph.input])

    def calibrated(self, checkpoint):
        published = calibrate.calibrated(torch.load(checkpoint), 0.5, 1.1)
        self.assertNotIn("pool", published["arguments"])
        torch.save(published, checkpoint + ".calibrated")
        return checkpoint + ".calibrated"


if __name__ == "__main__":
    unittest.main()
