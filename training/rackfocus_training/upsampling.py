"""Parts shared by the networks: convex upsampling, calibrated error, mean over planes."""

import torch
from torch import nn
import torch.nn.functional as functional

from .layers import Conv, convex_upsample

# Initial bias of the log error, relative to the sweep.
UNTRAINED_LOG_ERROR = -3.5


class ConvexHead(nn.Module):
    """Predicts the mask of the upsampling by 4 and the log of the error.

    residual: add a small correction to the depth before upsampling.
    """

    def __init__(self, inputs: int, width: int, depth: int = 1, residual: bool = False):
        super().__init__()
        self.trunk = nn.Sequential(Conv(inputs, width),
                                   *[Conv(width, width) for _ in range(depth - 1)])
        self.residual = nn.Conv2d(width, 1, 1) if residual else None
        if self.residual is not None:
            nn.init.normal_(self.residual.weight, std=0.01)
        self.guide = Conv(width, 48, kernel=1)
        self.mask = nn.Conv2d(48, 9 * 16, 1)
        # A quarter of the default initialisation (paper B scales its mask by 0.25): nearly even weights.
        with torch.no_grad():
            self.mask.weight.mul_(0.25)
        self.error = nn.Conv2d(48, 16, 1)
        nn.init.constant_(self.error.bias, UNTRAINED_LOG_ERROR)

    def forward(self, known: torch.Tensor, position: torch.Tensor):
        """known [B, inputs, h, w] and position [B, 1, h, w] to (position at 1/4, position and log error
        at full resolution)."""
        hidden = self.trunk(known)
        if self.residual is not None:
            position = position + 0.1 * self.residual(hidden)
        guide = self.guide(hidden)
        fine = convex_upsample(position, self.mask(guide))
        log_error = functional.pixel_shuffle(torch.clamp(self.error(guide), -9.0, 0.5), 4)
        return position, fine, log_error


class CalibratedError(nn.Module):
    """exp(shift + power * log error), the calibration fitted by calibrate.py."""

    def __init__(self):
        super().__init__()
        self.register_buffer("error_shift", torch.zeros(()))
        self.register_buffer("error_power", torch.ones(()))

    def error(self, log_error: torch.Tensor) -> torch.Tensor:
        """Expected absolute error on the axis [0, 1]."""
        return torch.exp(self.error_shift + self.error_power * log_error)


def plane_mean(features: torch.Tensor, batch: int, planes: int) -> torch.Tensor:
    """Mean of [B Z, C, h, w] over the planes, [B, C, h, w]; as a product with a row of 1 / Z, which is
    faster on ONNX Runtime than a mean over the first axis."""
    row = features.new_ones(1, planes) / planes
    flat = features.reshape(batch, planes, -1)
    return torch.matmul(row, flat).view(batch, *features.shape[1:])
