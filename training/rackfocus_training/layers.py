"""Building blocks of the networks. All work on float32 NCHW tensors."""

from typing import List

import torch
from torch import nn
import torch.nn.functional as functional


class Conv(nn.Sequential):
    """3x3 (or 1x1) convolution with bias, followed by an optional ReLU."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3, stride: int = 1,
                 relu: bool = True):
        layers = [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2)]
        nn.init.kaiming_normal_(layers[0].weight, nonlinearity="relu" if relu else "linear")
        nn.init.zeros_(layers[0].bias)
        if relu:
            layers.append(nn.ReLU(inplace=True))
        super().__init__(*layers)


def double(x: torch.Tensor) -> torch.Tensor:
    """Bilinear upsampling by 2 (with a constant scale, which ONNX Runtime runs in its blocked layout)."""
    return functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False,
                                  recompute_scale_factor=False)


def shift_planes(x: torch.Tensor, planes: int, step: int = 1) -> torch.Tensor:
    """Shifts channels between neighbouring planes: x [B Z, C, h, w], Z = planes.

    The first quarter of the channels comes from the plane `step` farther, the second from the plane
    `step` nearer (the end planes are repeated), the rest stays. The next convolution thus sees three
    planes at the cost of one (temporal shift; Lin, Gan and Han, ICCV 2019). step must be less than 3,
    the minimum number of planes.
    """
    quarter = x.shape[1] // 4
    stack = x.view(-1, planes, *x.shape[1:])
    far, near, own = stack[:, :, :quarter], stack[:, :, quarter:2 * quarter], stack[:, :, 2 * quarter:]
    far = torch.cat([far[:, :1]] * step + [far[:, :-step]], dim=1)
    near = torch.cat([near[:, step:]] + [near[:, -1:]] * step, dim=1)
    return torch.cat([far, near, own], dim=2).view_as(x)


def shift_stale_planes(x: torch.Tensor, kept: torch.Tensor, sides: torch.Tensor, step: int = 1
                       ) -> torch.Tensor:
    """shift_planes with some of the neighbours' channels taken from an older version of the stack.

    x and kept [B Z, C, h, w]; sides: bool [B, Z, 2], whether a plane takes its farther and its nearer
    neighbour from kept. An end plane that repeats itself uses its own current channels.
    """
    batch, planes = sides.shape[:2]
    quarter = x.shape[1] // 4
    new, old = (shift_planes(version, planes, step).view(batch, planes, *x.shape[1:])
                for version in (x, kept))
    stale = torch.zeros(batch, planes, x.shape[1], dtype=torch.bool)
    stale[:, 1:, :quarter] = sides[:, 1:, :1]
    stale[:, :-1, quarter:2 * quarter] = sides[:, :-1, 1:]
    return torch.where(stale[..., None, None], old, new).view_as(x)


class Gate(nn.Module):
    """Attention gate on a skip: e' = sigmoid(prj(relu(1x1(e) + 1x1(u)))) * e (paper A, eq. 21)."""

    def __init__(self, skip: int, decoder: int, hidden: int = 16):
        super().__init__()
        self.skip = nn.Conv2d(skip, hidden, 1)
        self.decoder = nn.Conv2d(decoder, hidden, 1, bias=False)
        self.project = nn.Conv2d(hidden, 1, 1)

    def forward(self, e: torch.Tensor, u: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.project(torch.relu(self.skip(e) + self.decoder(u)))) * e


def hat_matrix(bins: torch.Tensor, focus: torch.Tensor) -> torch.Tensor:
    """Matrix of the linear interpolation from the planes' readings to fixed bins.

    bins [C] ascending in [0, 1]; focus [B, Z] strictly increasing. Returns [B, C, Z], rows of sum 1;
    bins outside the readings take the end plane.
    """
    gap = focus[:, 1:] - focus[:, :-1]
    step = (bins[None, :, None] - focus[:, None, :-1]) / gap[:, None, :]
    # Weight of each interval's right end: 0 left of the interval, 1 right of it.
    share = torch.clamp(step, 0.0, 1.0)
    ones = torch.ones_like(share[:, :, :1])
    return torch.cat([ones, share], dim=2) - torch.cat([share, torch.zeros_like(ones)], dim=2)


def soft_argmax(scores: torch.Tensor, bins: torch.Tensor):
    """scores [B, C, h, w] to (expected bin [B, 1, h, w], scores minus their maximum).

    Paper A, eqs. 4 and 5, as one 1x1 convolution over exp(scores).
    """
    relative = scores - scores.amax(dim=1, keepdim=True)
    weights = torch.stack([bins, torch.ones_like(bins)])[:, :, None, None]
    sums = functional.conv2d(torch.exp(relative), weights)
    return sums[:, :1] / sums[:, 1:], relative


def lookup(volume: torch.Tensor, position: torch.Tensor, offsets: torch.Tensor) -> torch.Tensor:
    """Samples a volume around a position, linearly interpolated along focus.

    volume [B, M, C, h, w] on C even bins of [0, 1]; position [B, 1, h, w]; offsets [B, O] on the
    same axis. Returns [B, M O, h, w]. No gradient flows to the position.
    """
    batch, measures, bins, height, width = volume.shape
    count = offsets.shape[1]
    at = (position + offsets[:, :, None, None]) * (bins - 1)
    at = torch.clamp(at, 0.0, float(bins - 1) - 1e-3)
    floor = torch.floor(at)
    share = (at - floor)[:, None]
    index = floor.long()[:, None].expand(batch, measures, count, height, width)
    low = torch.gather(volume, 2, index)
    high = torch.gather(volume, 2, index + 1)
    return (low + share * (high - low)).reshape(batch, measures * count, height, width)


def plane_coordinate(position: torch.Tensor, focus: torch.Tensor) -> torch.Tensor:
    """Position as a fractional plane number: 0 at the first reading, Z - 1 at the last.

    position [B, 1, h, w], focus [B, Z] strictly increasing. Returns [B, 1, h, w].
    """
    gap = focus[:, 1:] - focus[:, :-1]
    step = (position - focus[:, :-1, None, None]) / gap[:, :, None, None]
    return torch.clamp(step, 0.0, 1.0).sum(dim=1, keepdim=True)


def sharpest(stack: torch.Tensor, position: torch.Tensor, focus: torch.Tensor) -> torch.Tensor:
    """The stack [B, Z, M, h, w] at each pixel's position, interpolated between two planes."""
    batch, planes, measures, height, width = stack.shape
    at = torch.clamp(plane_coordinate(position, focus), 0.0, planes - 1 - 1e-3)
    floor = torch.floor(at)
    share = at - floor
    index = floor.long()[:, None].expand(batch, 1, measures, height, width)
    low = torch.gather(stack, 1, index)[:, 0]
    high = torch.gather(stack, 1, index + 1)[:, 0]
    return low + share * (high - low)


def neighbours(x: torch.Tensor) -> torch.Tensor:
    """The 3x3 neighbourhood of a one-channel map, border replicated: [B, 1, h, w] to [B, 9, h, w]."""
    padded = functional.pad(x, (1, 1, 1, 1), mode="replicate")
    height, width = x.shape[-2:]
    parts: List[torch.Tensor] = [padded[:, :, dy:dy + height, dx:dx + width]
                                 for dy in range(3) for dx in range(3)]
    return torch.cat(parts, dim=1)


def convex_upsample(x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Upsamples x [B, 1, h, w] by 4: each fine pixel is a convex combination of 3x3 coarse neighbours.

    mask [B, 9 * 16, h, w], unnormalised logs of the weights (Teed and Deng, ECCV 2020).
    """
    batch, _, height, width = x.shape
    weights = torch.exp(torch.clamp(mask, -12.0, 12.0)).view(batch, 9, 16, height, width)
    values = neighbours(x)[:, :, None]
    fine = (weights * values).sum(dim=1) / weights.sum(dim=1)
    return functional.pixel_shuffle(fine, 4)
