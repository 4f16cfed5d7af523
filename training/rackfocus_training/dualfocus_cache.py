"""`dualfocus` in parts (plane_cache.py). A plane's change along focus reads the next plane's features."""

from typing import Callable, Tuple

import torch
from torch import nn

from .dualfocus import StackStage, differences
from .plane_cache import (Graph, Kept, Parts, PlaneStage, Step, UNET, UNET_INPUTS, UNET_NAMES,
                          BlockSums, features_at, mixed, sum_all)
from .plane_unet import LEARNED


class DualPlane(PlaneStage):
    """The U-Net of one plane and its integrable surfaces."""

    INPUTS = ("features:-1", "features", "features:+1", "sums:all", "focus", "inside", "others",
              "x4:-1", "x4:+1") + UNET_INPUTS
    OUTPUTS = ("x4",) + UNET_NAMES + ("volume",)

    def __init__(self, stage: StackStage):
        unet = stage.volume
        super().__init__(unet, lambda x4, x8, x16, x32, mean: unet.decode([x4, x8, x16, x32], 1, mean))
        self.stage = stage

    def forward(self, far, own, near, sums, focus, inside, others, far4, near4, *kept):
        stage = self.stage
        offset = stage.volume.offset(sum_all(sums) * (1.0 / focus.shape[1]), focus)
        far, own, near = (each[:, :LEARNED] + offset for each in (far, own, near))
        # The nearest plane takes the change from the plane before it.
        last = inside[:, 1].view(1, 1, 1, 1)
        change = last * (near - own) + (1 - last) * (own - far)
        surfaces = stage.surfaces(torch.cat([own, change], dim=1))
        before4 = torch.relu(own + stage.enhance(change))
        x4 = mixed(far4, before4, near4, inside[:, :2])
        before, volume = self.run(x4, stage.volume.surfaces(surfaces), kept, focus, inside, others)
        return (before4,) + before + (volume,)


class DualPlanes(nn.Module):
    """DualPlane of all planes at once."""

    INPUTS = ("features:all", "sums:all", "focus")
    OUTPUTS = tuple(name + ":all" for name in DualPlane.OUTPUTS)

    def __init__(self, stage: StackStage):
        super().__init__()
        self.stage = stage

    def forward(self, features, sums, focus):
        stage, planes = self.stage, features.shape[0]
        mean = sum_all(sums) * (1.0 / focus.shape[1])
        learned = features[:, :LEARNED]
        own = stage.volume.relative(learned, mean, focus)
        change = differences(own).view_as(learned)
        own = own.view_as(learned)
        surfaces = stage.surfaces(torch.cat([own, change], dim=1))
        scales, before = stage.volume.encode(torch.relu(own + stage.enhance(change)), planes,
                                             stage.volume.surfaces(surfaces))
        return tuple(before) + (scales[3], stage.volume.decode(scales, planes))


class DualHead(nn.Module):
    """StackStage after the volume, to the four outputs."""

    INPUTS = ("features:all", "focus", "sums:all", "volume:all")

    def __init__(self, stage: StackStage, outputs: Callable):
        super().__init__()
        self.stage, self.outputs = stage, outputs

    def forward(self, features, focus, sums, volume):
        run = self.stage.probabilities(volume[None], focus)
        focused = features_at(features, run["depths"][0], focus, (0, 1))
        _, *exit = self.stage.finish(run, volume[None], focused,
                                     sum_all(sums) * (1.0 / focus.shape[1]))
        return self.outputs(exit, None, focus, 0)


def dualfocus_parts(stage: StackStage, outputs: Callable, names: Tuple[str, ...]) -> Parts:
    """dualfocus.StackStage in parts; arguments as of plane_cache.proximal_parts."""
    width = stage.settings.width
    return Parts(
        kept=(Kept("x4", LEARNED, 4),) + tuple(Kept(name, width, scale) for name, scale in UNET)
        + (Kept("volume", 4, 4), Kept("sums", LEARNED, 4, "block")),
        steps=(Step("block-sums", "block",
                    Graph(BlockSums(largest=False), ("features:block",), ("sums",))),
               Step("plane", "plane", Graph(DualPlane(stage), DualPlane.INPUTS, DualPlane.OUTPUTS),
                    Graph(DualPlanes(stage), DualPlanes.INPUTS, DualPlanes.OUTPUTS))),
        head=lambda iterations: Graph(DualHead(stage, outputs), DualHead.INPUTS, names))
