"""Baseline that a learned model must beat: DDL, window 15, sub-plane peak, median filter."""

import cv2
import numpy as np
import torch

from .ddl import ddl_volumes, window_mean


def ddl_peak(luma: np.ndarray, focus: np.ndarray, window: int = 15) -> np.ndarray:
    """luma uint8 [Z, H, W] far to near, focus [Z] in [0, 1]; returns positions float32 [H, W].

    Sums the DDL volumes over a window, takes the plane of the maximum, fits a parabola to the
    logarithms at that plane and its two neighbours (at their actual readings) and applies two 5x5
    median filters.
    """
    with torch.no_grad():
        images = torch.from_numpy(luma[:, None].astype(np.float32) / 255)
        summed = torch.cat([window_mean(ddl_volumes(i[None]).sum(1, keepdim=True), window)
                            for i in images])
        volume = torch.log(summed[:, 0] + 1e-6).numpy()
    best = np.clip(volume.argmax(0), 1, len(focus) - 2)
    left, peak, right = (np.take_along_axis(volume, (best + d)[None], 0)[0] for d in (-1, 0, 1))
    a, b, c = focus[best - 1], focus[best], focus[best + 1]
    # Vertex of the parabola through three unevenly spaced points.
    slope1, slope2 = (peak - left) / (b - a), (right - peak) / (c - b)
    curvature = (slope2 - slope1) / (c - a)
    vertex = np.where(curvature < -1e-9, (a + b) / 2 - slope1 / (2 * np.minimum(curvature, -1e-9)),
                      focus[volume.argmax(0)])
    position = np.clip(vertex, 0, 1).astype(np.float32)
    return cv2.medianBlur(cv2.medianBlur(position, 5), 5)
