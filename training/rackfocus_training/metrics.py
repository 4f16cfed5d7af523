"""Error metrics of the model cards. Pixels without ground truth are ignored."""

from typing import Dict, Sequence

import numpy as np


def planes_of(axis: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Readings as plane numbers (0 .. Z - 1), interpolated and extrapolated linearly."""
    ascending = axis if axis[0] < axis[-1] else axis[::-1]
    numbers = np.interp(values, ascending, np.arange(len(axis), dtype=np.float64))
    first, last = ascending[1] - ascending[0], ascending[-1] - ascending[-2]
    numbers = np.where(values < ascending[0], (values - ascending[0]) / first, numbers)
    beyond = (values - ascending[-1]) / last + len(axis) - 1
    numbers = np.where(values > ascending[-1], beyond, numbers)
    return numbers if axis[0] < axis[-1] else len(axis) - 1 - numbers


def metric_scores(axis: np.ndarray, estimate: np.ndarray, truth: np.ndarray) -> Dict[str, float]:
    """Stacks in dioptres: AbsRel in metres (z = 1 / focus) and mean absolute error in planes."""
    known = np.isfinite(truth)
    found, true = estimate[known], truth[known]
    relative = np.abs(1 / np.maximum(found, 1e-6) - 1 / true) * true
    planes = np.abs(planes_of(axis, found) - planes_of(axis, true))
    return {"absrel": float(relative.mean()), "planes": float(planes.mean())}


def affine_scores(estimate: np.ndarray, truth: np.ndarray) -> Dict[str, float]:
    """Index stacks, whose truth is known up to scale and offset: Pearson correlation, and mean absolute
    error after a least-squares affine fit of the estimate to the truth."""
    known = np.isfinite(truth)
    found, true = estimate[known].astype(np.float64), truth[known]
    if found.std() < 1e-9:
        return {"corr": 0.0, "affine": float(np.abs(true - true.mean()).mean())}
    slope, offset = np.polyfit(found, true, 1)
    return {"corr": float(np.corrcoef(found, true)[0, 1]),
            "affine": float(np.abs(slope * found + offset - true).mean())}


def sparsification(error: np.ndarray, confidence: np.ndarray,
                   shares: Sequence[float] = (0.5, 0.8, 0.95, 1.0)) -> Dict[float, float]:
    """Mean error of the given share of the most confident pixels."""
    order = np.argsort(-confidence.ravel(), kind="stable")
    ordered = error.ravel()[order]
    return {share: float(ordered[:max(1, int(round(share * len(ordered))))].mean())
            for share in shares}


def coverage(error: np.ndarray, scale: np.ndarray, level: float) -> float:
    """Share of pixels whose true error lies within the Laplace interval of the given level.

    scale: the predicted absolute error; the half-width of the interval is -ln(1 - level) times it.
    """
    return float((error <= -np.log(1 - level) * scale).mean())
