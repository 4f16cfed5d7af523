"""Reads stack folders: numbered PNG images, stack.json with the focus readings, optional depth.pfm.

Stacks are returned far to near, as every model expects, whatever the order in the folder.
"""

import json
import os
from dataclasses import dataclass
from typing import List, Optional

import cv2
import numpy as np

MAXIMUM_PLANES = 1024
MAXIMUM_PIXELS = 64_000_000


@dataclass(frozen=True)
class FocalStack:
    """luma uint8 [Z, H, W] far to near; axis float64 [Z], the readings in the same order (dioptres or
    indices); focus float32 [Z], normalised to 0 .. 1; truth float32 [H, W], the true reading on the same
    axis, NaN where unknown, or None."""

    name: str
    luma: np.ndarray
    axis: np.ndarray
    focus: np.ndarray
    unit: str
    truth: Optional[np.ndarray]

    def reading(self, position: np.ndarray) -> np.ndarray:
        """Converts positions in [0, 1] to readings on the axis of the file."""
        return self.axis[0] + position * (self.axis[-1] - self.axis[0])


def read_pfm(path: str) -> np.ndarray:
    """Reads a one-channel PFM, float32 [H, W], top row first. Raises ValueError if it is not one."""
    with open(path, "rb") as file:
        kind, size = file.readline().strip(), file.readline().split()
        scale = file.readline().strip()
        if kind != b"Pf" or len(size) != 2:
            raise ValueError(f"{path}: expected a one-channel PFM (Pf), found {kind!r}")
        width, height = int(size[0]), int(size[1])
        if not 0 < width * height <= MAXIMUM_PIXELS:
            raise ValueError(f"{path}: expected at most 64 megapixels, found {width}x{height}")
        order = "<" if float(scale) < 0 else ">"
        values = np.frombuffer(file.read(4 * width * height), order + "f4")
    if values.size != width * height:
        raise ValueError(f"{path}: expected {width * height} values, found {values.size}")
    return values.reshape(height, width)[::-1].astype(np.float32)


def luma_of(path: str) -> np.ndarray:
    """8-bit luma of a PNG; colour by BT.601, rounded (OpenCV's conversion)."""
    image = cv2.imread(path, cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError(f"{path}: expected a PNG image")
    if image.shape[0] * image.shape[1] > MAXIMUM_PIXELS:
        raise ValueError(f"{path}: expected at most 64 megapixels, found {image.shape}")
    return cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)


def read_stack(folder: str) -> FocalStack:
    """Reads one folder. Raises ValueError with the file and the problem."""
    path = os.path.join(folder, "stack.json")
    with open(path, encoding="utf-8") as file:
        described = json.load(file)
    values = np.asarray(described["focus"], np.float64)
    if not 2 <= len(values) <= MAXIMUM_PLANES:
        raise ValueError(f"{path}: focus: expected 2 to {MAXIMUM_PLANES} values, found {len(values)}")
    unit = described["unit"]
    if unit not in ("dioptre", "index"):
        raise ValueError(f"{path}: unit: expected dioptre or index, found {unit!r}")
    names = [f"{index:03d}.png" for index in range(len(values))]
    luma = np.stack([luma_of(os.path.join(folder, name)) for name in names])
    near_first = values[0] > values[-1] if unit == "dioptre" else described["order"] == "near-first"
    order = np.argsort(values, kind="stable")
    if unit == "index" and near_first:
        order = order[::-1]
    axis = values[order]
    focus = ((axis - axis[0]) / (axis[-1] - axis[0])).astype(np.float32)
    if not (np.diff(focus) > 0).all():
        raise ValueError(f"{path}: focus: expected distinct values, found {values.tolist()}")
    truth = None
    depth = os.path.join(folder, "depth.pfm")
    if os.path.exists(depth):
        truth = read_pfm(depth)
        if truth.shape != luma.shape[1:]:
            raise ValueError(f"{depth}: expected {luma.shape[1:]}, found {truth.shape}")
        known = truth > 0
        truth = np.where(known, 1 / np.where(known, truth, 1) if unit == "dioptre" else truth, np.nan)
    return FocalStack(os.path.basename(folder.rstrip("/")), luma[order], axis, focus, unit,
                      None if truth is None else truth.astype(np.float64))


def stack_folders(root: str) -> List[str]:
    """Folders below root that contain a stack.json, sorted."""
    return sorted(os.path.join(root, name) for name in os.listdir(root)
                  if os.path.exists(os.path.join(root, name, "stack.json")))
