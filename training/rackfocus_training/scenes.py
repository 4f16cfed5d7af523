"""Random scenes: a background and objects in front of it, each a textured surface with a depth.

Depth is a position on the normalised focus axis of the sweep (0 the farthest plane, 1 the nearest).
Every surface is nearer than everything it covers, so that painting back to front is correct.
"""

from dataclasses import dataclass
from typing import List, Tuple

import cv2
import numpy as np

from .textures import fractal_noise, texture


@dataclass(frozen=True)
class Recipe:
    """Composition of the scenes. The deviations from the default are the variants of ablation.md.

    thin: include rods, rings, lattices and leaves, and vary the share of blank surfaces per scene.
    empty: most scenes leave a part of the sweep empty. occlusion: physically correct mixing of light at
    depth edges. sub_plane: the true depth is continuous instead of rounded to the nearest plane. noise:
    bounds of the read noise's standard deviation (log-uniform, full scale 1). frames: share of scenes
    that are crops of RGB-D frames, if any are given. disturbed: lenses and cameras of disturb.py.
    highlights: share of the other scenes with highlights. planes: distribution of the number of planes
    per shard, as (share, (minimum, maximum)).
    """

    thin: bool = True
    empty: bool = True
    occlusion: bool = True
    sub_plane: bool = True
    noise: Tuple[float, float] = (0.001, 0.03)
    frames: float = 0.0
    disturbed: bool = False
    highlights: float = 0.0
    planes: Tuple[Tuple[float, Tuple[int, int]], ...] = (
        (0.10, (5, 7)), (0.50, (8, 12)), (0.20, (13, 18)), (0.20, (20, 30)))


# base: proximal 1.1. realistic: proximal 2. near: RGB-D frames only, for the confidence head. The others:
# ablation.md.
RECIPES = {
    "base": Recipe(),
    "no-thin": Recipe(thin=False),
    "full-sweep": Recipe(empty=False),
    "no-occlusion": Recipe(occlusion=False),
    "plane-truth": Recipe(sub_plane=False),
    "low-noise": Recipe(noise=(0.001, 0.003)),
    "realistic": Recipe(frames=0.35, disturbed=True, highlights=0.2, planes=(
        (0.06, (3, 4)), (0.14, (5, 7)), (0.42, (8, 12)), (0.16, (13, 18)), (0.14, (19, 28)),
        (0.08, (29, 40)))),
    "near": Recipe(frames=1.0, disturbed=True, noise=(0.001, 0.01), planes=(
        (0.10, (4, 6)), (0.15, (7, 9)), (0.45, (10, 12)), (0.15, (13, 16)), (0.15, (17, 32)))),
}


@dataclass(frozen=True)
class Surface:
    """colour and position float32 [H, W]; mask float32 [H, W], 1 inside, anti-aliased edge."""

    colour: np.ndarray
    position: np.ndarray
    mask: np.ndarray


@dataclass(frozen=True)
class Scene:
    """Surfaces from back to front; the first covers everything."""

    surfaces: List[Surface]

    def truth(self) -> np.ndarray:
        """Position of the visible surface in each pixel, float32 [H, W]."""
        seen = self.surfaces[0].position.copy()
        for surface in self.surfaces[1:]:
            inside = surface.mask > 0.5
            seen[inside] = surface.position[inside]
        return seen


def _grid(size: int):
    ys, xs = np.mgrid[0:size, 0:size].astype(np.float32)
    return xs / size - 0.5, ys / size - 0.5


def _relief(random: np.random.Generator, size: int, span: float) -> np.ndarray:
    """Shape of a surface around 0 with a range of about span: plane, waves, dome or corner."""
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
    # A corner of two planes, as in rooms and boxes.
    other = random.uniform(0, 2 * np.pi)
    return span * np.minimum(slant, xs * np.cos(other) + ys * np.sin(other))


def _silhouette(random: np.random.Generator, size: int, thin: bool = True) -> np.ndarray:
    """An object's anti-aliased outline: ellipse, polygon, bars, ring, lattice, leaves or a blob."""
    scale = 4
    canvas = np.zeros((size, size), np.uint8)
    centre = random.uniform(-0.05, 1.05, 2) * size
    extent = float(np.exp(random.uniform(np.log(0.07), np.log(0.5)))) * size
    kind = random.random()
    if not thin and 0.57 <= kind < 0.81:
        kind = random.uniform(0.0, 0.57)

    def fixed(points):
        return np.round(np.asarray(points) * 2**scale).astype(np.int32)

    if kind < 0.15:
        axes = fixed(extent * random.uniform(0.3, 1.0, 2))
        cv2.ellipse(canvas, tuple(map(int, fixed(centre))), tuple(map(int, axes)),
                    float(random.uniform(0, 180)), 0, 360, 255, -1, cv2.LINE_AA, scale)
    elif kind < 0.42:
        corners = random.integers(3, 8)
        angles = np.sort(random.uniform(0, 2 * np.pi, corners))
        radii = extent * random.uniform(0.4, 1.2, corners)
        points = centre + np.stack([np.cos(angles), np.sin(angles)], 1) * radii[:, None]
        cv2.fillPoly(canvas, [fixed(points)], 255, cv2.LINE_AA, scale)
    elif kind < 0.57:
        _bars(random, canvas, centre, extent, fixed, scale)
    elif kind < 0.65:
        _ring(random, canvas, centre, extent, fixed, scale)
    elif kind < 0.73:
        _lattice(random, canvas, centre, extent, fixed, scale)
    elif kind < 0.81:
        _leaves(random, canvas, centre, extent, fixed, scale)
    else:
        field = fractal_noise(random, size, random.uniform(0.3, 0.6), 5)
        xs, ys = _grid(size)
        distance = np.hypot(xs - centre[0] / size + 0.5, ys - centre[1] / size + 0.5)
        blob = field - 0.5 + 0.5 * (extent / size - distance) / max(extent / size, 0.1)
        slope = np.hypot(*np.gradient(blob)) + 1e-4
        return np.clip(0.5 + blob / slope, 0, 1).astype(np.float32)
    return canvas.astype(np.float32) / 255.0


def _bars(random, canvas, centre, extent, fixed, scale) -> None:
    """One thin bar, or several parallel ones (fences, pens, slats)."""
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


def _ring(random, canvas, centre, extent, fixed, scale) -> None:
    """An ellipse with an elliptic hole: handles, wheels, rims."""
    axes = extent * random.uniform(0.4, 1.0, 2)
    angle = float(random.uniform(0, 180))
    for share, value in ((1.0, 255), (random.uniform(0.5, 0.92), 0)):
        cv2.ellipse(canvas, tuple(map(int, fixed(centre))), tuple(map(int, fixed(axes * share))),
                    angle, 0, 360, value, -1, cv2.LINE_AA, scale)


def _lattice(random, canvas, centre, extent, fixed, scale) -> None:
    """Two crossing sets of thin bars (crates, grilles, racks) that show the background."""
    angle, turn = random.uniform(0, np.pi), random.uniform(0.6, 1.57)
    half_width = random.uniform(0.8, 4.0)
    pitch = half_width * random.uniform(3.5, 10)
    reach = min(12, int(extent / pitch) + 1)
    for direction in (angle, angle + turn):
        along = np.array([np.cos(direction), np.sin(direction)])
        across = np.array([-along[1], along[0]])
        for index in range(-reach, reach + 1):
            middle, end, side = centre + across * pitch * index, along * extent, across * half_width
            corners = [middle - end - side, middle + end - side, middle + end + side,
                       middle - end + side]
            cv2.fillPoly(canvas, [fixed(corners)], 255, cv2.LINE_AA, scale)


def _leaves(random, canvas, centre, extent, fixed, scale) -> None:
    """Many small ellipses scattered around a centre: leaves, gravel, screws."""
    for _ in range(int(random.integers(6, 40))):
        at = centre + extent * random.normal(0, 0.45, 2)
        axes = fixed(random.uniform(1.5, 8.0) * random.uniform(0.3, 1.0, 2))
        cv2.ellipse(canvas, tuple(map(int, fixed(at))), tuple(map(int, np.maximum(axes, 12))),
                    float(random.uniform(0, 180)), 0, 360, 255, -1, cv2.LINE_AA, scale)


def _fan(random: np.random.Generator, size: int, photographs: List[np.ndarray], blank: float,
         low: float, span: float) -> List[Surface]:
    """Rods that diverge from one place (pens in a cup, pins, stalks), shaded like cylinders, each with its
    own slanted depth. Farthest first."""
    foot = random.uniform(0.1, 0.9, 2) * size
    lean = random.uniform(0, 2 * np.pi)
    levels = np.sort(random.uniform(0, 1, int(random.integers(2, 8))))
    rods = []
    for level in levels:
        angle = lean + random.normal(0, 0.5)
        along = np.array([np.cos(angle), np.sin(angle)])
        across = np.array([-along[1], along[0]])
        length, half_width = random.uniform(0.2, 0.8) * size, random.uniform(1.0, 9.0)
        start = foot + random.normal(0, 0.04, 2) * size
        tip = random.uniform(0.1, 1.0)
        end, side = along * length, across * half_width
        corners = np.array([start - side, start + end - side * tip, start + end + side * tip,
                            start + side])
        mask = np.zeros((size, size), np.uint8)
        cv2.fillPoly(mask, [np.round(corners * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        ys, xs = np.mgrid[0:size, 0:size].astype(np.float32)
        forth = ((xs - start[0]) * along[0] + (ys - start[1]) * along[1]) / length
        beside = ((xs - start[0]) * across[0] + (ys - start[1]) * across[1]) / half_width
        colour = texture(random, photographs, size, blank)
        if random.random() < 0.7:
            bend = np.sqrt(np.clip(1 - (0.95 * np.clip(beside, -1, 1)) ** 2, 0, 1))
            colour = np.clip(colour * (1 - random.uniform(0.2, 0.7) * (1 - bend)), 0.01, 1.0)
        slope = span * random.uniform(-0.5, 0.5)
        depth = low + span * level + slope * (np.clip(forth, 0, 1) - 0.5)
        rods.append(Surface(colour.astype(np.float32), depth.astype(np.float32),
                            mask.astype(np.float32) / 255.0))
    return rods


def random_scene(random: np.random.Generator, photographs: List[np.ndarray], size: int,
                 recipe: Recipe = Recipe()) -> Scene:
    """A scene of 1 to 21 surfaces, [size, size] each, that fills a random part of the sweep."""
    share = random.uniform(0.25, 1.0) if recipe.empty and random.random() < 0.6 else 1.0
    far = random.uniform(0, 1 - share)
    near = far + share
    room = share * random.uniform(0.0, 0.9)
    position = far + room / 2 + _relief(random, size, room)
    # Some scenes extend beyond an end of the sweep; the truth is then clipped to that end.
    slack = 0.04 if random.random() < 0.15 else 0.0
    position = np.clip(position, max(far, 0.0) - slack, near + slack)
    count = int(random.integers(0, 14))
    # The share of blank surfaces varies from scene to scene.
    blank = float(random.uniform(0.05, 0.65) if recipe.thin else random.choice([0.12, 0.35]))
    # A blank background without objects cannot be solved.
    behind = 0.6 * blank if count > 3 else 0.0
    surfaces = [Surface(texture(random, photographs, size, behind), position.astype(np.float32),
                        np.ones((size, size), np.float32))]
    beneath = position.copy()
    objects = []
    for level in random.uniform(0.1, 1.0, count):
        mask = _silhouette(random, size, recipe.thin)
        span = share * random.uniform(0.0, 0.5)
        own = far + share * level + _relief(random, size, span)
        objects.append((level, Surface(texture(random, photographs, size, blank), own, mask)))
    if recipe.thin and random.random() < 0.3:
        low, reach = random.uniform(0.1, 0.7), random.uniform(0.05, 0.3)
        rods = _fan(random, size, photographs, blank, far + share * low, share * reach)
        objects += [(low + reach * index / len(rods), rod) for index, rod in enumerate(rods)]
    for _, surface in sorted(objects, key=lambda pair: pair[0]):
        if surface.mask.max() < 0.5:
            continue
        own = np.maximum(surface.position, beneath + 0.01)
        own = np.clip(own, -slack, 1.0 + slack).astype(np.float32)
        surfaces.append(Surface(surface.colour, own, surface.mask))
        beneath = np.where(surface.mask > 0, np.maximum(own, beneath), beneath)
    return Scene(surfaces)
