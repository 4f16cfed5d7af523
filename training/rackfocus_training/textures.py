"""Textures of rendered scenes: photographs if a folder is given, otherwise procedural.

All images are grey, float32, gamma-encoded, in [0, 1]. All randomness comes from the given
generator, so a seed gives the same texture on every machine.
"""

import os
from collections.abc import Sequence
from typing import List, Optional, Union

import cv2
import numpy as np

# Share of the photographs, sorted by name, for training; the rest is for validation only.
TRAINING_SHARE = 0.75
SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
MAXIMUM_PHOTOGRAPH_PIXELS = 64_000_000


class Photographs(Sequence):
    """Grey pictures, stored as 8 bits and returned as float32 in [0, 1]."""

    def __init__(self, images: List[np.ndarray]):
        self._images = images

    def __len__(self) -> int:
        return len(self._images)

    def __getitem__(self, index) -> np.ndarray:
        return self._images[index].astype(np.float32) / 255.0


def load_photographs(folder: Optional[str], validation: bool
                     ) -> Union[List[np.ndarray], Photographs]:
    """The training or the validation photographs, as grey float32 images in [0, 1].

    A folder may be split into subfolders training and validation (tools/collect_textures.py); any other
    is split by name. Without a folder the list is empty (procedural textures only). Raises ValueError
    if the folder contains no picture or an unreadable one.
    """
    if folder is None:
        return []
    own = os.path.join(folder, "validation" if validation else "training")
    if os.path.isdir(own):
        names = sorted(n for n in os.listdir(own) if n.lower().endswith(SUFFIXES))
        if not names:
            raise ValueError(f"{own}: expected pictures ({', '.join(SUFFIXES)}), found none")
        return Photographs([_read(os.path.join(own, name)) for name in names])
    names = sorted(n for n in os.listdir(folder) if n.lower().endswith(SUFFIXES))
    if not names:
        raise ValueError(f"{folder}: expected pictures ({', '.join(SUFFIXES)}), found none")
    split = max(1, int(round(len(names) * TRAINING_SHARE)))
    chosen = names[split:] or names[-1:] if validation else names[:split]
    return [_read(os.path.join(folder, name)).astype(np.float32) / 255.0 for name in chosen]


def _read(path: str) -> np.ndarray:
    image = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
    if image is None or image.size > MAXIMUM_PHOTOGRAPH_PIXELS:
        found = "no picture" if image is None else f"{image.shape[1]}x{image.shape[0]}"
        raise ValueError(f"{path}: expected a picture of at most 64 megapixels, found {found}")
    return image


def fractal_noise(random: np.random.Generator, size: int, decay: float, octaves: int = 6,
                  coarsest: int = 2) -> np.ndarray:
    """Sum of octaves of smooth noise, octave k with amplitude decay**k. [size, size] in [0, 1]."""
    total = np.zeros((size, size), np.float32)
    for octave in range(octaves):
        cells = coarsest * 2**octave + 1
        if cells > size:
            break
        grid = random.standard_normal((cells, cells)).astype(np.float32)
        total += decay**octave * cv2.resize(grid, (size, size), interpolation=cv2.INTER_CUBIC)
    low, high = total.min(), total.max()
    return (total - low) / max(high - low, 1e-6)


def photograph_patch(random: np.random.Generator, photograph: np.ndarray, size: int) -> np.ndarray:
    """A rotated, scaled (0.35 to 1.6), perhaps mirrored patch of a photograph, [size, size]."""
    scale = float(np.exp(random.uniform(np.log(0.35), np.log(1.6))))
    source = photograph
    if scale < 0.75:
        # Prevents aliasing when the patch is scaled down.
        source = cv2.GaussianBlur(source, (0, 0), 0.45 / scale)
    angle = random.uniform(0, 2 * np.pi)
    cosine, sine = np.cos(angle) / scale, np.sin(angle) / scale
    matrix = np.array([[cosine, -sine, 0.0], [sine, cosine, 0.0]])
    if random.random() < 0.5:
        matrix[:, 0] *= -1
    height, width = source.shape
    centre = np.array([random.uniform(0.15, 0.85) * width, random.uniform(0.15, 0.85) * height])
    matrix[:, 2] = centre - matrix[:, :2] @ np.array([size / 2.0, size / 2.0])
    return cv2.warpAffine(source, matrix.astype(np.float32), (size, size),
                          flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                          borderMode=cv2.BORDER_REFLECT)


def procedural(random: np.random.Generator, size: int) -> np.ndarray:
    """Fractal, striped, checked, posterised, speckled or smooth texture, [size, size] in [0, 1]."""
    kind = random.integers(6)
    base = fractal_noise(random, size, random.uniform(0.45, 1.0), 7)
    if kind == 0:
        return base
    ys, xs = np.mgrid[0:size, 0:size].astype(np.float32)
    angle = random.uniform(0, np.pi)
    along = xs * np.cos(angle) + ys * np.sin(angle)
    period = float(np.exp(random.uniform(np.log(3.0), np.log(40.0))))
    if kind == 1:
        return 0.5 + 0.5 * np.sin(2 * np.pi * along / period + 4 * base)
    if kind == 2:
        across = -xs * np.sin(angle) + ys * np.cos(angle)
        checks = (np.floor(along / period) + np.floor(across / period)) % 2
        return (0.8 * checks + 0.2 * base).astype(np.float32)
    if kind == 3:
        levels = random.integers(3, 9)
        return np.floor(base * levels) / levels
    if kind == 4:
        speckle = random.random((size, size)).astype(np.float32)
        return cv2.GaussianBlur(speckle, (0, 0), random.uniform(0.4, 1.5)) * 0.7 + 0.3 * base
    # Smooth shading without detail.
    return fractal_noise(random, size, 0.3, 2)


def texture(random: np.random.Generator, photographs: List[np.ndarray], size: int,
            blank_share: float = 0.18) -> np.ndarray:
    """Texture of one surface, [size, size] in [0, 1]; 70 % from photographs if there are any.

    A share of blank_share is nearly blank (contrast below 0.08), and a third of the others fade to
    blank in places: the network must learn to fill blank regions from their surroundings.
    """
    if photographs and random.random() < 0.7:
        patch = photograph_patch(random, photographs[random.integers(len(photographs))], size)
    else:
        patch = procedural(random, size).astype(np.float32)
    mean = float(patch.mean())
    level = random.uniform(0.15, 0.85)
    if random.random() < blank_share:
        contrast = float(np.exp(random.uniform(np.log(0.004), np.log(0.08))))
        shading = 0.25 * random.random() * (fractal_noise(random, size, 0.3, 2) - 0.5)
        return np.clip(level + contrast * (patch - mean) + shading, 0.01, 1.0)
    contrast = np.float32(np.exp(random.uniform(np.log(0.35), np.log(1.5))))
    detail = contrast * (patch - mean)
    if random.random() < 0.33:
        fade = fractal_noise(random, size, 0.4, 3)
        edge, width = random.uniform(0.3, 0.65), random.uniform(0.03, 0.3)
        detail = detail * np.clip((fade - edge) / width, random.uniform(0, 0.05), 1.0)
        return np.clip(level + detail, 0.01, 1.0)
    keep = random.uniform(0.3, 1.0)
    return np.clip(keep * mean + (1 - keep) * level + detail, 0.01, 1.0)
