"""The loss: every stage is held to the truth, so that K = 0, 1, 3 and 5 come from one training."""

from typing import Dict

import torch
import torch.nn.functional as functional

# Positions are scored in tenths of the sweep, about one plane of a usual sweep.
SCALE = 10.0
STAGE_WEIGHT = 0.5
DECAY = 0.8
TRUSTED_LOG_ERROR = -3.5  # 3 % of the sweep: such pixels weigh 1


def absolute(difference: torch.Tensor) -> torch.Tensor:
    """|x| with a rounded tip (Charbonnier), so that the gradient does not rattle near zero."""
    return torch.sqrt(difference * difference + 1e-4)


def trust(log_error: torch.Tensor) -> torch.Tensor:
    """Weight of each pixel, from the expected error that the network itself states, without gradient.

    Scenes that are blank and noisy throughout cannot be solved; their errors are large and alike all
    over a picture, and may drown what the solvable pixels have to teach.
    """
    return torch.clamp(torch.exp(0.5 * (TRUSTED_LOG_ERROR - log_error.detach())), 0.4, 2.0)


def stage_loss(depth: torch.Tensor, blocks: torch.Tensor, weight=1.0) -> torch.Tensor:
    """Error of a quarter-resolution map against all 16 true pixels of each block, [B, 16, h, w].

    Their median is the best answer: at a depth edge one surface or the other, never the mean.
    """
    return (weight * absolute((depth - blocks) * SCALE)).mean()


def laplace_loss(log_error: torch.Tensor, error: torch.Tensor) -> torch.Tensor:
    """Negative log-likelihood of a Laplace distribution whose scale is exp(log_error).

    error: the true absolute error, without gradient: the scale learns from the depth, not the
    depth from the scale.
    """
    return (log_error + error.detach() * torch.exp(-log_error)).mean()


def total_loss(run: Dict[str, object], truth: torch.Tensor, trusting: bool = False
               ) -> Dict[str, torch.Tensor]:
    """Loss of one run of StackStage; truth [B, 1, H, W]. Returns "loss" and the parts worth logging.

    trusting: pixels are weighted by trust() of the last exit's stated error.
    """
    blocks = functional.pixel_unshuffle(truth, 4)
    depths = run["depths"]
    last = len(depths) - 1
    weight = trust(run["exits"][last][2]) if trusting else torch.ones_like(truth)
    coarse = functional.avg_pool2d(weight, 4)
    loss = 0.3 * stage_loss(run["mean"], blocks, coarse)
    for index in range(run["candidates"].shape[1]):
        loss = loss + 0.07 * stage_loss(run["candidates"][:, index:index + 1], blocks, coarse)
    for index, depth in enumerate(depths):
        loss = loss + STAGE_WEIGHT * DECAY ** (last - index) * stage_loss(depth, blocks, coarse)
    parts = {"d0": stage_loss(depths[0], blocks), "dK": stage_loss(depths[-1], blocks)}
    for k, (refined, fine, log_error, _) in run["exits"].items():
        share = 1.0 / len(run["exits"])
        fine_error = absolute((fine - truth) * SCALE)
        loss = loss + share * (0.3 * stage_loss(refined, blocks, coarse)
                               + (weight * fine_error).mean()
                               + 0.05 * laplace_loss(log_error, (fine - truth).abs()))
        parts[f"fine{k}"] = fine_error.mean()
    parts["loss"] = loss
    return parts
