"""Confidence: the probability that a position is off by no more than one plane of the sweep.

"One plane" is the mean distance of neighbouring planes on the focus axis. Models that only predict the
expected error use confidence_of; `proximal` has a ConfidenceHead. The head is trained on its own, with all
other weights fixed (fit_confidence.py), so depth does not change. It sees what the refiner saw, the refiner's
features and the upsampled position, whose steps are where most large errors are.
"""

from typing import Tuple

import torch
from torch import nn
import torch.nn.functional as functional

# Channels of the inputs at a quarter of the resolution.
GUIDE, STATIC, KEPT, PICTURE = 48, 32, 16, 16
STATE = 3
FINE = 16
STEP_SCALE = 10.0


def mean_spacing(focus: torch.Tensor) -> torch.Tensor:
    """Mean distance of neighbouring planes on the axis [0, 1]: focus [B, Z] to [B, 1, 1, 1]."""
    return (focus[:, 1:] - focus[:, :-1]).mean(dim=1).view(-1, 1, 1, 1)


def log_spacing(focus: torch.Tensor) -> torch.Tensor:
    """log(9 spacing), 0 for ten planes: focus [B, Z] to [B, 1, 1, 1]."""
    return torch.log(mean_spacing(focus) * 9.0)


def confidence_of(error: torch.Tensor, focus: torch.Tensor) -> torch.Tensor:
    """Probability that an error with a Laplace distribution of mean `error` is at most one plane."""
    return 1 - torch.exp(-mean_spacing(focus) / error)


class ConfidenceHead(nn.Module):
    """Maps at 1/4 of the resolution to the log of the expected error and the logit of the confidence.

    width: channels of the hidden layers.
    """

    def __init__(self, width: int = 32):
        super().__init__()
        inputs = GUIDE + STATIC + KEPT + PICTURE + FINE + STATE + 1
        self.enter = nn.Conv2d(inputs, width, 1)
        self.near = nn.Conv2d(width, width, 3, padding=1)
        self.wide = nn.Conv2d(width, width, 3, padding=2, dilation=2)
        self.leave = nn.Conv2d(width, 32, 1)
        with torch.no_grad():
            self.leave.weight.mul_(0.1)
            self.leave.bias.copy_(torch.cat([torch.full((16,), -3.5), torch.full((16,), 3.0)]))

    def forward(self, guide, blocks, state, fine, depth, spacing) -> Tuple[torch.Tensor, torch.Tensor]:
        """guide [B, 48, h, w]: features of the refiner; blocks [B, 64, h, w]: static, kept and luma 4x4 in
        [0, 1]; state [B, 3, h, w]; fine [B, 1, H, W]: upsampled position; depth [B, 1, h, w]: position
        before it; spacing [B, 1, 1, 1]: log of 9 times the mean distance of the planes.

        Returns log error and logit, [B, 1, H, W] each.
        """
        steps = (functional.pixel_unshuffle(fine, 4) - depth) * STEP_SCALE
        even = torch.ones_like(depth) * spacing
        x = torch.relu(self.enter(torch.cat([guide, blocks, steps, state, even], dim=1)))
        x = torch.relu(self.near(x))
        x = x + torch.relu(self.wide(x))
        found = self.leave(x)
        log_error = torch.clamp(found[:, :16], -9.0, 0.5)
        return functional.pixel_shuffle(log_error, 4), functional.pixel_shuffle(found[:, 16:], 4)
