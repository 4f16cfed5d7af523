"""Registry of the trained models for training, calibration, evaluation and export."""

from dataclasses import dataclass
from typing import Callable, Dict, List, Tuple

import numpy as np
import torch

from . import ddl_gru, dualfocus, proximal
from .dualfocus_losses import dual_loss
from .losses import total_loss
from .sequence_loss import sequence_loss


@dataclass(frozen=True)
class Family:
    """One trained model.

    network and settings: the module and its dataclass of settings; exported: iteration counts to export,
    validate and show; default: one of them; channels: of one image's features; draw: random iterations
    of a training step and the exits trained in it; loss: (model, run, truth, trusting) to a dict with
    "loss", "d0" and "dK".
    """

    network: Callable
    settings: Callable
    exported: Tuple[int, ...]
    default: int
    channels: int
    description: str
    source: str
    draw: Callable[[np.random.Generator], Tuple[int, List[int]]]
    loss: Callable[..., Dict[str, torch.Tensor]]


def _draw_proximal(random: np.random.Generator) -> Tuple[int, List[int]]:
    """Random iterations and early exits: all of them are trained at little cost."""
    deep = random.random() < 0.4
    iterations = 5 if deep else 3
    early = int(random.choice([0, 1, 3] if deep else [0, 1]))
    return iterations, [iterations] if random.random() < 0.5 else [iterations, early]


def _draw_gru(random: np.random.Generator) -> Tuple[int, List[int]]:
    """Mostly 8 and 16 updates. With 16 updates in only one step of seven, K = 16 ended worse than K = 8."""
    iterations = int(random.choice([4, 8, 16], p=[0.15, 0.4, 0.45]))
    if iterations > 4 and random.random() < 0.3:
        return iterations, [4, iterations]
    return iterations, [iterations]


FAMILIES = {
    "proximal": Family(
        proximal.Proximal, proximal.Settings, (0, 1, 3, 5), 3, proximal.FEATURES,
        "Learned multi-candidate depth with proximal refinement, for rolling sweeps.",
        "Mahmood, Electronics 2026 (method); trained by this project on rendered scenes",
        _draw_proximal,
        lambda model, run, truth, trusting: total_loss(run, truth, trusting)),
    "ddl-gru": Family(
        ddl_gru.DdlGru, ddl_gru.Settings, ddl_gru.ITERATIONS, ddl_gru.DEFAULT_ITERATIONS,
        ddl_gru.FEATURES,
        "Directional dilated Laplacian volumes read by a multi-scale recurrent network.",
        "Ashfaq and Mahmood, IJCV 2026 (method); trained by this project on rendered scenes",
        _draw_gru,
        lambda model, run, truth, trusting: sequence_loss(run, truth, trusting)),
    "dualfocus": Family(
        dualfocus.DualFocus, dualfocus.Settings, dualfocus.ITERATIONS, 0, dualfocus.FEATURES,
        "Focus probabilities from features and integrable surfaces; no iterations.",
        "Woo and Lee, NeurIPS 2025 (method); trained by this project on rendered scenes",
        lambda random: (0, [0]),
        lambda model, run, truth, trusting: dual_loss(run, truth, trusting,
                                                      model.settings.variational,
                                                      model.settings.strength)),
}


def family(name: str) -> Family:
    """The model of that name; raises ValueError if there is none."""
    if name not in FAMILIES:
        raise ValueError(f"model: expected one of {', '.join(FAMILIES)}, found {name!r}")
    return FAMILIES[name]


def name_of(saved: dict) -> str:
    """Name of the model in a checkpoint; the oldest checkpoints have none and hold proximal."""
    return saved["arguments"].get("model", "proximal")
