"""The stack stage in parts gives what the whole gives, and forgets old frames."""

import math
import os
import unittest

import torch

from rackfocus_training import export
from rackfocus_training.dualfocus import DualFocus
from rackfocus_training.plane_cache import Kept
from rackfocus_training.proximal import Proximal, Settings

from test_proximal_inference import restless

HEIGHT, WIDTH = 64, 96


class Node:
    """What a node does with the graphs: keeps their results for every plane and block."""

    def __init__(self, model, planes: int):
        self.parts = export.parts_of(model)
        self.planes = planes
        self.size = math.ceil(math.sqrt(planes))
        self.kept = {"features": torch.zeros(planes, 32, HEIGHT // 4, WIDTH // 4)}
        for each in self.parts.kept:
            count = planes if each.per == "plane" else math.ceil(planes / self.size)
            self.kept[each.name] = torch.zeros(count, each.channels, HEIGHT // each.downscale,
                                               WIDTH // each.downscale)
        self.blocks = {each.name for each in self.parts.kept if each.per == "block"}
        self.model = model

    def load(self, plane: int, image: torch.Tensor) -> None:
        self.kept["features"][plane] = self.model.frame(image[None, None])[0]

    def compute_all(self, focus) -> None:
        for step in self.parts.steps:
            if step.per == "plane":
                self._run(step.batch, focus, 0)
            else:
                for first in range(0, self.planes, self.size):
                    self._run(step.graph, focus, first)

    def compute(self, plane: int, focus) -> None:
        for step in self.parts.steps:
            self._run(step.graph, focus, plane)

    def head(self, focus, iterations: int):
        graph = self.parts.head(iterations)
        return graph.module(*[self._input(name, focus, 0) for name in graph.inputs])

    def _run(self, graph, focus, plane: int) -> None:
        found = graph.module(*[self._input(name, focus, plane) for name in graph.inputs])
        found = found if isinstance(found, tuple) else (found,)
        for name, tensor in zip(graph.outputs, found):
            target = self._slice(name, plane)
            assert target.shape == tensor.shape, f"{name}: {tensor.shape}, kept {target.shape}"
            target.copy_(tensor)

    def _input(self, name: str, focus, plane: int):
        if name == "focus":
            return focus
        if name == "inside":
            return torch.tensor([[float(min(max(plane + step, 0), self.planes - 1) != plane)
                                  for step in (-1, 1, -2, 2)]])
        if name == "others":
            return torch.tensor([[float(z != plane) for z in range(self.planes)]])
        return self._slice(name, plane).clone()

    def _slice(self, name: str, plane: int):
        base, _, part = name.partition(":")
        tensor = self.kept[base]
        block = plane // self.size
        if part == "all":
            return tensor
        if part == "block":
            return tensor[block * self.size:(block + 1) * self.size]
        at = block if base in self.blocks else plane + int(part or 0)
        at = min(max(at, 0), len(tensor) - 1)
        return tensor[at:at + 1]


def models():
    torch.manual_seed(23)
    return {"proximal": (restless(Proximal(Settings(confidence=16))), (0, 1, 3)),
            "plain": (restless(Proximal()), (0, 3)),
            "dualfocus": (restless(DualFocus()), (0,))}


class PlaneCacheTest(unittest.TestCase):
    def assert_same(self, model, node, stack, focus, iterations, within, what):
        wanted = model(stack[None], focus, iterations)
        for name, found in zip(export.OUTPUTS, node.head(focus, iterations)):
            gap = float((wanted[name] - found).abs().max())
            self.assertLess(gap, within, f"{what}, {name}")

    def test_should_give_what_the_whole_gives(self):
        for name, (model, iterations) in models().items():
            for planes in (3, 5, 10):
                focus = torch.linspace(0, 1, planes)[None] ** 1.3
                stack = torch.rand(planes, HEIGHT, WIDTH)
                node = Node(model, planes)
                with torch.no_grad():
                    for z in range(planes):
                        node.load(z, stack[z])
                    node.compute_all(focus)
                    for k in iterations:
                        self.assert_same(model, node, stack, focus, k, 1e-4, f"{name}, all, K = {k}")
                    # A static scene: the same frames again, in the order of a sweep.
                    for z in list(range(planes)) + list(range(planes - 1, -1, -1)):
                        node.compute(z, focus)
                        self.assert_same(model, node, stack, focus, iterations[-1], 1e-4,
                                         f"{name}, plane {z}")

    def test_should_forget_an_old_scene(self):
        for name, (model, iterations) in models().items():
            planes = 6
            focus = torch.linspace(0, 1, planes)[None]
            node = Node(model, planes)
            old, new = torch.rand(2, planes, HEIGHT, WIDTH)
            with torch.no_grad():
                for z in range(planes):
                    node.load(z, old[z])
                node.compute_all(focus)
                for _ in range(8):
                    for z in range(planes):
                        node.load(z, new[z])
                        node.compute(z, focus)
                self.assert_same(model, node, new, focus, iterations[-1], 1e-3, name)

    def test_should_give_what_the_whole_gives_however_sharp_the_texture(self):
        # One-pixel checkers, whose log sharpness is above 100.
        stack = (torch.arange(HEIGHT)[:, None] + torch.arange(WIDTH)) % 2
        stack = (0.5 + (stack - 0.5) / (1 + torch.arange(6)[:, None, None])).float()
        focus = torch.linspace(0, 1, 6)[None]
        model = export.load_model(os.path.join(os.path.dirname(__file__), "..", "checkpoints",
                                               "proximal-1.2.0.pt"))
        node = Node(model, 6)
        with torch.no_grad():
            for z in range(6):
                node.load(z, stack[z])
            node.compute_all(focus)
            self.assert_same(model, node, stack, focus, 3, 1e-4, "checkers")

    def test_should_refuse_another_unit(self):
        with self.assertRaisesRegex(ValueError, "expected plane or block, found 'row'"):
            Kept("x", 1, 4, "row")

    def test_should_have_no_parts_for_other_forms(self):
        self.assertIsNone(export.parts_of(restless(Proximal(Settings(crisp=False)))))


if __name__ == "__main__":
    unittest.main()
