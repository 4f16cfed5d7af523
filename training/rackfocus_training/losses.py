"""The loss of `proximal`. It supervises every stage, so that one training serves K = 0, 1, 3 and 5."""

from typing import Dict

import torch
import torch.nn.functional as functional

# Unit of the loss: a tenth of the sweep, about one plane of a typical sweep.
SCALE = 10.0
STAGE_WEIGHT = 0.5
DECAY = 0.8
TRUSTED_LOG_ERROR = -3.5  # 3 % of the sweep: such pixels weigh 1


def absolute(difference: torch.Tensor) -> torch.Tensor:
    """Charbonnier loss: |x|, smooth at zero."""
    return torch.sqrt(difference * difference + 1e-4)


def trust(log_error: torch.Tensor) -> torch.Tensor:
    """Weight of each pixel from the error that the network predicts, without gradient.

    Scenes that are blank and noisy everywhere cannot be solved. Their large errors would dominate the
    loss of the pixels that can be.
    """
    return torch.clamp(torch.exp(0.5 * (TRUSTED_LOG_ERROR - log_error.detach())), 0.4, 2.0)


def stage_loss(depth: torch.Tensor, blocks: torch.Tensor, weight=1.0) -> torch.Tensor:
    """Error of a quarter-resolution map against all 16 true pixels of each block, [B, 16, h, w].

    Its minimum is their median: at a depth edge one of the two surfaces, not a mean of both.
    """
    return (weight * absolute((depth - blocks) * SCALE)).mean()


def laplace_loss(log_error: torch.Tensor, error: torch.Tensor) -> torch.Tensor:
    """Negative log-likelihood of a Laplace distribution whose scale is exp(log_error).

    error: the true absolute error. It gets no gradient: the likelihood trains only the scale.
    """
    return (log_error + error.detach() * torch.exp(-log_error)).mean()


def total_loss(run: Dict[str, object], truth: torch.Tensor, trusting: bool = False
               ) -> Dict[str, torch.Tensor]:
    """Loss of one run of StackStage; truth [B, 1, H, W]. Returns "loss" and the parts to log.

    trusting: weight pixels by trust() of the last exit's predicted error.
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
