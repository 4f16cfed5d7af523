"""Compares several checkpoints and ddl-pgd on the same validation scenes.

Run: python3 tools/compare_models.py NAME=CHECKPOINT... --validation DIR... [--scenes 24]
Prints, for every validation set and number of iterations, the mean absolute and the root mean square
error in tenths of the sweep, the error of the most confident half, and the coverage of the 68 % interval.
"""

import argparse
import os
import sys

import numpy as np
import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from rackfocus_training.data import validation_sets  # noqa: E402 (path set above)
from rackfocus_training.ddl_pgd import DdlPgd  # noqa: E402
from rackfocus_training.export import load_model  # noqa: E402
from rackfocus_training.families import family, name_of  # noqa: E402
from rackfocus_training.metrics import coverage, sparsification  # noqa: E402

HAND_MADE = "ddl-pgd"


def runs_of(name: str, checkpoint: str):
    """(function of a batch of stacks, focus and iterations; the iterations to run)."""
    if name == HAND_MADE:
        model = DdlPgd().eval()

        def one_by_one(stack, focus, iterations):
            found = [model(s[None], f[None], iterations) for s, f in zip(stack, focus)]
            return {key: torch.cat([f[key] for f in found]) for key in found[0]}
        return one_by_one, (3,)
    saved = torch.load(checkpoint, map_location="cpu")
    return load_model(checkpoint), family(name_of(saved)).exported


def figures(model, batches, iterations: int) -> str:
    errors, squares, stated, confidences = [], [], [], []
    for batch in batches:
        with torch.no_grad():
            found = model(batch.luma[:, :, 0], batch.focus, iterations)
        miss = found["position"] - batch.truth
        squares += miss.pow(2).mean(dim=(1, 2, 3)).sqrt().tolist()
        errors.append(miss.abs().flatten().numpy())
        stated.append(found["error"].flatten().numpy())
        confidences.append(found["confidence"].flatten().numpy())
    error, scale = np.concatenate(errors), np.concatenate(stated)
    half = sparsification(error, np.concatenate(confidences), (0.5,))[0.5]
    return (f"MAE {10 * error.mean():.4f}  RMS {10 * np.mean(squares):.4f}  best half "
            f"{10 * half:.4f}  in 68 % {coverage(error, scale, 0.68):.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--validation", required=True, nargs="+", metavar="FOLDER")
    parser.add_argument("--scenes", type=int, default=24)
    parser.add_argument("checkpoints", nargs="*", metavar="NAME=CHECKPOINT")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    named = [tuple(text.split("=", 1)) for text in arguments.checkpoints]
    for text, pair in zip(arguments.checkpoints, named):
        if len(pair) != 2:
            parser.error(f"{text}: expected NAME=CHECKPOINT")
    sets = validation_sets(arguments.validation, arguments.scenes)
    for name, checkpoint in [(HAND_MADE, "")] + named:
        model, exported = runs_of(name, checkpoint)
        for iterations in exported:
            for title, batches in sets.items():
                print(f"{name:16s} K = {iterations:2d}  {title}  "
                      f"{figures(model, batches, iterations)}", flush=True)


if __name__ == "__main__":
    main()
