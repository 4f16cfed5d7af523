"""Plots the training curves and the calibration of a model as small PNG files.

Run: python -m rackfocus_training.curves --run runs/proximal --out models/proximal
         [--checkpoint runs/proximal/calibrated.pt --validation runs/validation --report report.json]
"""

import argparse
import csv
import json
import os

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402 (the backend must be chosen first)
import numpy as np  # noqa: E402
import torch  # noqa: E402


def read_columns(path: str) -> dict:
    """Columns of a CSV as float arrays."""
    with open(path, encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return {key: np.array([float(row[key]) for row in rows]) for key in rows[0]}


def draw_curves(run: str, path: str) -> None:
    """Training loss and validation error by step."""
    training = read_columns(os.path.join(run, "train.csv"))
    validated = read_columns(os.path.join(run, "validation.csv"))
    figure, axes = pyplot.subplots(1, 2, figsize=(9, 3.2))
    axes[0].plot(training["step"], training["d0"], label="D0", linewidth=1)
    axes[0].plot(training["step"], training["dK"], label="last iteration", linewidth=1)
    axes[0].set_title("training, 1/4 resolution")
    counts = sorted(int(key[5:]) for key in validated if key.startswith("z10-k"))
    for k in counts:
        axes[1].plot(validated["step"], validated[f"z10-k{k}"], label=f"K = {k}, 10 planes")
    middle = counts[len(counts) // 2]
    axes[1].plot(validated["step"], validated[f"z24-k{middle}"], "--",
                 label=f"K = {middle}, 24 planes")
    axes[1].set_title("validation, averaged weights")
    for axis in axes:
        axis.set_yscale("log")
        axis.set_xlabel("step")
        axis.set_ylabel("mean error, tenths of the sweep")
        axis.grid(alpha=0.3, which="both")
        axis.legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(path, dpi=80)
    pyplot.close(figure)


def draw_calibration(found: dict, path: str) -> None:
    """Plots nominal against actual coverage; found: {name: {level: share}}."""
    figure, axis = pyplot.subplots(figsize=(3.6, 3.4))
    axis.plot([0, 1], [0, 1], color="0.7", linewidth=1)
    for name, levels in found.items():
        stated = sorted(levels)
        axis.plot(stated, [levels[level] for level in stated], "o-", markersize=3, label=name)
    axis.set_xlabel("stated coverage")
    axis.set_ylabel("true coverage")
    axis.grid(alpha=0.3)
    axis.legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(path, dpi=80)
    pyplot.close(figure)


def validation_coverage(checkpoint: str, folders: list) -> dict:
    """Coverage of the calibrated error on the validation scenes, per level."""
    from .calibrate import collect
    from .data import validation_sets
    from .export import load_model
    from .families import family, name_of
    from .metrics import coverage
    model = load_model(checkpoint)
    iterations = family(name_of(torch.load(checkpoint, map_location="cpu"))).default
    batches = sum(validation_sets(folders).values(), [])
    error, log_error = collect(model, batches, iterations)
    scale = np.exp(float(model.stack.error_shift) + float(model.stack.error_power) * log_error)
    return {level: coverage(error, scale, level)
            for level in (0.2, 0.4, 0.5, 0.6, 0.68, 0.8, 0.9, 0.95, 0.99)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--checkpoint", default=None)
    parser.add_argument("--validation", default=None, nargs="+", metavar="FOLDER")
    parser.add_argument("--report", default=None, help="JSON that evaluate.py wrote")
    arguments = parser.parse_args()
    os.makedirs(arguments.out, exist_ok=True)
    draw_curves(arguments.run, os.path.join(arguments.out, "curves.png"))
    found = {}
    if arguments.checkpoint and arguments.validation:
        found["validation scenes"] = validation_coverage(arguments.checkpoint, arguments.validation)
    if arguments.report:
        with open(arguments.report, encoding="utf-8") as file:
            levels = json.load(file)["confidence"]["coverage"]
        found["rendered stacks"] = {float(level): share for level, share in levels.items()}
    if found:
        draw_calibration(found, os.path.join(arguments.out, "calibration.png"))


if __name__ == "__main__":
    main()
