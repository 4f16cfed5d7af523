"""The exported form of `proximal`, compared with the trained network."""

import unittest

import torch

from rackfocus_training.layers import shift_planes
from rackfocus_training.proximal import Proximal, Settings
from rackfocus_training.proximal_inference import (GatherChannels, StackInference, channel_index,
                                                   shift_index)


def restless(model: Proximal) -> Proximal:
    """Weights large enough for every part to matter; initial ones leave the heads near zero."""
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.dim() == 4:
                parameter.mul_(1.1).add_(torch.randn_like(parameter) * 0.02)
            else:
                parameter.add_(torch.randn_like(parameter) * 0.1)
    return model.eval()


class StackInferenceTest(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(23)
        self.model = restless(Proximal())

    def test_should_rate_as_the_network_does(self):
        model = restless(Proximal(Settings(confidence=16)))
        focus = torch.tensor([[0.0, 0.1, 0.4, 0.5, 1.0]])
        with torch.no_grad():
            features = model.frame(torch.rand(5, 1, 32, 64))
            for k in (0, 1, 3):
                run = model.stack(features, focus, 5, k, [k])
                _, log_error, _, logit = StackInference(model.stack, k)(features, focus)
                for wanted, found in ((run["exits"][k][2], log_error), (run["logits"][k], logit)):
                    gap = float((wanted - found).abs().max())
                    self.assertLess(gap, 1e-5 * max(1.0, float(wanted.abs().max())), f"K = {k}")

    def test_should_give_what_the_network_gives(self):
        for planes, height, width in ((3, 32, 64), (10, 64, 32), (30, 32, 32)):
            focus = torch.sort(torch.rand(1, planes))[0]
            focus = (focus - focus[:, :1] + torch.linspace(0, 0.2, planes))
            focus = focus / focus[:, -1:]
            with torch.no_grad():
                features = self.model.frame(torch.rand(planes, 1, height, width))
                for k in (0, 1, 5):
                    wanted = self.model.stack(features, focus, planes, k, [k])["exits"][k][1:]
                    found = StackInference(self.model.stack, k)(features, focus)
                    for name, a, b in zip(("position", "log error", "allfocus"), wanted, found):
                        self.assertEqual(a.shape, b.shape)
                        gap = float((a - b).abs().max())
                        self.assertLess(gap, 1e-5 * max(1.0, float(a.abs().max())),
                                        f"{name}, {planes} planes, K = {k}")

    def test_should_shift_planes_by_one_gather(self):
        x = torch.rand(6, 16, 4, 8)
        for step in (1, 2):
            found = GatherChannels.apply(x, shift_index(6, 16, step))
            self.assertTrue(torch.equal(shift_planes(x, 6, step), found))
        self.assertTrue(torch.equal(x[:, 5:8], GatherChannels.apply(x, channel_index(6, 5, 3))))

    def test_should_refuse_the_forms_of_the_ablation(self):
        for changed in ({"weights": "softmax"}, {"lookups": False}, {"plane_width": 16},
                        {"hidden": False}, {"crisp": False}):
            settings = Settings(**changed)
            self.assertFalse(StackInference.serves(settings))
            with self.assertRaisesRegex(ValueError, "expected lookups"):
                StackInference(Proximal(settings).stack, 1)


if __name__ == "__main__":
    unittest.main()
