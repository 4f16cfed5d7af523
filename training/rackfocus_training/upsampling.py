"""What the networks share behind their volumes: convex upsampling, calibrated error, mean over planes."""

import torch
from torch import nn
import torch.nn.functional as functional

from .layers import Conv, convex_upsample

# Of the whole sweep: what a network that has learned nothing yet states as the log of its error.
UNTRAINED_LOG_ERROR = -3.5


class ConvexHead(nn.Module):
    """From what is known of a pixel to the mask of the upsampling by 4 and the log of the error.

    residual: whether a last small correction is added to the depth before it is upsampled.
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
        # A quarter of the usual start (paper B scales its mask by 0.25): even weights at first.
        with torch.no_grad():
            self.mask.weight.mul_(0.25)
        self.error = nn.Conv2d(48, 16, 1)
        nn.init.constant_(self.error.bias, UNTRAINED_LOG_ERROR)

    def forward(self, known: torch.Tensor, position: torch.Tensor):
        """known [B, inputs, h, w], position [B, 1, h, w] to (position at a quarter, position and log
        error at full resolution)."""
        hidden = self.trunk(known)
        if self.residual is not None:
            position = position + 0.1 * self.residual(hidden)
        guide = self.guide(hidden)
        fine = convex_upsample(position, self.mask(guide))
        log_error = functional.pixel_shuffle(torch.clamp(self.error(guide), -9.0, 0.5), 4)
        return position, fine, log_error


class CalibratedError(nn.Module):
    """exp(shift + power * log error): what calibrate.py puts on the error that a network states."""

    def __init__(self):
        super().__init__()
        self.register_buffer("error_shift", torch.zeros(()))
        self.register_buffer("error_power", torch.ones(()))

    def error(self, log_error: torch.Tensor) -> torch.Tensor:
        """Expected absolute error on the axis [0, 1]."""
        return torch.exp(self.error_shift + self.error_power * log_error)


def plane_mean(features: torch.Tensor, batch: int, planes: int) -> torch.Tensor:
    """[B Z, C, h, w] to its mean over the planes [B, C, h, w], as a product with a row of 1 / Z:
    ONNX Runtime's own mean over the first axis is slower."""
    row = features.new_ones(1, planes) / planes
    flat = features.reshape(batch, planes, -1)
    return torch.matmul(row, flat).view(batch, *features.shape[1:])
