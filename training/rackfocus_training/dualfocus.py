"""`dualfocus`: paper C's volume of features and integrable surfaces, designed for rolling inference.

Paper C is Woo and Lee, "DualFocus: Depth from Focus with Spatio-Focal Dual Variational Constraints",
NeurIPS 2025. The per-image part (FrameStage) is computed once per frame and cached; StackStage does
the rest at a quarter of the resolution and below:
  enhance    V*_n = [V_n, V_{n+1} - V_n] of every plane (the last takes V_n - V_{n-1})
  surfaces   gradient features of every plane projected onto integrable fields (poisson.py), at 1/8
  decode     a U-Net over volume and surfaces, down to 1/32, that mixes neighbouring planes; gives the
             probability p of being in focus and D = sum of p_n f_n
  ConvexHead a final correction, learned convex upsampling by 4 and the expected error
There are no iterations: K is 0. The variational losses are in dualfocus_losses.py.

Positions are on [0, 1], 0 the farthest plane. Tensors are float32; modules have no state except weights.
"""

from dataclasses import dataclass
from typing import Dict, List

import torch
from torch import nn
import torch.nn.functional as functional

from .layers import Conv, sharpest
from .plane_unet import LEARNED, PlaneUNet
from .poisson import integrate
from .proximal import FEATURES, FrameStage, outputs
from .upsampling import CalibratedError, ConvexHead, plane_mean

SURFACES = 4
ITERATIONS = (0,)


@dataclass(frozen=True)
class Settings:
    """width: of the U-Net. variational: the losses used in training, "both" or "none" (the network is the
    same). strength: factor on their weights."""

    width: int = 32
    variational: str = "both"
    strength: float = 1.0

    def __post_init__(self):
        if self.variational not in ("both", "none"):
            raise ValueError(f"variational: expected both or none, found {self.variational!r}")


def differences(stack: torch.Tensor) -> torch.Tensor:
    """V_{n+1} - V_n of [B, Z, C, h, w]; the last plane takes V_n - V_{n-1} (paper C)."""
    forward = stack[:, 1:] - stack[:, :-1]
    return torch.cat([forward, forward[:, -1:]], dim=1)


class Surfaces(nn.Module):
    """V* [N, 32, h, w] to SURFACES integrable surfaces of every plane at half its size.

    theta [N, 1, h/2, w/2]: the surface whose gradients the spatial loss compares with those of the depth.
    """

    def __init__(self, inputs: int):
        super().__init__()
        self.enter = Conv(inputs, 16, stride=2)
        self.gradients = nn.Conv2d(16, 2 * SURFACES, 1)
        self.theta = nn.Conv2d(SURFACES, 1, 1, bias=False)

    def forward(self, enhanced: torch.Tensor) -> torch.Tensor:
        field = self.gradients(self.enter(enhanced)) * 0.1
        return integrate(field[:, :SURFACES], field[:, SURFACES:])


class Decoder(PlaneUNet):
    """Volume and surfaces to the score and three features of every plane: the U-Net of `proximal`,
    whose weights training can start from, with the surfaces added at 1/8."""

    def __init__(self, width: int):
        super().__init__(width)
        self.surfaces = nn.Conv2d(SURFACES, width, 1)

    def forward(self, x4: torch.Tensor, surfaces: torch.Tensor, planes: int) -> torch.Tensor:
        """x4 [B Z, 16, h, w], surfaces [B Z, 4, h/2, w/2] to scores and features, [B Z, 4, h, w]."""
        return self.decode(self.encode(x4, planes, self.surfaces(surfaces))[0], planes)


class StackStage(CalibratedError):
    """Features [B Z, 32, h, w] and focus [B, Z] to the estimate."""

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
        """iterations and exits must be 0 and [0]; they exist for a uniform interface.

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
        run = self.probabilities(stack, focus)
        run["theta"] = self.surfaces.theta(surfaces).view(batch, planes, *surfaces.shape[2:])
        at = run["depths"][0].detach()
        focused = sharpest(features.view(batch, planes, *features.shape[1:]), at, focus)
        run["exits"] = {0: self.finish(run, stack, focused, mean)}
        return run

    @staticmethod
    def probabilities(stack: torch.Tensor, focus: torch.Tensor) -> Dict[str, object]:
        """Scores and features of every plane [B, Z, 4, h, w] to the probabilities [B, Z, h, w] of being in
        focus and the depth."""
        probabilities = torch.softmax(stack[:, :, 0], dim=1)
        depth = (probabilities * focus[:, :, None, None]).sum(dim=1, keepdim=True)
        return {"depths": [depth], "probabilities": probabilities, "focus": focus}

    def finish(self, run, stack, focused, mean):
        """focused [B, 32, h, w]: features at the depth; mean [B, 16, h, w]: learned features."""
        depth, probabilities, focus = run["depths"][0], run["probabilities"], run["focus"]
        at = depth.detach()
        seen = focused[:, LEARNED:]
        # Features of the decoder weighted by the probability, and its spread.
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
