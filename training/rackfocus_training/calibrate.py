"""Calibrates the expected error on validation scenes, so that its intervals hold what they promise.

The network states the scale of a Laplace distribution. With e the true absolute error and b the
stated scale, b is replaced by exp(shift) b^power, chosen so that the 68 % and 95 % intervals hold as
well as they can together (true errors have heavier tails than a Laplace distribution).

Run: python -m rackfocus_training.calibrate --checkpoint runs/proximal/last.pt
         --validation runs/validation --out runs/proximal/calibrated.pt
"""

import argparse
from typing import List, Tuple

import numpy as np
import torch

from .data import Batch, validation
from .export import load_model
from .metrics import coverage
from .train import forward

LEVELS = (0.68, 0.95)


def collect(model, batches: List[Batch], iterations: int, every: int = 7
            ) -> Tuple[np.ndarray, np.ndarray]:
    """(true absolute error, log of the stated error) of every seventh validation pixel."""
    errors, logs = [], []
    with torch.no_grad():
        for batch in batches:
            run = forward(model, batch, iterations, [iterations])
            _, position, log_error, _ = run["exits"][iterations]
            error = (position.clamp(0, 1) - batch.truth).abs()
            errors.append(error.flatten()[::every].numpy())
            logs.append(log_error.flatten()[::every].numpy())
    return np.concatenate(errors), np.concatenate(logs)


def fit(error: np.ndarray, log_error: np.ndarray) -> Tuple[float, float]:
    """(shift, power) with the smallest miss of the coverage at the worse of both levels."""
    best = None
    for power in np.linspace(0.5, 1.6, 56):
        ratio = np.sort(error * np.exp(-power * log_error))
        shifts = [np.log(np.quantile(ratio, level) / -np.log(1 - level)) for level in LEVELS]
        for shift in np.linspace(min(shifts), max(shifts), 41):
            covered = [np.searchsorted(ratio, -np.log(1 - level) * np.exp(shift)) / len(ratio)
                       for level in LEVELS]
            miss = max(abs(share - level) for share, level in zip(covered, LEVELS))
            if best is None or miss < best[0]:
                best = (miss, float(shift), float(power))
    return best[1], best[2]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--validation", required=True)
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    model = load_model(arguments.checkpoint)
    batches = validation(arguments.validation, 10) + validation(arguments.validation, 24)
    error, log_error = collect(model, batches, 3)
    shift, power = fit(error, log_error)
    for name, values in (("before", np.exp(log_error)),
                         ("after", np.exp(shift + power * log_error))):
        print(name, {level: round(coverage(error, values, level), 3)
                     for level in (0.2, 0.4, 0.5, 0.6, 0.68, 0.8, 0.9, 0.95, 0.99)})
    print(f"shift {shift:.4f}, power {power:.3f}")
    saved = torch.load(arguments.checkpoint, map_location="cpu")
    saved["average"]["stack.error_shift"] = torch.tensor(shift)
    saved["average"]["stack.error_power"] = torch.tensor(power)
    torch.save({"average": saved["average"], "settings": saved["settings"], "step": saved["step"],
                "seconds": saved["seconds"], "arguments": saved["arguments"],
                "calibration": {"shift": shift, "power": power}}, arguments.out)


if __name__ == "__main__":
    main()
