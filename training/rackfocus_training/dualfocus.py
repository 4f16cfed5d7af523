"""`dualfocus`: paper C's volume of features and integrable surfaces, shaped for rolling.

Paper C is Woo and Lee, "DualFocus: Depth from Focus with Spatio-Focal Dual Variational Constraints",
NeurIPS 2025. What depends on one image only (FrameStage) is computed once a frame and cached; StackStage
does the rest at a quarter of the resolution and below:
  enhance    V*_n = [V_n, V_{n+1} - V_n] of every plane (the last takes V_n - V_{n-1})
  surfaces   gradient features of every plane projected on integrable fields (poisson.py), at 1/8
  decode     volume and surfaces through a U-Net down to 1/32 whose convolutions reach over the
             planes, to the probability p of being in focus and D = sum of p_n f_n
  ConvexHead a last correction, learned convex upsampling by 4 and the expected error
There are no iterations: K is 0. The variational losses are in dualfocus_losses.py.

Positions are on [0, 1], 0 the farthest plane. Tensors are float32; modules hold no state but weights.
"""

from dataclasses import dataclass
from typing import Dict, List

import torch
from torch import nn
import torch.nn.functional as functional

from .features import MEASURES, log_measures, unshuffle
from .layers import Conv, double, sharpest, shift_planes
from .poisson import integrate
from .proximal import outputs
from .upsampling import CalibratedError, ConvexHead, plane_mean

LEARNED = 16
FEATURES = LEARNED + 16  # of one image: learned ones, then its luma rearranged 4x4
SURFACES = 4
ITERATIONS = (0,)


@dataclass(frozen=True)
class Settings:
    """width of the U-Net; variational: which of the two losses are used, "both" or "none" (the network
    is the same); strength: factor of their weights."""

    width: int = 32
    variational: str = "both"
    strength: float = 1.0

    def __post_init__(self):
        if self.variational not in ("both", "none"):
            raise ValueError(f"variational: expected both or none, found {self.variational!r}")


class FrameStage(nn.Module):
    """image [N, 1, H, W] to features [N, 32, H/4, W/4]; H and W multiples of 4."""

    def __init__(self):
        super().__init__()
        self.learned = Conv(MEASURES + 16, 16)
        self.project = nn.Conv2d(MEASURES + 16, LEARNED, 1)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.combine(log_measures(image), unshuffle(image))

    def combine(self, measures: torch.Tensor, luma: torch.Tensor) -> torch.Tensor:
        """The part behind the focus measures: measures [N, 12, h, w], luma [N, 16, h, w]."""
        scaled = (measures + 3.0) * 0.7
        learned = self.learned(torch.cat([scaled, luma * 2 - 1], dim=1))
        return torch.cat([self.project(torch.cat([scaled, learned], dim=1)), luma], dim=1)


def differences(stack: torch.Tensor) -> torch.Tensor:
    """V_{n+1} - V_n of [B, Z, C, h, w]; the last plane takes V_n - V_{n-1} (paper C)."""
    forward = stack[:, 1:] - stack[:, :-1]
    return torch.cat([forward, forward[:, -1:]], dim=1)


class Surfaces(nn.Module):
    """V* [N, 32, h, w] to SURFACES integrable surfaces of every plane at half its size.

    theta [N, 1, h/2, w/2] is the surface whose gradients the spatial loss compares with the depth's.
    """

    def __init__(self, inputs: int):
        super().__init__()
        self.enter = Conv(inputs, 16, stride=2)
        self.gradients = nn.Conv2d(16, 2 * SURFACES, 1)
        self.theta = nn.Conv2d(SURFACES, 1, 1, bias=False)

    def forward(self, enhanced: torch.Tensor) -> torch.Tensor:
        field = self.gradients(self.enter(enhanced)) * 0.1
        return integrate(field[:, :SURFACES], field[:, SURFACES:])


class Decoder(nn.Module):
    """Volume and surfaces to the score and features of every plane.

    A U-Net a plane with shared weights; before its convolutions a quarter of the channels comes from
    the plane before and a quarter from the one behind, which makes each a 3-D convolution at the
    price of a 2-D one. Its parts have the names of proximal.FocusVolume's, so that training can start
    from those.
    """

    def __init__(self, width: int):
        super().__init__()
        self.level = nn.Conv2d(LEARNED, LEARNED, 1)
        with torch.no_grad():
            self.level.weight.copy_(-torch.eye(LEARNED)[:, :, None, None])
        self.spacing = nn.Parameter(torch.zeros(1, LEARNED, 1, 1))
        self.down8, self.encode8 = Conv(LEARNED, width, stride=2), Conv(width, width)
        self.surfaces = nn.Conv2d(SURFACES, width, 1)
        self.down16, self.encode16 = Conv(width, width, stride=2), Conv(width, width)
        self.down32, self.encode32 = Conv(width, width, stride=2), Conv(width, width)
        self.whole = nn.Conv2d(width, width, 1)
        self.up16, self.decode16 = nn.Conv2d(width, width, 1), Conv(width, width)
        self.up8, self.decode8 = nn.Conv2d(width, width, 1), Conv(width, width)
        self.up4, self.decode4 = nn.Conv2d(width, LEARNED, 1), Conv(LEARNED, LEARNED)
        self.scores = nn.ModuleList(nn.Conv2d(width, 1, 1) for _ in range(3))
        self.measures = nn.Conv2d(LEARNED, 4, 1)

    def relative(self, learned: torch.Tensor, mean: torch.Tensor, focus: torch.Tensor
                 ) -> torch.Tensor:
        """V_n: the learned features [B Z, 16, h, w] less their mean over the planes [B, 16, h, w], as
        [B, Z, 16, h, w]. Texture and contrast go with the mean, the course along focus is left."""
        batch, planes = focus.shape
        spacing = torch.log((focus[:, 1:] - focus[:, :-1]).mean(dim=1) * 9.0)
        level = self.level(mean) + self.spacing * spacing.view(batch, 1, 1, 1)
        return learned.reshape(batch, planes, *learned.shape[1:]) + level[:, None]

    def forward(self, x4: torch.Tensor, surfaces: torch.Tensor, planes: int) -> torch.Tensor:
        """x4 [B Z, 16, h, w], surfaces [B Z, 4, h/2, w/2] to scores and three features,
        [B Z, 4, h, w]."""
        x4 = shift_planes(x4, planes)
        x8 = self.down8(x4) + self.surfaces(surfaces)
        x8 = self.encode8(shift_planes(x8, planes))
        x16 = self.encode16(shift_planes(self.down16(x8), planes, 2))
        x32 = self.encode32(shift_planes(self.down32(x16), planes, 2))
        stack = x32.view(-1, planes, *x32.shape[1:])
        whole = self.whole(stack.mean(dim=1))
        x32 = torch.relu(stack + whole[:, None]).view_as(x32)
        y16 = self.decode16(x16 + double(self.up16(x32)))
        y8 = self.decode8(x8 + double(self.up8(y16)))
        y4 = self.decode4(x4 + double(self.up4(y8)))
        found = self.measures(y4)
        coarse = double(self.scores[0](x32)) + self.scores[1](y16)
        coarse = double(double(coarse) + self.scores[2](y8))
        return torch.cat([(found[:, :1] + coarse) * 0.25, found[:, 1:]], dim=1)


class StackStage(CalibratedError):
    """features [B Z, 32, h, w] and focus [B, Z] to the estimate."""

    def __init__(self, settings: Settings = Settings()):
        super().__init__()
        self.settings = settings
        self.enhance = nn.Conv2d(LEARNED, LEARNED, 1, bias=False)
        nn.init.normal_(self.enhance.weight, std=0.05)
        self.surfaces = Surfaces(2 * LEARNED)
        self.volume = Decoder(settings.width)
        self.head = ConvexHead(3 * 16 + 5, 32, depth=2, residual=True)

    def forward(self, features: torch.Tensor, focus: torch.Tensor, planes: int,
                iterations: int, exits: List[int]) -> Dict[str, object]:
        """iterations and exits are for the likeness with the other models: 0 and [0].

        Returns depths ([D], [B, 1, h, w]), probabilities [B, Z, h, w], theta [B, Z, h/2, w/2], focus,
        and exits {0: (depth [B, 1, h, w], position, log error and allfocus [B, 1, H, W])}.
        """
        if iterations != 0 or list(exits) != [0]:
            raise ValueError(f"iterations: expected 0 and its exit, found {iterations}, {exits}")
        batch = focus.shape[0]
        learned = features[:, :LEARNED]
        mean = plane_mean(learned, batch, planes)
        own = self.volume.relative(learned, mean, focus)
        change = differences(own).view_as(learned)
        own = own.view_as(learned)
        surfaces = self.surfaces(torch.cat([own, change], dim=1))
        found = self.volume(torch.relu(own + self.enhance(change)), surfaces, planes)
        stack = found.view(batch, planes, 4, *found.shape[2:])
        probabilities = torch.softmax(stack[:, :, 0], dim=1)
        depth = (probabilities * focus[:, :, None, None]).sum(dim=1, keepdim=True)
        run = {"depths": [depth], "probabilities": probabilities, "focus": focus,
               "theta": self.surfaces.theta(surfaces).view(batch, planes, *surfaces.shape[2:])}
        run["exits"] = {0: self._finish(depth, probabilities, stack, features, mean, focus, planes)}
        return run

    def _finish(self, depth, probabilities, stack, features, mean, focus, planes):
        batch = focus.shape[0]
        height, width = features.shape[2:]
        at = depth.detach()
        all_of_it = features.view(batch, planes, FEATURES, height, width)
        focused = sharpest(all_of_it, at, focus)
        seen = focused[:, LEARNED:]
        # What the decoder found, where the probability lies; and how far that is spread.
        weighted = (probabilities[:, :, None] * stack[:, :, 1:]).sum(dim=1)
        spread = torch.log((probabilities * (focus[:, :, None, None] - at).abs())
                           .sum(dim=1, keepdim=True) + 1e-3)
        known = [seen * 2 - 1, focused[:, :LEARNED], mean, weighted, at * 4 - 2, spread]
        coarse, fine, log_error = self.head(torch.cat(known, dim=1), depth)
        return coarse, fine, log_error, functional.pixel_shuffle(seen, 4)


class DualFocus(nn.Module):
    """Both stages. stack [B, Z, H, W] in [0, 1], focus [B, Z]; H and W multiples of 32."""

    def __init__(self, settings: Settings = Settings()):
        super().__init__()
        self.settings = settings
        self.frame = FrameStage()
        self.stack = StackStage(settings)

    def forward(self, stack: torch.Tensor, focus: torch.Tensor, iterations: int = 0
                ) -> Dict[str, torch.Tensor]:
        """position, error, confidence and allfocus, each [B, 1, H, W]."""
        batch, planes, height, width = stack.shape
        features = self.frame(stack.reshape(batch * planes, 1, height, width))
        return outputs(self.stack, features, focus, planes, iterations)
