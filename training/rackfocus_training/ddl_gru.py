"""`ddl-gru`: a recurrent network on paper B's focus volumes, designed for rolling inference.

Paper B is Ashfaq and Mahmood, "Robust Shape from Focus via Multiscale Directional Dilated Laplacian and
Recurrent Network", IJCV 2026. The per-image part (FrameStage) has no weights: it returns
the DDL volumes and the luma. StackStage does the rest at a quarter of the resolution:
  volumes    four mixtures of the twelve measures minus their mean over the planes, resampled to BINS
             bins by the actual focus readings; their soft-argmax is the initial depth
  Static     volumes, the mean image and the luma in focus at that depth, encoded down to 1/32: the
             inputs of the recurrent cells that do not change between iterations
  Cells      ConvGRUs at 1/16, 1/8 and 1/4; each update looks up the volumes around the current depth
             (as in recurrent stereo) and adds a step to it
  ConvexHead learned convex upsampling by 4 and the expected error

Positions are on [0, 1], 0 the farthest plane. Tensors are float32; modules have no state except weights.
"""

from dataclasses import dataclass
from typing import Dict, List

import torch
from torch import nn
import torch.nn.functional as functional

from .features import MEASURES, log_measures, unshuffle
from .layers import Conv, double, hat_matrix, lookup, sharpest, soft_argmax
from .proximal import outputs
from .upsampling import CalibratedError, ConvexHead, plane_mean

BINS = 32
MIXTURES = 4
FEATURES = MEASURES + 16  # of one image: its measures, then its luma rearranged 4x4
OFFSETS = (-2.0, -0.75, 0.0, 0.75, 2.0)  # of the lookups, in mean plane distances
ITERATIONS = (4, 8, 16)
DEFAULT_ITERATIONS = 8


@dataclass(frozen=True)
class Settings:
    """Hidden channels of the cells: at 1/4, and at 1/8 and 1/16."""

    fine: int = 16
    coarse: int = 32


class FrameStage(nn.Module):
    """image [N, 1, H, W] to features [N, 28, H/4, W/4]; H and W multiples of 4. No weights."""

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.combine(log_measures(image), unshuffle(image))

    def combine(self, measures: torch.Tensor, luma: torch.Tensor) -> torch.Tensor:
        """Measures [N, 12, h, w] scaled to a range of about 2, and luma [N, 16, h, w]."""
        return torch.cat([(measures + 3.0) * 0.7, luma], dim=1)


class Static(nn.Module):
    """The parts that no iteration changes, at 1/4, 1/8 and 1/16: the static terms of the gates, and the
    initial hidden states. Channels are multiples of 16 to keep ONNX Runtime in its blocked layout."""

    def __init__(self, inputs: int, settings: Settings):
        super().__init__()
        self.enter = nn.Sequential(Conv(inputs, 32, kernel=1), Conv(32, 32))
        self.down8 = nn.Sequential(Conv(32, 48, stride=2), Conv(48, 48))
        self.down16 = nn.Sequential(Conv(48, 64, stride=2), Conv(64, 64))
        self.down32 = nn.Sequential(Conv(64, 64, stride=2), Conv(64, 64))
        self.whole = nn.Conv2d(64, 64, 1)
        self.up16 = Conv(64, 64)
        self.narrow8, self.up8 = nn.Conv2d(64, 48, 1), Conv(48, 48)
        self.narrow4, self.up4 = nn.Conv2d(48, 32, 1), Conv(32, 32)
        sizes = ((32, settings.fine), (48, settings.coarse), (64, settings.coarse))
        # Both gates, the candidate and the initial hidden state of each scale.
        self.leave = nn.ModuleList(
            nn.ModuleList(nn.Conv2d(width, share * hidden, 1) for share in (2, 1, 1))
            for width, hidden in sizes)

    def forward(self, x: torch.Tensor):
        """[B, inputs, h, w] to the static terms and the hidden states at 1/4, 1/8 and 1/16, and the
        encoding at 1/4."""
        x4 = self.enter(x)
        x8 = self.down8(x4)
        x16 = self.down16(x8)
        x32 = self.down32(x16)
        x32 = torch.relu(x32 + self.whole(x32.mean(dim=(2, 3), keepdim=True)))
        y16 = self.up16(x16 + double(x32))
        y8 = self.up8(x8 + double(self.narrow8(y16)))
        y4 = self.up4(x4 + double(self.narrow4(y8)))
        left = [[convolve(y) for convolve in leave]
                for leave, y in zip(self.leave, (y4, y8, y16))]
        return [parts[:2] for parts in left], tuple(torch.tanh(p[2]) for p in left), y4


class Cell(nn.Module):
    """ConvGRU (Ballas et al. 2016; Teed and Deng 2020) with precomputed static terms of its gates, so that
    an iteration convolves only what has changed.

    z = s(W_z [h, x] + c_z), r = s(W_r [h, x] + c_r), q = tanh(W_q [r h, x] + c_q), h' = h + z (q - h).
    """

    def __init__(self, hidden: int, inputs: int):
        super().__init__()
        self.hidden = hidden
        # Both gates in one convolution: 32 channels at once are 25 % faster than twice 16.
        self.gates = nn.Conv2d(hidden + inputs, 2 * hidden, 3, padding=1, bias=False)
        self.candidate = nn.Conv2d(hidden + inputs, hidden, 3, padding=1, bias=False)

    def forward(self, h: torch.Tensor, x: List[torch.Tensor], static: List[torch.Tensor]
                ) -> torch.Tensor:
        """The next h from h [B, hidden, ..], the inputs x and the static terms of the gates and the
        candidate."""
        gates = torch.sigmoid(self.gates(torch.cat([h] + x, dim=1)) + static[0])
        update, reset = gates[:, :self.hidden], gates[:, self.hidden:]
        candidate = torch.tanh(self.candidate(torch.cat([reset * h] + x, dim=1)) + static[1])
        return h + update * (candidate - h)


class Cells(nn.Module):
    """One update of the three cells, coarse to fine, and the step it adds to the depth."""

    def __init__(self, settings: Settings):
        super().__init__()
        fine, coarse = settings.fine, settings.coarse
        self.cell16 = Cell(coarse, coarse)
        self.narrow16 = nn.Conv2d(coarse, fine, 1)
        self.cell8 = Cell(coarse, fine + fine)
        self.narrow8 = nn.Conv2d(coarse, fine, 1)
        self.look = Conv(MIXTURES * len(OFFSETS) + 2, fine, kernel=1)
        self.cell4 = Cell(fine, fine + fine)
        self.head = Conv(fine, 32)
        self.step = nn.Conv2d(32, 1, 1)
        nn.init.normal_(self.step.weight, std=0.01)

    def forward(self, hidden, static, looked):
        """hidden and static at 1/4, 1/8, 1/16; looked [B, fine, h, w]: result of look()."""
        h4, h8, h16 = hidden
        h16 = self.cell16(h16, [functional.avg_pool2d(h8, 2)], static[2])
        h8 = self.cell8(h8, [functional.avg_pool2d(h4, 2), double(self.narrow16(h16))], static[1])
        h4 = self.cell4(h4, [looked, double(self.narrow8(h8))], static[0])
        return (h4, h8, h16), 0.1 * self.step(self.head(h4))


class StackStage(CalibratedError):
    """Features [B Z, 28, h, w] and focus [B, Z] to the estimate of every iteration."""

    def __init__(self, settings: Settings = Settings()):
        super().__init__()
        self.settings = settings
        self.mix = nn.Conv2d(MEASURES, MIXTURES, 1)
        with torch.no_grad():
            # The first mixture is the score of the initial depth; untrained, all measures weigh the same.
            self.mix.weight[0].fill_(3.0 / MEASURES)
        self.static = Static(MIXTURES * BINS + FEATURES + 16 + 4, settings)
        self.cells = Cells(settings)
        self.head = ConvexHead(2 * settings.fine + 32 + 16, 32)
        self.register_buffer("bins", torch.linspace(0, 1, BINS), persistent=False)

    def forward(self, features: torch.Tensor, focus: torch.Tensor, planes: int,
                iterations: int, exits: List[int]) -> Dict[str, object]:
        """Runs the given number of updates and upsamples the depth after each k in exits.

        Returns depths (the initial depth and that after every update, each [B, 1, h, w]) and exits
        {k: (depth [B, 1, h, w], position, log error and allfocus [B, 1, H, W])}.
        """
        batch = focus.shape[0]
        luma = features[:, MEASURES:].reshape(batch, planes, 16, *features.shape[2:])
        mean = plane_mean(features, batch, planes)
        volumes = self._volumes(features, mean, focus, planes)
        first, relative = soft_argmax(volumes[:, 0], self.bins)
        spacing = (focus[:, 1:] - focus[:, :-1]).mean(dim=1, keepdim=True)
        gates, hidden, encoded = self.static(
            self._static_input(volumes, mean, luma, first, relative, focus, spacing))
        offsets = spacing * spacing.new_tensor(OFFSETS)[None]
        depths, finished = [first], {}
        looked = self._look(volumes, first, first, offsets)
        for k in range(1, iterations + 1):
            hidden, step = self.cells(hidden, gates, looked)
            depths.append(depths[-1].detach() + step)
            looked = self._look(volumes, depths[k], first, offsets)
            if k in exits:
                finished[k] = self._finish(depths[k], hidden[0], encoded, looked, luma, focus)
        return {"depths": depths, "exits": finished}

    def _static_input(self, volumes, mean, luma, first, relative, focus, spacing) -> torch.Tensor:
        """Input of Static, [B, 176, h, w]."""
        batch = focus.shape[0]
        seen = sharpest(luma, first.detach(), focus) * 2 - 1
        channels = volumes.reshape(batch, MIXTURES * BINS, *volumes.shape[3:])
        # Peakedness along focus: the mean of the scores minus their maximum.
        flatness = relative.mean(dim=1, keepdim=True)
        distance = torch.log(spacing * 9.0).view(batch, 1, 1, 1).expand_as(first)
        return torch.cat([channels, mean, seen, first * 4 - 2, flatness,
                          volumes[:, 0].amax(dim=1, keepdim=True), distance], dim=1)

    def _volumes(self, features, mean, focus, planes) -> torch.Tensor:
        """[B, MIXTURES, BINS, h, w]: mixtures of the measures minus their mean over the planes."""
        batch = focus.shape[0]
        height, width = features.shape[2:]
        mixed = self.mix(features[:, :MEASURES]).view(batch, planes, -1)
        mixed = mixed - self.mix(mean[:, :MEASURES]).view(batch, 1, -1)
        sampled = torch.matmul(hat_matrix(self.bins, focus), mixed)
        return sampled.view(batch, BINS, MIXTURES, height, width).transpose(1, 2)

    def _look(self, volumes, depth, first, offsets) -> torch.Tensor:
        """The volumes around the depth, and the depth: [B, fine, h, w]."""
        depth, first = depth.detach(), first.detach()
        looked = lookup(volumes, depth, offsets)
        return self.cells.look(torch.cat([looked, depth * 4 - 2, (depth - first) * 10], dim=1))

    def _finish(self, depth, hidden, encoded, looked, luma, focus):
        seen = sharpest(luma, depth.detach(), focus)
        known = [hidden, encoded, looked, seen * 2 - 1]
        coarse, fine, log_error = self.head(torch.cat(known, dim=1), depth)
        return coarse, fine, log_error, functional.pixel_shuffle(seen, 4)


class DdlGru(nn.Module):
    """Both stages. stack [B, Z, H, W] in [0, 1], focus [B, Z]; H and W multiples of 32."""

    def __init__(self, settings: Settings = Settings()):
        super().__init__()
        self.settings = settings
        self.frame = FrameStage()
        self.stack = StackStage(settings)

    def forward(self, stack: torch.Tensor, focus: torch.Tensor,
                iterations: int = DEFAULT_ITERATIONS) -> Dict[str, torch.Tensor]:
        """position, error, confidence and allfocus, each [B, 1, H, W]."""
        batch, planes, height, width = stack.shape
        features = self.frame(stack.reshape(batch * planes, 1, height, width))
        return outputs(self.stack, features, focus, planes, iterations)
