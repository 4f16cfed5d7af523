"""Calibrates the expected error on validation scenes.

The network predicts the scale b of a Laplace distribution of the absolute error. Calibration replaces
it by exp(shift) b^power. Both parameters are fitted to make the coverage of the 68 % and 95 % intervals
as accurate as possible; true errors have heavier tails than a Laplace distribution.

Run: python -m rackfocus_training.calibrate --checkpoint runs/proximal/last.pt
         --validation runs/validation [--stacks DIR] --out runs/proximal/calibrated.pt
"""

import argparse
from typing import List, Tuple

import numpy as np
import torch

from .data import Batch, validation_sets
from .evaluate import model_estimator
from .export import load_model
from .families import family, name_of
from .metrics import coverage
from .stacks import read_stack, stack_folders
from .train import forward

LEVELS = (0.68, 0.95)


def collect(model, batches: List[Batch], iterations: int, every: int = 7
            ) -> Tuple[np.ndarray, np.ndarray]:
    """(true absolute error, log of the predicted error) of every seventh validation pixel."""
    errors, logs = [], []
    with torch.no_grad():
        for batch in batches:
            run = forward(model, batch, iterations, [iterations])
            _, position, log_error, _ = run["exits"][iterations]
            error = (position.clamp(0, 1) - batch.truth).abs()
            errors.append(error.flatten()[::every].numpy())
            logs.append(log_error.flatten()[::every].numpy())
    return np.concatenate(errors), np.concatenate(logs)


def collect_stacks(model, folder: str, iterations: int, every: int = 7
                   ) -> Tuple[np.ndarray, np.ndarray]:
    """Like collect(), from stack folders in dioptres with ground truth, such as simulated ones. The
    model must not be calibrated yet, so that its error output is exp(log error)."""
    estimate = model_estimator(model, iterations)
    errors, logs = [], []
    for stack in map(read_stack, stack_folders(folder)):
        found = estimate(stack.luma, stack.focus)
        true = (stack.truth - stack.axis[0]) / (stack.axis[-1] - stack.axis[0])
        known = np.isfinite(true)
        errors.append(np.abs(found["position"] - np.clip(true, 0, 1))[known][::every])
        logs.append(np.log(found["error"])[known][::every])
    return np.concatenate(errors), np.concatenate(logs)


def fit(sets: List[Tuple[np.ndarray, np.ndarray]]) -> Tuple[float, float]:
    """(shift, power) that minimise the largest coverage error over both levels and all sets. Each set is
    (true error, log of the predicted error)."""
    best = None
    for power in np.linspace(0.5, 1.6, 56):
        ratios = [np.sort(error * np.exp(-power * log_error)) for error, log_error in sets]
        shifts = [np.log(np.quantile(ratio, level) / -np.log(1 - level))
                  for ratio in ratios for level in LEVELS]
        for shift in np.linspace(min(shifts), max(shifts), 61):
            misses = [abs(np.searchsorted(ratio, -np.log(1 - level) * np.exp(shift)) / len(ratio)
                          - level) for ratio in ratios for level in LEVELS]
            if best is None or max(misses) < best[0]:
                best = (max(misses), float(shift), float(power))
    return best[1], best[2]


def calibrated(saved: dict, shift: float, power: float) -> dict:
    """The published part of a checkpoint: averaged weights with the calibration, and the training
    arguments without paths of the training machine."""
    weights = dict(saved["average"])
    weights["stack.error_shift"] = torch.tensor(shift)
    weights["stack.error_power"] = torch.tensor(power)
    recipe = {name: value for name, value in saved["arguments"].items()
              if name in ("model", "rate", "seed", "processes", "trusting", "crop", "settings")}
    return {"average": weights, "settings": saved["settings"], "step": saved["step"],
            "seconds": saved["seconds"], "arguments": recipe,
            "calibration": {"shift": shift, "power": power}}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--validation", required=True, nargs="+", metavar="FOLDER")
    parser.add_argument("--stacks", default=None,
                        help="stack folders of another renderer (dioptres, ground truth) as a second set")
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    model = load_model(arguments.checkpoint)
    with torch.no_grad():
        # Discard the calibration of the weights that training started from.
        model.stack.error_shift.zero_()
        model.stack.error_power.fill_(1.0)
    batches = sum(validation_sets(arguments.validation).values(), [])
    saved = torch.load(arguments.checkpoint, map_location="cpu")
    iterations = family(name_of(saved)).default
    sets = {"validation scenes": collect(model, batches, iterations)}
    if arguments.stacks:
        sets["stack folders"] = collect_stacks(model, arguments.stacks, iterations)
    shift, power = fit(list(sets.values()))
    for name, (error, log_error) in sets.items():
        for when, values in (("before", np.exp(log_error)),
                             ("after", np.exp(shift + power * log_error))):
            print(name, when, {level: round(coverage(error, values, level), 3)
                               for level in (0.2, 0.4, 0.5, 0.6, 0.68, 0.8, 0.9, 0.95, 0.99)})
    print(f"shift {shift:.4f}, power {power:.3f}")
    torch.save(calibrated(saved, shift, power), arguments.out)


if __name__ == "__main__":
    main()
