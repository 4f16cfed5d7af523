"""Random scenes: a background and objects in front of it, each a textured surface with a depth.

Depth is a position on the sweep's normalised focus axis (0 farthest plane, 1 nearest). Every
surface is nearer than all that it covers, so that painting back to front is right everywhere.
"""

from dataclasses import dataclass
from typing import List

import cv2
import numpy as np

from .textures import fractal_noise, texture


@dataclass(frozen=True)
class Surface:
    """colour and position float32 [H, W]; mask float32 [H, W], 1 inside, anti-aliased edge."""

    colour: np.ndarray
    position: np.ndarray
    mask: np.ndarray


@dataclass(frozen=True)
class Scene:
    """Surfaces from back to front, the first covers everything."""

    surfaces: List[Surface]

    def truth(self) -> np.ndarray:
        """Position of the surface seen in each pixel, float32 [H, W]."""
        seen = self.surfaces[0].position.copy()
        for surface in self.surfaces[1:]:
            inside = surface.mask > 0.5
            seen[inside] = surface.position[inside]
        return seen


def _grid(size: int):
    ys, xs = np.mgrid[0:size, 0:size].astype(np.float32)
    return xs / size - 0.5, ys / size - 0.5


def _relief(random: np.random.Generator, size: int, span: float) -> np.ndarray:
    """A surface's shape around 0 with a range of about span: plane, waves, dome or steps."""
    xs, ys = _grid(size)
    angle = random.uniform(0, 2 * np.pi)
    slant = xs * np.cos(angle) + ys * np.sin(angle)
    kind = random.random()
    if kind < 0.2:
        return np.zeros((size, size), np.float32)
    if kind < 0.62:
        return span * slant
    if kind < 0.85:
        share = random.uniform(0.2, 0.8)
        field = fractal_noise(random, size, random.uniform(0.25, 0.5), 4) - 0.5
        return span * (share * field + (1 - share) * slant)
    if kind < 0.94:
        cx, cy = random.uniform(-0.3, 0.3, 2)
        dome = np.sqrt(np.clip(1 - 5 * ((xs - cx) ** 2 + (ys - cy) ** 2), 0, 1))
        return span * (dome - 0.5)
    # A corner of two planes, as rooms and boxes have.
    other = random.uniform(0, 2 * np.pi)
    return span * np.minimum(slant, xs * np.cos(other) + ys * np.sin(other))


def _silhouette(random: np.random.Generator, size: int) -> np.ndarray:
    """An object's anti-aliased outline: ellipse, polygon, bars, holes or a blob; [size, size]."""
    scale = 4
    canvas = np.zeros((size, size), np.uint8)
    centre = random.uniform(-0.05, 1.05, 2) * size
    extent = float(np.exp(random.uniform(np.log(0.07), np.log(0.5)))) * size
    kind = random.random()

    def fixed(points):
        return np.round(np.asarray(points) * 2**scale).astype(np.int32)

    if kind < 0.22:
        axes = fixed(extent * random.uniform(0.3, 1.0, 2))
        cv2.ellipse(canvas, tuple(map(int, fixed(centre))), tuple(map(int, axes)),
                    float(random.uniform(0, 180)), 0, 360, 255, -1, cv2.LINE_AA, scale)
    elif kind < 0.55:
        corners = random.integers(3, 8)
        angles = np.sort(random.uniform(0, 2 * np.pi, corners))
        radii = extent * random.uniform(0.4, 1.2, corners)
        points = centre + np.stack([np.cos(angles), np.sin(angles)], 1) * radii[:, None]
        cv2.fillPoly(canvas, [fixed(points)], 255, cv2.LINE_AA, scale)
    elif kind < 0.75:
        _bars(random, canvas, centre, extent, fixed, scale)
    else:
        field = fractal_noise(random, size, random.uniform(0.3, 0.6), 5)
        xs, ys = _grid(size)
        distance = np.hypot(xs - centre[0] / size + 0.5, ys - centre[1] / size + 0.5)
        blob = field - 0.5 + 0.5 * (extent / size - distance) / max(extent / size, 0.1)
        slope = np.hypot(*np.gradient(blob)) + 1e-4
        return np.clip(0.5 + blob / slope, 0, 1).astype(np.float32)
    return canvas.astype(np.float32) / 255.0


def _bars(random, canvas, centre, extent, fixed, scale) -> None:
    """One thin bar, or a grid of parallel ones (fences, pens, leaves of a blind)."""
    angle = random.uniform(0, np.pi)
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    half_width = random.uniform(1.0, 8.0)
    count = 1 if random.random() < 0.6 else int(random.integers(2, 7))
    pitch = half_width * random.uniform(3, 8)
    for index in range(count):
        middle = centre + across * pitch * (index - (count - 1) / 2)
        end = along * extent * random.uniform(0.8, 2.0)
        side = across * half_width
        corners = [middle - end - side, middle + end - side, middle + end + side,
                   middle - end + side]
        cv2.fillPoly(canvas, [fixed(corners)], 255, cv2.LINE_AA, scale)


def random_scene(random: np.random.Generator, photographs: List[np.ndarray], size: int) -> Scene:
    """A scene that fills a random part of the sweep, 1 to 14 surfaces, [size, size] each."""
    share = random.uniform(0.25, 1.0) if random.random() < 0.6 else 1.0
    far = random.uniform(0, 1 - share)
    near = far + share
    room = share * random.uniform(0.0, 0.9)
    position = far + room / 2 + _relief(random, size, room)
    # Now and then a scene reaches past an end of the sweep: the truth is then that end.
    slack = 0.04 if random.random() < 0.15 else 0.0
    position = np.clip(position, max(far, 0.0) - slack, near + slack)
    count = int(random.integers(0, 14))
    blank = 0.35 if random.random() < 0.3 else 0.12
    # A blank background alone says nothing at all: it needs objects to be filled from.
    behind = blank if count > 3 else 0.0
    surfaces = [Surface(texture(random, photographs, size, behind), position.astype(np.float32),
                        np.ones((size, size), np.float32))]
    beneath = position.copy()
    levels = np.sort(random.uniform(0.1, 1.0, count))
    for level in levels:
        mask = _silhouette(random, size)
        if mask.max() < 0.5:
            continue
        span = share * random.uniform(0.0, 0.5)
        own = far + share * level + _relief(random, size, span)
        own = np.clip(np.maximum(own, beneath + 0.01), -slack, 1.0 + slack).astype(np.float32)
        surfaces.append(Surface(texture(random, photographs, size, blank), own, mask))
        beneath = np.where(mask > 0, np.maximum(own, beneath), beneath)
    return Scene(surfaces)
