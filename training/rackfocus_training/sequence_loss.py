"""Loss of `ddl-gru`: supervises the depth after every update, later ones more strongly (paper B)."""

from typing import Dict

import torch
import torch.nn.functional as functional

from .losses import SCALE, absolute, laplace_loss, stage_loss, trust

DECAY = 0.9  # ratio of the weights of an update and the next
FIRST = 0.3  # weight of the initial depth, the soft-argmax of the volumes


def sequence_loss(run: Dict[str, object], truth: torch.Tensor, trusting: bool = False
                  ) -> Dict[str, torch.Tensor]:
    """Loss of one run of ddl_gru.StackStage; truth [B, 1, H, W]. Returns "loss" and the parts to
    log.

    Paper B's sum over the updates of 0.9^(N - i - 1) times their error, with weights normalised to a
    sum of 1, and the Charbonnier instead of the squared error, which depth edges would dominate.
    """
    blocks = functional.pixel_unshuffle(truth, 4)
    depths, exits = run["depths"], run["exits"]
    weight = trust(exits[max(exits)][2]) if trusting else torch.ones_like(truth)
    coarse = functional.avg_pool2d(weight, 4)
    updates = len(depths) - 1
    shares = [DECAY ** (updates - index) for index in range(1, updates + 1)]
    loss = FIRST * stage_loss(depths[0], blocks, coarse)
    for share, depth in zip(shares, depths[1:]):
        loss = loss + 1.5 * share / sum(shares) * stage_loss(depth, blocks, coarse)
    parts = {"d0": stage_loss(depths[0], blocks), "dK": stage_loss(depths[-1], blocks)}
    for k, (_, fine, log_error, _) in exits.items():
        error = absolute((fine - truth) * SCALE)
        loss = loss + ((weight * error).mean()
                       + 0.05 * laplace_loss(log_error, (fine - truth).abs())) / len(exits)
        parts[f"fine{k}"] = error.mean()
    parts["loss"] = loss
    return parts
