"""Imperfections of real lenses and cameras: blur shapes, misregistration, exposure, highlights.

All have a random strength and are often absent, so that clean stacks remain part of the training.
"""

from dataclasses import replace

import cv2
import numpy as np

from .render import Optics, random_optics
from .scenes import Scene

RESIDUAL_SHIFT = 0.7  # pixels; largest misregistration of a frame
RESIDUAL_BREATHING = 0.006  # largest remaining change of magnification over a sweep
POWERS = (2.0, 32.0)


def random_lens(random: np.random.Generator) -> Optics:
    """Random optics: blurs exp(-r^p) in half of the scenes, otherwise random_optics(); some with
    spherical aberration, some with mechanical vignetting."""
    optics = random_optics(random)
    if random.random() < 0.5:
        power = float(np.exp(random.uniform(*np.log(POWERS))))
        optics = replace(optics, aperture="power", power=power, linear=True)
    if optics.aperture == "views":
        return optics
    if random.random() < 0.3:
        optics = replace(optics, aberration=float(random.uniform(-0.9, 0.9)))
    if random.random() < 0.25:
        optics = replace(optics, cat_eye=float(random.uniform(0.1, 0.8)),
                         cat_angle=float(random.uniform(0, 2 * np.pi)))
    return optics


def add_highlights(random: np.random.Generator, colour: np.ndarray, blank: bool) -> np.ndarray:
    """Adds small lamps and glints to a surface, up to 30 times as bright as white in linear light.

    Out of focus each becomes a bright disc over its surroundings. blank: remove nearly all texture of
    the surface, so that the discs have the only edges.
    """
    if blank:
        colour = colour.mean() + np.float32(random.uniform(0.0, 0.06)) * (colour - colour.mean())
    colour = colour.astype(np.float32).copy()
    height, width = colour.shape
    for _ in range(int(random.integers(1, 13))):
        spot = np.zeros((height, width), np.float32)
        at = (random.uniform(0, [width, height]) * 16).astype(int)
        radius = int(16 * np.exp(random.uniform(np.log(0.6), np.log(3.0))))
        cv2.circle(spot, (int(at[0]), int(at[1])), radius, 1.0, -1, cv2.LINE_AA, 4)
        bright = float(np.exp(random.uniform(np.log(1.0), np.log(4.7))))  # 4.7^2.2 = 30
        colour = colour * (1 - spot) + bright * spot
    return np.maximum(colour, 0.004).astype(np.float32)


def highlighted(random: np.random.Generator, scene: Scene) -> Scene:
    """The scene with highlights on up to three surfaces, 60 % of them made blank."""
    surfaces = list(scene.surfaces)
    for _ in range(int(random.integers(1, 4))):
        index = int(random.integers(len(surfaces)))
        lit = add_highlights(random, surfaces[index].colour, bool(random.random() < 0.6))
        surfaces[index] = replace(surfaces[index], colour=lit)
    return Scene(surfaces)


def disturbed_camera(random: np.random.Generator, stack: np.ndarray, noise: float) -> np.ndarray:
    """Applies a real camera to a clean stack: exposure changes, noise, 8 bits, imperfect registration.

    stack float32 [Z, H, W] in [0, 1]; noise as in render.camera(). Returns uint8 [Z, H, W].
    """
    planes = len(stack)
    seen = stack * _exposures(random, planes)[:, None, None]
    seen = seen + np.float32(random.uniform(-0.03, 0.06))
    moves = _moves(random, planes, stack.shape[1:])
    # Half of the stacks are resampled after the noise, like by a registration.
    resampled = random.random() < 0.5
    detour = random.uniform(-0.5, 0.5, (planes, 2)) if resampled else np.zeros((planes, 2))
    if moves is not None or resampled:
        seen = _warp(seen, moves, detour)
    shot = random.uniform(0, 1.0)
    spread = noise * np.sqrt(1 + 2 * shot * np.clip(seen, 0, 1)).astype(np.float32)
    seen = seen + spread * random.standard_normal(seen.shape, dtype=np.float32)
    coded = np.clip(np.rint(seen * 255), 0, 255).astype(np.uint8)
    if resampled:
        back = _warp(coded.astype(np.float32), None, -detour)
        coded = np.clip(np.rint(back), 0, 255).astype(np.uint8)
    return coded


def _exposures(random: np.random.Generator, planes: int) -> np.ndarray:
    """Gain of every plane: a common gain, flicker and, in a quarter of the stacks, one or two steps."""
    flicker = 0.02 if random.random() < 0.85 else 0.08
    gains = random.uniform(0.5, 1.25) * (
        1 + random.uniform(0, flicker) * random.standard_normal(planes))
    if random.random() < 0.25:
        for _ in range(int(random.integers(1, 3))):
            gains[int(random.integers(0, planes)):] *= np.exp(random.normal(0, 0.12))
    return np.maximum(gains, 0.1).astype(np.float32)


def _moves(random: np.random.Generator, planes: int, shape):
    """Affine matrices [Z, 2, 3] of the residual shifts and breathing, or None."""
    strength = random.uniform(0, RESIDUAL_SHIFT) if random.random() < 0.5 else 0.0
    breathing = 0.0
    if random.random() < 0.5:
        breathing = random.uniform(-RESIDUAL_BREATHING, RESIDUAL_BREATHING)
    if not strength and not breathing:
        return None
    angles = random.uniform(0, 2 * np.pi, planes)
    lengths = strength * np.sqrt(random.random(planes))
    shifts = np.stack([np.cos(angles), np.sin(angles)], 1) * lengths[:, None]
    if random.random() < 0.3:
        # A linear drift instead of random shifts.
        steps = np.linspace(-1, 1, planes)[:, None]
        shifts = steps * strength * np.array([np.cos(angles[0]), np.sin(angles[0])])
    middle = np.array(shape[::-1]) * random.uniform(0.0, 1.0, 2)
    matrices = np.zeros((planes, 2, 3))
    for index in range(planes):
        scale = 1 + breathing * (index / max(planes - 1, 1) - 0.5)
        matrices[index, 0, 0] = matrices[index, 1, 1] = scale
        matrices[index, :, 2] = (1 - scale) * middle + shifts[index]
    return matrices


def _warp(stack: np.ndarray, matrices, shifts: np.ndarray) -> np.ndarray:
    """Warps each plane by its matrix (if any) and its shift, with bicubic interpolation."""
    height, width = stack.shape[1:]
    moved = np.empty_like(stack)
    for index, plane in enumerate(stack):
        matrix = np.eye(2, 3) if matrices is None else matrices[index].copy()
        matrix[:, 2] += shifts[index]
        moved[index] = cv2.warpAffine(plane, matrix, (width, height), flags=cv2.INTER_CUBIC,
                                      borderMode=cv2.BORDER_REPLICATE)
    return moved
