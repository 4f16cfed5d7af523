"""Focal stacks rendered from RGB-D frames: all-in-focus pictures with a depth for every pixel.

A folder holds NNN-rgb.jpg and NNN-depth.png (uint16, units of 0.1 mm along the optical axis, 0 where
unknown). Every tenth frame by number is held out for validation. Positions are linear in dioptres,
like the blur of a thin lens.
"""

import os
import re
from dataclasses import dataclass
from typing import Dict, List, Optional, Tuple

import cv2
import numpy as np
import torch

from .render import Optics, _blur, _box, _developed

HELD_OUT = 10  # every tenth frame
METRES = 1e-4  # of one unit of depth
SCALES = (0.6, 1.5)
HIDDEN = 26  # pixels by which a background is extended behind an occluder


@dataclass(frozen=True)
class Frame:
    """grey uint8 [H, W], all in focus; dioptres float32 [H, W], 0 at infinity."""

    grey: np.ndarray
    dioptres: np.ndarray


@dataclass(frozen=True)
class Crop:
    """A crop of a frame with a sweep: colour and position float32 [H, W]. Position is 0 at the far end of
    the sweep and 1 at the near end, and outside [0, 1] beyond them. dioptres: of the two ends."""

    colour: np.ndarray
    position: np.ndarray
    dioptres: Tuple[float, float]

    def truth(self) -> np.ndarray:
        return self.position


def load_frames(folder: Optional[str], validation: bool) -> List[Frame]:
    """The training or the validation frames; an empty list if there is no folder.

    Raises ValueError if the folder contains none or an invalid one.
    """
    if folder is None:
        return []
    numbers = sorted(m.group(1) for m in map(re.compile(r"(\d+)-rgb\.jpg$").match,
                                             os.listdir(folder)) if m)
    chosen = [n for n in numbers if (int(n) % HELD_OUT == 0) == validation]
    if not chosen:
        raise ValueError(f"{folder}: expected frames NNN-rgb.jpg with NNN-depth.png, found none")
    return [_load(folder, number) for number in chosen]


def _load(folder: str, number: str) -> Frame:
    grey = cv2.imread(os.path.join(folder, f"{number}-rgb.jpg"), cv2.IMREAD_GRAYSCALE)
    depth = cv2.imread(os.path.join(folder, f"{number}-depth.png"), cv2.IMREAD_UNCHANGED)
    if grey is None or depth is None or depth.dtype != np.uint16 or depth.shape != grey.shape:
        raise ValueError(f"{folder}: frame {number}: expected a picture and a 16-bit depth of its size")
    known = depth > 0
    if not known.any():
        raise ValueError(f"{folder}: frame {number}: expected a known depth, found none")
    # Unknown depth is treated as background.
    metres = np.where(known, depth, depth[known].max()).astype(np.float32) * np.float32(METRES)
    return Frame(grey, 1 / metres)


def random_crop(random: np.random.Generator, frame: Frame, size: int, margin: int,
                whole: bool = False) -> Crop:
    """A random crop of a frame, scaled or mirrored in half of the cases, and a random sweep.

    size: of the crop in pixels, including a margin that is rendered only for its blur. whole: do not
    scale, and sweep over all depths of the scene (for validation).
    """
    scale = 1.0 if whole or random.random() < 0.5 else float(random.uniform(*SCALES))
    source = min(int(round(size / scale)), *frame.grey.shape)
    top = int(random.integers(0, frame.grey.shape[0] - source + 1))
    left = int(random.integers(0, frame.grey.shape[1] - source + 1))
    cut = (slice(top, top + source), slice(left, left + source))
    colour, dioptres = frame.grey[cut], frame.dioptres[cut]
    if source != size:
        shrinks = source > size
        colour = cv2.resize(colour, (size, size),
                            interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC)
        dioptres = cv2.resize(dioptres, (size, size), interpolation=cv2.INTER_NEAREST)
    if random.random() < 0.5:
        colour, dioptres = colour[:, ::-1], dioptres[:, ::-1]
    far, near = random_sweep(random, dioptres[margin:-margin, margin:-margin], whole)
    position = (dioptres - np.float32(far)) / np.float32(near - far)
    # Limits the blur beyond the sweep to the margin.
    position = np.clip(position, -0.5, 1.5)
    return Crop(np.clip(colour.astype(np.float32) / 255, 0.004, 1.0), position.astype(np.float32),
                (far, near))


def random_sweep(random: np.random.Generator, dioptres: np.ndarray, whole: bool = False
                 ) -> Tuple[float, float]:
    """Dioptres of the far and the near end of a random sweep over the given scene.

    Half of the sweeps cover the scene with some room, a third are up to three times as wide, and the
    rest leave a part of the scene outside. whole: only sweeps of the first kind.
    """
    low, high = (float(v) for v in (dioptres.min(), dioptres.max()))
    if not whole:
        low, high = (float(v) for v in np.percentile(dioptres, [1, 99]))
    # A nearly flat scene gets a sweep over 8 % of its dioptres.
    short = max(0.08 * high - (high - low), 0.0)
    share = random.random()
    low, high = low - short * share, high + short * (1 - share)
    extent = high - low
    draw = random.random()
    if whole or draw < 0.5:
        below, above = random.uniform(0.0, 0.25, 2)
    elif draw < 0.83:
        room = random.uniform(0.5, 2.0)
        share = random.random()
        below, above = room * share, room * (1 - share)
    else:
        cut = -random.uniform(0.1, 0.45)
        share = random.choice([0.0, 0.5, 1.0])
        below, above = cut * share, cut * (1 - share)
    # No lens focuses beyond infinity.
    return max(low - below * extent, 0.1 * low), high + above * extent


def render_crop(crop: Crop, focus: np.ndarray, optics: Optics, margin: int) -> np.ndarray:
    """The focal stack of a crop without noise, like render.render() for a scene.

    The scene is cut into layers of nearly equal blur and composited back to front. Behind occluders,
    each layer is extended by its mirror image, so that a blurred near edge shows a plausible
    background.
    """
    height, width = crop.colour.shape
    canvas = torch.zeros(len(focus), height, width)
    light = crop.colour**optics.gamma if optics.linear else crop.colour
    low, high = float(crop.position.min()), float(crop.position.max())
    layers = max(1, int(np.ceil((high - low) * optics.blur_radius / optics.layer_pixels)))
    thickness = max((high - low) / layers, 1e-6)
    level = (crop.position - low) / thickness
    occupied = np.bincount(np.minimum(level.astype(int), layers).ravel(), minlength=layers + 2) > 0
    for layer in range(layers + 1):
        if layer and not (occupied[layer - 1] or occupied[layer]):
            continue
        mask, colour = _layer(light, level, layer)
        if mask.max() <= 0:
            continue
        radii = optics.blur_radius * (low + layer * thickness - focus)
        top, bottom, left, right = _box(mask, int(np.ceil(np.abs(radii).max() * 1.3)) + 1)
        cut = (slice(top, bottom), slice(left, right))
        pair = np.stack([colour[cut] * mask[cut], mask[cut]])[:, None]
        with torch.no_grad():
            blurred = _blur(torch.from_numpy(pair).float(), radii, optics)
            canvas[:, top:bottom, left:right].mul_(1 - blurred[1]).add_(blurred[0])
    return _developed(canvas, optics, margin)


def _layer(light: np.ndarray, level: np.ndarray, layer: int) -> Tuple[np.ndarray, np.ndarray]:
    """Mask and light of one layer. level: depth of each pixel, in layers.

    The layer fades in over the one behind it, and also covers nearer pixels. Those up to two layers
    nearer belong to the same surface and keep their light. Others are occluders, behind which the
    layer is extended.
    """
    mask = np.clip(level - layer + 1, 0, 1) if layer else np.ones_like(level)
    own = (level > layer - 1) & (level < layer + 2)
    occluder = level >= layer + 2
    if not own.any():
        return np.zeros_like(mask), light
    if not occluder.any():
        return mask, light
    distance, labels = cv2.distanceTransformWithLabels(
        (~own).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    rows, columns = np.nonzero(occluder & (distance <= HIDDEN))
    mask = np.where(occluder & (distance > HIDDEN), 0, mask)
    if len(rows) == 0:
        return mask, light
    # Pixel index of each label; labels number the zero pixels of the transform's input.
    own_rows, own_columns = np.nonzero(own)
    place = np.zeros(labels.max() + 1, np.int64)
    place[labels[own_rows, own_columns]] = own_rows * level.shape[1] + own_columns
    nearest = place[labels[rows, columns]]
    near_row, near_column = nearest // level.shape[1], nearest % level.shape[1]
    mirror_row = np.clip(2 * near_row - rows, 0, level.shape[0] - 1)
    mirror_column = np.clip(2 * near_column - columns, 0, level.shape[1] - 1)
    usable = own[mirror_row, mirror_column]
    filled = light.copy()
    filled[rows, columns] = np.where(usable, light[mirror_row, mirror_column],
                                     light[near_row, near_column])
    return mask, filled
