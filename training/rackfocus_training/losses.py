"""The loss: every stage is held to the truth, so that K = 0, 1, 3 and 5 come from one training."""

from typing import Dict

import torch
import torch.nn.functional as functional

# Positions are scored in tenths of the sweep, about one plane of a usual sweep.
SCALE = 10.0
STAGE_WEIGHT = 0.5
DECAY = 0.8


def absolute(difference: torch.Tensor) -> torch.Tensor:
    """|x| with a rounded tip (Charbonnier), so that the gradient does not rattle near zero."""
    return torch.sqrt(difference * difference + 1e-4)


def stage_loss(depth: torch.Tensor, blocks: torch.Tensor) -> torch.Tensor:
    """Error of a quarter-resolution map against all 16 true pixels of each block, [B, 16, h, w].

    Their median is the best answer: at a depth edge one surface or the other, never the mean.
    """
    return absolute((depth - blocks) * SCALE).mean()


def laplace_loss(log_error: torch.Tensor, error: torch.Tensor) -> torch.Tensor:
    """Negative log-likelihood of a Laplace distribution whose scale is exp(log_error).

    error: the true absolute error, without gradient: the scale learns from the depth, not the
    depth from the scale.
    """
    return (log_error + error.detach() * torch.exp(-log_error)).mean()


def total_loss(run: Dict[str, object], truth: torch.Tensor) -> Dict[str, torch.Tensor]:
    """Loss of one run of StackStage; truth [B, 1, H, W]. Returns "loss" and the parts worth logging."""
    blocks = functional.pixel_unshuffle(truth, 4)
    depths = run["depths"]
    last = len(depths) - 1
    loss = 0.3 * stage_loss(run["mean"], blocks)
    for index in range(run["candidates"].shape[1]):
        loss = loss + 0.07 * stage_loss(run["candidates"][:, index:index + 1], blocks)
    stages = [stage_loss(depth, blocks) for depth in depths]
    for index, stage in enumerate(stages):
        loss = loss + STAGE_WEIGHT * DECAY ** (last - index) * stage
    parts = {"d0": stages[0], "dK": stages[-1]}
    for k, (refined, fine, log_error, _) in run["exits"].items():
        error = (fine - truth).abs()
        share = 1.0 / len(run["exits"])
        fine_loss = absolute((fine - truth) * SCALE).mean()
        loss = loss + share * (0.3 * stage_loss(refined, blocks) + fine_loss
                               + 0.05 * laplace_loss(log_error, error))
        parts[f"fine{k}"] = fine_loss
    parts["loss"] = loss
    return parts
