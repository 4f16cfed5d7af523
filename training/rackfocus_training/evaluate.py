"""Measures a checkpoint on stack folders and prints the model card's tables.

Run: python -m rackfocus_training.evaluate --checkpoint runs/proximal/last.pt --stacks DIR
         [--k 0 1 3 5] [--noise] [--ddl] [--confidence] [--json FILE]
Never train or tune on stacks that are used for evaluation.
"""

import argparse
import json
from typing import Callable, Dict, List

import numpy as np
import torch

from .baselines import ddl_peak
from .export import MULTIPLE, load_model
from .families import family, name_of
from .metrics import affine_scores, coverage, metric_scores, sparsification
from .stacks import FocalStack, read_stack, stack_folders

NOISE_SIGMAS = (0, 2, 5, 10)
Estimator = Callable[[np.ndarray, np.ndarray], Dict[str, np.ndarray]]


def model_estimator(model, iterations: int) -> Estimator:
    """luma uint8 [Z, H, W] and focus [Z] to position, error and confidence, each [H, W]. Pads like the
    node, by replication to the next multiple."""
    def estimate(luma, focus):
        planes, height, width = luma.shape
        pad = ((0, 0), (0, -height % MULTIPLE), (0, -width % MULTIPLE))
        stack = torch.from_numpy(np.pad(luma, pad, mode="edge").astype(np.float32) / 255)[None]
        with torch.no_grad():
            found = model(stack, torch.from_numpy(focus)[None], iterations)
        return {name: value[0, 0, :height, :width].numpy() for name, value in found.items()}
    return estimate


def ddl_estimator() -> Estimator:
    return lambda luma, focus: {"position": ddl_peak(luma, focus)}


def noisy(luma: np.ndarray, sigma: float, seed: int = 20261120) -> np.ndarray:
    """Adds Gaussian noise of the given standard deviation (of 255) and quantises to 8 bits."""
    if sigma == 0:
        return luma
    random = np.random.default_rng(seed)
    seen = luma + sigma * random.standard_normal(luma.shape, dtype=np.float32)
    return np.clip(np.rint(seen), 0, 255).astype(np.uint8)


def group_of(stack: FocalStack) -> str:
    """Groups: rendered (metric truth), hci (index truth) and greek, which is nearly blank."""
    if stack.unit == "dioptre":
        return "rendered"
    return "greek" if "greek" in stack.name else "hci"


def scores(stack: FocalStack, position: np.ndarray) -> Dict[str, float]:
    reading = stack.reading(position.astype(np.float64))
    if stack.unit == "dioptre":
        return metric_scores(stack.axis, reading, stack.truth)
    return affine_scores(reading, stack.truth)


def table(stacks: List[FocalStack], estimate: Estimator, title: str, verbose: bool) -> dict:
    """Prints and returns the mean of each group."""
    groups: Dict[str, list] = {}
    for stack in stacks:
        row = scores(stack, estimate(stack.luma, stack.focus)["position"])
        groups.setdefault(group_of(stack), []).append(row)
        if verbose:
            print(f"    {stack.name:16s}", {k: round(v, 4) for k, v in row.items()})
    means = {group: {key: float(np.mean([r[key] for r in rows])) for key in rows[0]}
             for group, rows in groups.items()}
    print(f"{title:10s}", "  ".join(
        f"{group}: " + " / ".join(f"{v:.4f}" for v in means[group].values())
        for group in ("hci", "greek", "rendered") if group in means), flush=True)
    return means


def noise_table(stacks: List[FocalStack], estimate: Estimator, title: str) -> dict:
    """Mean error in planes on the rendered stacks, per added noise level."""
    found = {}
    for sigma in NOISE_SIGMAS:
        errors = [scores(s, estimate(noisy(s.luma, sigma), s.focus)["position"])["planes"]
                  for s in stacks]
        found[sigma] = float(np.mean(errors))
    print(f"{title:10s} noise", {k: round(v, 4) for k, v in found.items()},
          f"ratio {found[10] / found[0]:.2f}", flush=True)
    return found


def confidence_table(stacks: List[FocalStack], estimate: Estimator) -> dict:
    """Sparsification and coverage of the predicted error on the rendered stacks."""
    errors, scales, confidences = [], [], []
    for stack in stacks:
        found = estimate(stack.luma, stack.focus)
        known = np.isfinite(stack.truth)
        true = (stack.truth - stack.axis[0]) / (stack.axis[-1] - stack.axis[0])
        errors.append(np.abs(found["position"] - true)[known])
        scales.append(found["error"][known])
        confidences.append(found["confidence"][known])
    error, scale = np.concatenate(errors), np.concatenate(scales)
    result = {
        "sparsification": sparsification(error, np.concatenate(confidences)),
        "coverage": {level: coverage(error, scale, level)
                     for level in (0.2, 0.4, 0.5, 0.6, 0.68, 0.8, 0.9, 0.95, 0.99)},
    }
    print("error of the most confident", {k: round(v, 5) for k, v in
                                          result["sparsification"].items()})
    print("coverage", {k: round(v, 3) for k, v in result["coverage"].items()}, flush=True)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--stacks", required=True)
    parser.add_argument("--k", type=int, nargs="+", default=None,
                        help="default: the number of iterations set by the model")
    parser.add_argument("--all-iterations", action="store_true", help="every exported K")
    parser.add_argument("--noise", action="store_true")
    parser.add_argument("--ddl", action="store_true", help="also measure the DDL baseline")
    parser.add_argument("--confidence", action="store_true")
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--json", default=None, help="file for all figures")
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    stacks = [s for s in map(read_stack, stack_folders(arguments.stacks)) if s.truth is not None]
    rendered = [s for s in stacks if s.unit == "dioptre"]
    model = load_model(arguments.checkpoint)
    report = {}
    kind = family(name_of(torch.load(arguments.checkpoint, map_location="cpu")))
    default = kind.default
    for k in kind.exported if arguments.all_iterations else arguments.k or [default]:
        report[f"k{k}"] = table(stacks, model_estimator(model, k), f"K = {k}", arguments.verbose)
    middle = model_estimator(model, default)
    if arguments.ddl:
        report["ddl"] = table(stacks, ddl_estimator(), "DDL", arguments.verbose)
    if arguments.noise:
        report["noise"] = noise_table(rendered, middle, f"K = {default}")
        if arguments.ddl:
            report["ddl-noise"] = noise_table(rendered, ddl_estimator(), "DDL")
    if arguments.confidence:
        report["confidence"] = confidence_table(rendered, middle)
    if arguments.json:
        with open(arguments.json, "w", encoding="utf-8") as file:
            json.dump(report, file, indent=1)


if __name__ == "__main__":
    main()
