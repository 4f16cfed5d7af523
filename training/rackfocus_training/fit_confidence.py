"""Trains the confidence head of `proximal` (confidence.py) on a finished network, whose weights stay fixed.

The expected error is fitted by quantile losses on the log of the actual error, so that the 68 % and 95 %
bounds of a Laplace distribution hold as well as one scale can make both hold; the confidence by cross
entropy against "off by at most one plane". Both are learned at 0, 1, 3 and 5 iterations.

Run: python -m rackfocus_training.fit_confidence --checkpoint checkpoints/proximal-1.1.0.pt
         --pool runs/pool-near=1:32 runs/pool-2=3:6 runs/pool=3:32 --stacks DIR=2 --out runs/proximal/confidence.pt
The number after "=" is how many scenes of that folder are in a batch, that after ":" how many scenes of
every shard are used.
"""

import argparse
import glob
import os
import time
from dataclasses import asdict, replace
from typing import Dict, List, Tuple

import numpy as np
import torch
import torch.nn.functional as functional

from .confidence import ConfidenceHead, log_spacing, mean_spacing
from .export import load_model
from .families import family, name_of
from .pool import SHARD_SCENES
from .stacks import read_stack, stack_folders

LEVELS = (0.68, 0.95)
CROP = 192
MULTIPLE = 32
# Three of four scenes at the default number of iterations.
ITERATIONS = (3, 3, 3, 3, 0, 1, 5)
SMALLEST_ERROR = 2e-4
COARSE, FINE_INPUTS = ("guide", "blocks", "state", "depth"), ("fine", "truth")

Example = Dict[str, torch.Tensor]


class Recorder:
    """Runs the network and keeps what a confidence head would be given."""

    def __init__(self, model):
        self.model = model
        self.inputs: List[torch.Tensor] = []
        model.stack._modules.pop("confidence", None)  # an earlier head
        model.stack.confidence = self._keep

    def _keep(self, *inputs):
        self.inputs = list(inputs)
        flat = torch.zeros_like(inputs[3])
        return flat, flat

    def record(self, features, focus, truth, iterations: int) -> Example:
        """features [Z, C, h, w], focus [1, Z], truth [1, 1, H, W] on [0, 1], NaN where unknown."""
        with torch.no_grad():
            self.model.stack(features, focus, focus.shape[1], iterations, [iterations])
        guide, blocks, state, fine, depth, _ = self.inputs
        return {"guide": guide.half(), "blocks": blocks.half(), "state": state.half(),
                "fine": fine, "depth": depth, "truth": truth, "focus": focus}


def from_pool(recorder: Recorder, folder: str, each: int, random: np.random.Generator) -> List[Example]:
    """Examples of `each` scenes of every shard."""
    found = []
    for path in sorted(glob.glob(os.path.join(folder, "*.npz"))):
        with np.load(path) as shard:
            luma, measures, truth, focus = (shard[k] for k in ("luma", "measures", "truth", "focus"))
        for i in random.choice(len(truth), min(each, len(truth)), replace=False):
            image = torch.from_numpy(luma[i]).float()[:, None] / 255
            with torch.no_grad():
                features = recorder.model.frame.combine(
                    torch.from_numpy(measures[i]).float(), functional.pixel_unshuffle(image, 4))
            found.append(recorder.record(features, torch.from_numpy(focus[i])[None].float(),
                                         torch.from_numpy(truth[i].astype(np.float32))[None, None],
                                         int(random.choice(ITERATIONS))))
    return found


def from_stacks(recorder: Recorder, folder: str, random: np.random.Generator) -> List[Example]:
    """Examples of stack folders in dioptres with ground truth."""
    found = []
    for stack in map(read_stack, stack_folders(folder)):
        height, width = stack.luma.shape[1:]
        pad = ((0, 0), (0, -height % MULTIPLE), (0, -width % MULTIPLE))
        luma = np.pad(stack.luma, pad, mode="edge").astype(np.float32) / 255
        truth = (stack.truth - stack.axis[0]) / (stack.axis[-1] - stack.axis[0])
        truth = np.where((truth > -0.5) & (truth < 1.5), truth, np.nan).astype(np.float32)
        truth = np.pad(truth, pad[1:], constant_values=np.nan)
        with torch.no_grad():
            features = recorder.model.frame(torch.from_numpy(luma)[:, None])
        found.append(recorder.record(features, torch.from_numpy(stack.focus.astype(np.float32))[None],
                                     torch.from_numpy(truth)[None, None],
                                     int(random.choice(ITERATIONS))))
    return found


def crop(example: Example, random: np.random.Generator) -> Example:
    """A random window of CROP x CROP pixels."""
    height, width = example["truth"].shape[-2:]
    top, left = (int(random.integers(0, (side - CROP) // 4 + 1)) for side in (height, width))
    side = CROP // 4
    found = {k: example[k][..., top:top + side, left:left + side].float() for k in COARSE}
    for k in FINE_INPUTS:
        found[k] = example[k][..., 4 * top:4 * top + CROP, 4 * left:4 * left + CROP]
    found["spacing"] = mean_spacing(example["focus"])
    found["log_spacing"] = log_spacing(example["focus"])
    return found


def loss_of(log_error, logit, fine, truth, spacing) -> Tuple[torch.Tensor, torch.Tensor]:
    """Quantile loss of the expected error and cross entropy of the confidence."""
    known = torch.isfinite(truth)
    error = (fine.clamp(0, 1) - torch.where(known, truth, torch.zeros_like(truth))).abs()
    log_actual = torch.log(error.clamp(min=SMALLEST_ERROR))
    quantile = torch.zeros_like(error)
    for level in LEVELS:
        over = log_actual - (log_error + float(np.log(-np.log(1 - level))))
        quantile = quantile + torch.where(over > 0, level * over, (level - 1) * over)
    entropy = functional.binary_cross_entropy_with_logits(
        logit, (error <= spacing).float(), reduction="none")
    return quantile[known].mean(), entropy[known].mean()


def train(head: ConfidenceHead, groups: List[Tuple[List[Example], int]], steps: int, rate: float,
          random: np.random.Generator) -> None:
    """groups: examples and how many of them are in a batch."""
    optimiser = torch.optim.AdamW(head.parameters(), rate, weight_decay=1e-4)
    begun, seen = time.time(), np.zeros(2)
    for step in range(steps):
        share = 0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * step / steps))
        for group in optimiser.param_groups:
            group["lr"] = rate * min(1.0, step / 50) * share
        parts = [crop(examples[int(random.integers(len(examples)))], random)
                 for examples, count in groups for _ in range(count)]
        batch = {k: torch.cat([part[k] for part in parts]) for k in parts[0]}
        log_error, logit = head(batch["guide"], batch["blocks"], batch["state"], batch["fine"],
                                batch["depth"], batch["log_spacing"])
        quantile, entropy = loss_of(log_error, logit, batch["fine"], batch["truth"], batch["spacing"])
        optimiser.zero_grad()
        (quantile + 3 * entropy).backward()
        torch.nn.utils.clip_grad_norm_(head.parameters(), 1.0)
        optimiser.step()
        weight = min(0.02, 1 / (step + 1)) if step > 50 else 1 / (step + 1)
        seen += weight * (np.array([float(quantile), float(entropy)]) - seen)
        if step % 200 == 199:
            print(f"step {step + 1}: quantile loss {seen[0]:.4f}, cross entropy {seen[1]:.4f}, "
                  f"{time.time() - begun:.0f} s", flush=True)


def rated(saved: dict, model, head: ConfidenceHead, recipe: dict) -> dict:
    """The checkpoint with the head and without the calibration of the error that it replaces."""
    settings = replace(model.settings, confidence=head.near.out_channels)
    weights = {k: v for k, v in saved["average"].items() if not k.startswith("stack.confidence.")}
    weights.update({f"stack.confidence.{k}": v for k, v in head.state_dict().items()})
    weights["stack.error_shift"] = torch.tensor(0.0)
    weights["stack.error_power"] = torch.tensor(1.0)
    kept = {k: v for k, v in saved.items() if k not in ("calibration", "model", "optimiser")}
    return {**kept, "average": weights, "settings": asdict(settings), "confidence": recipe}


def shares(arguments: List[str]) -> List[Tuple[str, int, int]]:
    """FOLDER=COUNT[:EACH] arguments as (folder, count, each)."""
    found = []
    for argument in arguments:
        folder, _, numbers = argument.rpartition("=")
        count, _, each = numbers.partition(":")
        found.append((folder, int(count), int(each or SHARD_SCENES)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--pool", nargs="*", default=[], metavar="FOLDER=COUNT:EACH")
    parser.add_argument("--stacks", nargs="*", default=[], metavar="FOLDER=COUNT",
                        help="stack folders of another renderer, dioptres with ground truth")
    parser.add_argument("--width", type=int, default=32)
    parser.add_argument("--steps", type=int, default=5000)
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=20261128)
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(arguments.seed)
    random = np.random.default_rng(arguments.seed)
    saved = torch.load(arguments.checkpoint, map_location="cpu")
    if family(name_of(saved)) is not family("proximal"):
        raise ValueError(f"{arguments.checkpoint}: expected proximal, found {name_of(saved)}")
    model = load_model(arguments.checkpoint)
    recorder = Recorder(model)
    groups = [(from_pool(recorder, folder, each, random), count)
              for folder, count, each in shares(arguments.pool)]
    groups += [(from_stacks(recorder, folder, random), count)
               for folder, count, _ in shares(arguments.stacks)]
    print("scenes:", [len(examples) for examples, _ in groups], flush=True)
    head = ConfidenceHead(arguments.width)
    train(head, groups, arguments.steps, arguments.rate, random)
    recipe = {"steps": arguments.steps, "seed": arguments.seed, "rate": arguments.rate,
              "scenes": [len(examples) for examples, _ in groups],
              "batch": [count for _, count in groups]}
    torch.save(rated(saved, model, head, recipe), arguments.out)


if __name__ == "__main__":
    main()
