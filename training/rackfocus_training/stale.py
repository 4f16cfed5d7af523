"""Older versions of a stack, for training a network of which a node recomputes only the newest plane.

Such a node keeps its intermediate results for the other planes, so a plane's neighbours may come from
images that have been replaced since. The replacements show the same scene with different noise, and
possibly a small motion.
"""

import numpy as np
import torch
import torch.nn.functional as functional

from .data import Batch
from .features import log_measures
from .plane_unet import LEARNED, Stale

MOVE = 0.4  # pixels, at most
NOISE = (0.001, 0.015)


def older_luma(random: np.random.Generator, luma: torch.Tensor) -> torch.Tensor:
    """An earlier version of the stack [B, Z, 1, H, W]: additional noise, and some planes shifted."""
    batch, planes, _, height, width = luma.shape
    moves = random.uniform(-MOVE, MOVE, (batch, planes, 2))
    # Half of the scenes are static; in the others, some planes are shifted.
    moves *= random.random((batch, 1, 1)) < 0.5
    moves *= random.random((batch, planes, 1)) < random.random((batch, 1, 1))
    matrices = torch.zeros(batch * planes, 2, 3)
    matrices[:, 0, 0] = matrices[:, 1, 1] = 1
    size = np.array([width, height])
    matrices[:, :, 2] = torch.from_numpy((2 * moves / size).reshape(-1, 2)).float()
    older = luma.flatten(0, 1)
    moving = torch.from_numpy(np.flatnonzero(np.abs(moves).sum(2).ravel()))
    if len(moving):
        grid = functional.affine_grid(matrices[moving], [len(moving), 1, height, width],
                                      align_corners=False)
        older = older.clone()
        older[moving] = functional.grid_sample(older[moving], grid, mode="bicubic",
                                               padding_mode="border", align_corners=False)
    noise = np.exp(random.uniform(*np.log(NOISE), (batch, 1, 1, 1))).astype(np.float32)
    noise = noise * random.standard_normal((batch, planes, height, width), dtype=np.float32)
    older = older.view_as(luma) + torch.from_numpy(noise)[:, :, None]
    return torch.round(older.clamp(0, 1) * 255) / 255


def stale_neighbours(random: np.random.Generator, frame: torch.nn.Module, batch: Batch) -> Stale:
    """An older version of the batch and a random selection of where it is used.

    In a sweep, one neighbour of every plane is stale: a third of the scenes for each direction. In the
    rest, stale neighbours are random.
    """
    crops, planes = batch.focus.shape
    with torch.no_grad():
        luma = older_luma(random, batch.luma).flatten(0, 1)
        learned = frame.combine(log_measures(luma), functional.pixel_unshuffle(luma, 4))[:, :LEARNED]
    share = random.random((crops, 1, 1))
    sides = random.random((crops, planes, 2)) < share
    for index, kind in enumerate(random.integers(0, 3, crops)):
        if kind < 2:
            sides[index] = [kind == 0, kind == 1]
    age = random.random((crops, planes)).astype(np.float32)
    return Stale(learned, torch.from_numpy(sides), torch.from_numpy(age))
