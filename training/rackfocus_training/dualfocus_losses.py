"""Losses of `dualfocus`: depth, and paper C's two variational constraints.

With f_n the planes' readings, D* the true depth, z_n the surfaces and p the focus probability:
  spatial   sum over n of q_n |grad D* - theta(z_n)|_1, q_n = softmax_n(-|f_n - D*|)
  focal     sum over i < k of max(0, p_i - p_{i+1})^2 + sum over i >= k of max(0, p_{i+1} - p_i)^2,
            k = argmax p: a single peak, decreasing on both sides
Distances in q are in planes: on an axis of length 1, q would be nearly equal for all planes.
"""

from typing import Dict

import torch
import torch.nn.functional as functional

from .losses import SCALE, absolute, laplace_loss, stage_loss, trust
from .poisson import gradients

# Both together add about a tenth of the depth loss after 300 steps; not tuned further.
SPATIAL_WEIGHT = 0.1
FOCAL_WEIGHT = 1.0


def spatial_loss(theta: torch.Tensor, focus: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Compares theta [B, Z, h, w], a surface per plane, with truth [B, 1, H, W] averaged to its size."""
    coarse = functional.adaptive_avg_pool2d(truth, theta.shape[-2:])
    gap = (focus[:, 1:] - focus[:, :-1]).mean(dim=1)[:, None, None, None]
    nearness = torch.softmax(-(focus[:, :, None, None] - coarse).abs() / gap, dim=1)
    misses = sum((a - b).abs() for a, b in zip(gradients(theta), gradients(coarse * SCALE)))
    return (nearness * misses).sum(dim=1).mean()


def focal_loss(probabilities: torch.Tensor) -> torch.Tensor:
    """Deviation of probabilities [B, Z, h, w] from a single peak; 0 if they rise to it and then fall."""
    step = probabilities[:, 1:] - probabilities[:, :-1]
    peak = probabilities.argmax(dim=1, keepdim=True)
    index = torch.arange(step.shape[1], device=step.device)[None, :, None, None]
    against = torch.where(index < peak, -step, step)
    return torch.relu(against).pow(2).sum(dim=1).mean()


def dual_loss(run: Dict[str, object], truth: torch.Tensor, trusting: bool = False,
              variational: str = "both", strength: float = 1.0) -> Dict[str, torch.Tensor]:
    """Loss of one run of dualfocus.StackStage; truth [B, 1, H, W]. Returns "loss" and the parts to
    log. variational: "none" leaves both constraints out of the loss (they are still logged), "both" adds
    them, their weights multiplied by strength."""
    blocks = functional.pixel_unshuffle(truth, 4)
    coarse_depth, fine, log_error, _ = run["exits"][0]
    weight = trust(log_error) if trusting else torch.ones_like(truth)
    coarse = functional.avg_pool2d(weight, 4)
    error = absolute((fine - truth) * SCALE)
    loss = (0.8 * stage_loss(run["depths"][0], blocks, coarse)
            + 0.3 * stage_loss(coarse_depth, blocks, coarse) + (weight * error).mean()
            + 0.05 * laplace_loss(log_error, (fine - truth).abs()))
    spatial = spatial_loss(run["theta"], run["focus"], truth)
    focal = focal_loss(run["probabilities"])
    if variational == "both":
        loss = loss + strength * (SPATIAL_WEIGHT * spatial + FOCAL_WEIGHT * focal)
    depth = stage_loss(run["depths"][0], blocks)
    return {"d0": depth, "dK": depth, "fine0": error.mean(), "spatial": spatial, "focal": focal,
            "loss": loss}
