"""The stack stage in parts, so that a node computes only what a new frame changes.

Between maps the node keeps, for every plane, the U-Net's features before the planes are mixed and the
plane's part of the focus volume; and for blocks of consecutive planes, their sums and maxima. For a new
frame at plane z it runs in this order:

  1. block graphs on the features of the block of planes that contains z
  2. the plane graph on plane z: its U-Net, with its neighbours' channels from what is kept
  3. block graphs on the results of that block
  4. the head: everything after the focus volume, on what is kept of all planes and blocks

A map thus costs one plane's work and sums over about sqrt(Z) planes, however many planes there are.
At the start and whenever most frames are new, all planes are computed at once by the batch form of
step 2. In a static scene both give the same. When the scene changes, a plane keeps the mixture with its
neighbours' old results until it is computed again. Those are mixtures themselves, once for each scale,
so a change is forgotten in four to five sweeps; training simulates one step of that (stale.py).

Names of inputs and outputs say which part of what is kept they are, for a plane z of block b: "x" is
the slice of z (or b), "x:+1" that of plane z + 1 (or the end plane, if there is none), "x:block" the
planes of b, "x:all" those of all planes or blocks. Further inputs: "focus" [1, Z]; "inside" [1, 4], 0
where z, an end plane, is itself the neighbour -1, +1, -2 and +2, else 1; "others" [1, Z], 0 at z and 1
elsewhere.
"""

from dataclasses import dataclass
from typing import Callable, List, Optional, Tuple

import torch
from torch import nn

from .layers import plane_coordinate
from .plane_unet import LEARNED, PlaneUNet
from .proximal_inference import (GatherBins, GatherChannels, PLANE_WIDTH, StackInference,
                                 shift_index, sum_over)

# What is kept of a plane's U-Net, as (name, downscale): before the planes are mixed at 1/8, 1/16 and
# 1/32, and the deepest features.
UNET = (("x8", 8), ("x16", 16), ("x32", 32), ("deep", 32))
UNET_NAMES = tuple(name for name, _ in UNET)
# Inputs of a plane's U-Net from what is kept, in the order of PlaneStage.unet.
UNET_INPUTS = ("x8:-1", "x8:+1", "x16:-2", "x16:+2", "x32:-2", "x32:+2", "deep:all")


@dataclass(frozen=True)
class Kept:
    """A kept tensor: channels x H / downscale x W / downscale for every plane, or every block."""

    name: str
    channels: int
    downscale: int
    per: str = "plane"

    def __post_init__(self):
        if self.per not in ("plane", "block"):
            raise ValueError(f"per: expected plane or block, found {self.per!r}")


@dataclass(frozen=True)
class Graph:
    """A module and the names of its inputs and outputs, in order."""

    module: nn.Module
    inputs: Tuple[str, ...]
    outputs: Tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """A graph that runs for a plane or a block. batch: one that does the same for all planes at once."""

    name: str
    per: str
    graph: Graph
    batch: Optional[Graph] = None


@dataclass(frozen=True)
class Parts:
    """A stack stage in parts. head: iterations to the graph that gives the outputs."""

    kept: Tuple[Kept, ...]
    steps: Tuple[Step, ...]
    head: Callable[[int], Graph]


def row_of_ones(maps: torch.Tensor) -> torch.Tensor:
    """[1, N] for maps [N, C, h, w]; not torch.ones, since tracing would make N a constant."""
    return torch.ones_like(maps[:, :1, :1, :1]).view(1, -1)


def sum_all(maps: torch.Tensor) -> torch.Tensor:
    """[N, C, h, w] to the sum [1, C, h, w]."""
    return sum_over(row_of_ones(maps), maps)


def mixed(far: torch.Tensor, own: torch.Tensor, near: torch.Tensor, inside: torch.Tensor
          ) -> torch.Tensor:
    """layers.shift_planes for one plane: a quarter of the channels from the neighbour on either side.

    far and near [1, C, h, w]: what is kept of the neighbours; inside [1, 2]: 0 where the plane is its
    own neighbour, so that it takes its new channels.
    """
    quarter = own.shape[1] // 4
    parts = []
    for side, other in enumerate((far, near)):
        at = slice(side * quarter, (side + 1) * quarter)
        share = inside[:, side].view(1, 1, 1, 1)
        parts.append(own[:, at] + share * (other[:, at] - own[:, at]))
    return torch.cat(parts + [own[:, 2 * quarter:]], dim=1)


def features_at(features: torch.Tensor, depth: torch.Tensor, focus: torch.Tensor,
                halves: Tuple[int, ...]) -> torch.Tensor:
    """layers.sharpest of features [Z, 32, h, w] at a depth [1, 1, h, w], by two gathers.

    halves: 0 for the learned features, 1 for the luma, or both. Returns [1, 16 len(halves), h, w].
    """
    last = torch.ones_like(focus).sum() - (1 + 1e-3)
    at = torch.minimum(plane_coordinate(depth, focus), last)
    floor = torch.floor(at)
    share = at - floor
    # Learned features and luma alternate.
    split = features.reshape(-1, LEARNED, *features.shape[2:])
    found = []
    for half in halves:
        low, high = (GatherBins.apply(split, 2 * (floor + plane) + half, LEARNED) for plane in (0, 1))
        found.append(low + share * (high - low))
    return found[0] if len(found) == 1 else torch.cat(found, dim=1)


class BlockSums(nn.Module):
    """Features of a block of planes [N, 32, h, w] to the sum of the learned ones and, if asked for, their
    largest, [1, 16, h, w]."""

    def __init__(self, largest: bool):
        super().__init__()
        self.largest = largest

    def forward(self, features):
        learned = features[:, :LEARNED]
        total = sum_all(learned)
        return (total, learned.amax(dim=0, keepdim=True)) if self.largest else total


class BlockPicture(nn.Module):
    """Measures [N, 3, h, w] and features [N, 32, h, w] of a block of planes to the largest sharpness and
    the sum of the weights relative to it [1, 1, h, w], and the weighted sum of the luma [1, 16, h, w]."""

    def forward(self, measures, features):
        sharpness = measures[:, 2:]
        peak = sharpness.amax(dim=0, keepdim=True)
        weights = torch.exp(sharpness - peak)
        return peak, sum_all(weights), sum_all(weights * features[:, LEARNED:])


class PlaneStage(nn.Module):
    """The U-Net of one plane. decode: PlaneUNet.decode or an equivalent."""

    def __init__(self, unet: PlaneUNet, decode: Callable):
        super().__init__()
        self.unet, self.decode = unet, decode

    def run(self, x4, added8, kept: List[torch.Tensor], focus, inside, others):
        """x4 [1, 16, h, w]: the mixed features; added8: added at 1/8, or None; kept: UNET_INPUTS.

        Returns what is kept (UNET) and the result of decode.
        """
        s = self.unet
        far8, near8, far16, near16, far32, near32, deep = kept
        before8 = s.down8(x4)
        if added8 is not None:
            before8 = before8 + added8
        x8 = s.encode8(mixed(far8, before8, near8, inside[:, :2]))
        before16 = s.down16(x8)
        x16 = s.encode16(mixed(far16, before16, near16, inside[:, 2:]))
        before32 = s.down32(x16)
        x32 = s.encode32(mixed(far32, before32, near32, inside[:, 2:]))
        mean = (sum_over(others, deep) + x32) * (1.0 / focus.shape[1])
        return (before8, before16, before32, x32), self.decode(x4, x8, x16, x32, mean)


class ProximalPlane(PlaneStage):
    """proximal_inference.Volume of one plane."""

    INPUTS = ("features:-1", "features", "features:+1", "sums:all", "focus", "inside",
              "others") + UNET_INPUTS
    OUTPUTS = UNET_NAMES + ("scores", "measures")

    def __init__(self, volume):
        super().__init__(volume.source, volume.decode)
        self.volume = volume

    def forward(self, far, own, near, sums, focus, inside, others, *kept):
        quarter = LEARNED // 4
        shifted = torch.cat([far[:, :quarter], near[:, quarter:2 * quarter],
                             own[:, 2 * quarter:LEARNED]], dim=1)
        x4 = self.volume.enter(shifted, sum_all(sums) * (1.0 / focus.shape[1]), focus)
        before, found = self.run(x4, None, kept, focus, inside, others)
        return before + found


class ProximalPlanes(nn.Module):
    """ProximalPlane of all planes at once."""

    INPUTS = ("features:all", "sums:all", "focus")
    OUTPUTS = tuple(name + ":all" for name in ProximalPlane.OUTPUTS)

    def __init__(self, volume):
        super().__init__()
        self.volume = volume

    def forward(self, features, sums, focus):
        v, s, planes = self.volume, self.volume.source, features.shape[0]
        near, wide = shift_index(planes, PLANE_WIDTH, 1), shift_index(planes, PLANE_WIDTH, 2)
        row = torch.ones_like(focus) / focus.shape[1]
        shifted = GatherChannels.apply(features, shift_index(planes, LEARNED, 1))
        x4 = v.enter(shifted, sum_all(sums) * row[0, 0], focus)
        before8 = s.down8(x4)
        x8 = s.encode8(GatherChannels.apply(before8, near))
        before16 = s.down16(x8)
        x16 = s.encode16(GatherChannels.apply(before16, wide))
        before32 = s.down32(x16)
        x32 = s.encode32(GatherChannels.apply(before32, wide))
        return (before8, before16, before32, x32) + v.decode(x4, x8, x16, x32, sum_over(row, x32))


class ProximalHead(nn.Module):
    """StackInference after the focus volume, to the four outputs."""

    INPUTS = ("features:all", "focus", "sums:all", "largest:all", "peaks:all", "weights:all",
              "pictures:all", "scores:all", "measures:all")

    def __init__(self, inference: StackInference, outputs: Callable):
        super().__init__()
        self.inference, self.outputs = inference, outputs

    def forward(self, features, focus, sums, largest, peaks, weights, pictures, scores, measures):
        mean = sum_all(sums) * (1.0 / focus.shape[1])
        relative = torch.exp(peaks - peaks.amax(dim=0, keepdim=True))
        picture = sum_all(relative * pictures) / sum_all(relative * weights)
        *exit, logit = self.inference.estimate(
            scores, measures, mean, largest.amax(dim=0, keepdim=True), picture, focus,
            lambda depth: features_at(features, depth, focus, (1,)))
        return self.outputs(exit, logit, focus, self.inference.iterations)


def proximal_parts(stage, outputs: Callable, names: Tuple[str, ...]) -> Parts:
    """proximal.StackStage in parts.

    outputs: (exit, logit, focus, iterations) to the tensors of those names.
    """
    volume = StackInference(stage, 0).volume
    blocks = (Kept("sums", LEARNED, 4, "block"), Kept("largest", LEARNED, 4, "block"),
              Kept("peaks", 1, 4, "block"), Kept("weights", 1, 4, "block"),
              Kept("pictures", LEARNED, 4, "block"))
    return Parts(
        kept=tuple(Kept(name, PLANE_WIDTH, downscale) for name, downscale in UNET)
        + (Kept("scores", 1, 4), Kept("measures", 3, 4)) + blocks,
        steps=(Step("block-sums", "block",
                    Graph(BlockSums(largest=True), ("features:block",), ("sums", "largest"))),
               Step("plane", "plane",
                    Graph(ProximalPlane(volume), ProximalPlane.INPUTS, ProximalPlane.OUTPUTS),
                    Graph(ProximalPlanes(volume), ProximalPlanes.INPUTS, ProximalPlanes.OUTPUTS)),
               Step("block-picture", "block",
                    Graph(BlockPicture(), ("measures:block", "features:block"),
                          ("peaks", "weights", "pictures")))),
        head=lambda iterations: Graph(ProximalHead(StackInference(stage, iterations), outputs),
                                      ProximalHead.INPUTS, names))
