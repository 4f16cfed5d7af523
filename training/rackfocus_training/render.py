"""Thin-lens renderer: computes a focal stack from a scene, a sweep and an aperture.

A point at position p has a blur of radius R |p - u| pixels when the lens is focused at u. R is the blur
over the whole sweep: a thin lens is linear in dioptres. Light is added in linear intensities. Surfaces
are cut into layers of nearly equal blur and composited back to front. The light and the coverage of
each layer are blurred with the same kernel, so that the hidden background shows through a blurred near
edge, as with a real aperture.
"""

import math
from dataclasses import dataclass
from typing import Tuple

import cv2
import numpy as np
import torch
import torch.nn.functional as functional

from .scenes import Scene, Surface

APERTURES = ("disc", "gaussian", "hexagon", "views", "power")


@dataclass(frozen=True)
class Optics:
    """blur_radius: in pixels, over the whole sweep. views: the aperture "views" has views x views
    pinholes, as in stacks computed from light fields by shift and add. linear: add light in linear
    intensities (like a camera) instead of gamma-coded values (like public light-field stacks). exact:
    blur large radii at full resolution too (slower; for validation). power: exponent p of the aperture
    "power", whose blur is exp(-r^p): 2 is a Gaussian, 32 nearly a disc. aberration: spherical
    aberration in [-1, 1]; the blur is a ring on one side of focus and a blob on the other. cat_eye:
    mechanical vignetting towards the corners of an image: displacement of a second rim that clips the
    aperture, relative to the radius, in the direction cat_angle."""

    aperture: str
    blur_radius: float
    views: int = 9
    gamma: float = 2.2
    linear: bool = True
    exact: bool = False
    layer_pixels: float = 0.5
    power: float = 2.0
    aberration: float = 0.0
    cat_eye: float = 0.0
    cat_angle: float = 0.0


def aperture_kernels(optics: Optics, radii: np.ndarray) -> torch.Tensor:
    """Point-spread functions of the given radii (pixels). All have the standard deviation of a disc, r/2
    per axis.

    Radii are negative where the lens is focused nearer than the point; only asymmetric lenses depend on
    the sign. Returns [n, 1, k, k], each of sum 1, k odd and large enough for the largest
    radius.
    """
    side = np.where(radii < 0, -1.0, 1.0).astype(np.float32)[:, None, None]
    radii = np.abs(radii)
    reach = {"gaussian": 1.25, "views": 0.87, "hexagon": 1.1, "power": 1.25}.get(optics.aperture,
                                                                                 1.0)
    half = int(np.ceil(float(radii.max()) * reach + 0.5))
    axis = np.arange(-half, half + 1, dtype=np.float32)
    xs, ys = axis[None, None, :], axis[None, :, None]
    r = radii.astype(np.float32)[:, None, None]
    if optics.aperture == "disc":
        kernels = np.clip(r + 0.5 - np.hypot(xs, ys), 0, 1)
    elif optics.aperture == "gaussian":
        sigma = np.maximum(r / 2, 0.12)
        kernels = np.exp(-(xs**2 + ys**2) / (2 * sigma**2))
    elif optics.aperture == "hexagon":
        norm = np.maximum(np.abs(xs), np.maximum(np.abs(0.5 * xs + 0.866 * ys),
                                                 np.abs(0.5 * xs - 0.866 * ys)))
        kernels = np.clip(0.95 * r + 0.5 - norm, 0, 1)
    elif optics.aperture == "power":
        kernels = _power_kernels(np.hypot(xs, ys), r, optics.power)
    else:
        # Separable; pinholes are interpolated linearly between pixels.
        offsets = np.linspace(-1, 1, optics.views, dtype=np.float32)
        points = 0.87 * radii.astype(np.float32)[:, None] * offsets
        line = np.clip(1 - np.abs(axis[None, :, None] - points[:, None, :]), 0, 1).sum(-1)
        kernels = line[:, :, None] * line[:, None, :]
    if optics.aberration:
        rim = np.clip(np.hypot(xs, ys) / np.maximum(r, 0.5), 0, 1.1)
        kernels = kernels * np.clip(1 + side * optics.aberration * (2 * rim**2 - 1), 0.02, None)
    if optics.cat_eye:
        shift = side * optics.cat_eye * r
        distance = np.hypot(xs - shift * np.cos(optics.cat_angle),
                            ys - shift * np.sin(optics.cat_angle))
        kernels = kernels * np.clip(r + 0.5 - distance, 0, 1)
    kernels = kernels / kernels.sum((1, 2), keepdims=True)
    return torch.from_numpy(kernels.astype(np.float32)[:, None])


def _power_kernels(distance: np.ndarray, radius: np.ndarray, power: float) -> np.ndarray:
    """exp(-(distance / a)^p), where a gives the standard deviation of a disc.

    p is reduced for small blurs, whose edge would be sharper than a pixel.
    """
    sharpest = np.clip(2.2 * radius, 2.0, power)
    log_gamma = np.vectorize(math.lgamma, otypes=[np.float32])
    scale = radius * np.exp(0.5 * (log_gamma(2 / sharpest) - log_gamma(4 / sharpest))) / np.sqrt(2)
    return np.exp(-np.minimum((distance / np.maximum(scale, 0.17)) ** sharpest, 80.0))


def _blur(light: torch.Tensor, radii: np.ndarray, optics: Optics) -> torch.Tensor:
    """light [2, 1, h, w] (intensity times coverage, coverage) to [2, Z, h, w], blurred for every plane.

    radii: pixels, [Z], signed as for aperture_kernels().
    """
    sizes = np.abs(radii)
    height, width = light.shape[2:]
    result = torch.empty(2, len(radii), height, width)
    # (minimum radius, reduction, 4 times the variance in pixels² added by the resampling).
    steps = [(0.0, 1, 0.0)] if optics.exact else [(0.0, 1, 0.0), (3.5, 2, 3.7), (8.0, 4, 15.7)]
    for index, (start, reduction, added) in enumerate(steps):
        stop = steps[index + 1][0] if index + 1 < len(steps) else np.inf
        chosen = np.flatnonzero((sizes >= start) & (sizes < stop))
        if len(chosen) == 0:
            continue
        source = functional.avg_pool2d(light, reduction) if reduction > 1 else light
        effective = np.sqrt(np.maximum(sizes[chosen] ** 2 - added, 0.0)) / reduction
        effective = np.copysign(effective, radii[chosen])
        kernels = aperture_kernels(optics, effective)
        half = kernels.shape[-1] // 2
        blurred = functional.conv2d(functional.pad(source, (half,) * 4, mode="replicate")
                                    if half < min(source.shape[2:]) else
                                    functional.pad(source, (half,) * 4), kernels)
        if reduction > 1:
            blurred = functional.interpolate(blurred, size=(height, width), mode="bilinear",
                                             align_corners=False)
        result[:, chosen] = blurred
    return result


def _box(mask: np.ndarray, margin: int) -> Tuple[int, int, int, int]:
    """Bounding box (top, bottom, left, right; multiples of 4) of the mask and its blur."""
    rows, columns = np.flatnonzero(mask.max(1) > 0), np.flatnonzero(mask.max(0) > 0)
    top, left = max(0, rows[0] - margin) // 4 * 4, max(0, columns[0] - margin) // 4 * 4
    bottom = min(mask.shape[0], -(-(rows[-1] + 1 + margin) // 4) * 4)
    right = min(mask.shape[1], -(-(columns[-1] + 1 + margin) // 4) * 4)
    return top, bottom, left, right


def _paint(canvas: torch.Tensor, surface: Surface, focus: np.ndarray, optics: Optics) -> None:
    """Composites one surface over canvas [Z, H, W] (linear light), layer by layer, farthest first.

    Each layer also covers all nearer parts of the surface, so that the surface itself, and not the
    background, shows through the half-transparent edge of the next layer.
    """
    inside = surface.mask > 0
    positions = surface.position[inside]
    low, high = float(positions.min()), float(positions.max())
    layers = max(1, int(np.ceil((high - low) * optics.blur_radius / optics.layer_pixels)))
    depth = (surface.position - low) / max((high - low) / layers, 1e-6)
    light = surface.colour**optics.gamma if optics.linear else surface.colour
    for layer in range(layers + 1 if layers > 1 else 1):
        # The nearer layer fades in between two layers: intermediate blurs are mixed linearly.
        mask = surface.mask * (np.clip(depth - layer + 1, 0, 1) if layer else 1.0)
        if mask.max() <= 0:
            continue
        position = low + layer * (high - low) / layers if layers > 1 else (low + high) / 2
        radii = optics.blur_radius * (position - focus)
        top, bottom, left, right = _box(mask, int(np.ceil(np.abs(radii).max() * 1.3)) + 1)
        cut = (slice(top, bottom), slice(left, right))
        pair = torch.from_numpy(np.stack([light[cut] * mask[cut], mask[cut]])[:, None])
        blurred = _blur(pair.float(), radii, optics)
        region = canvas[:, top:bottom, left:right]
        region.mul_(1 - blurred[1]).add_(blurred[0])


def render_without_occlusion(scene: Scene, focus: np.ndarray, optics: Optics, margin: int,
                             levels: int = 12) -> np.ndarray:
    """Like render(), without occlusion: every pixel has the blur of its own depth, and hidden parts stay
    hidden (12 levels of blur per plane). For the ablation only."""
    sharp = scene.surfaces[0].colour.copy()
    for surface in scene.surfaces[1:]:
        sharp = sharp * (1 - surface.mask) + surface.colour * surface.mask
    light = torch.from_numpy((sharp**optics.gamma if optics.linear else sharp)[None, None]).float()
    pair = torch.cat([light, torch.ones_like(light)])
    position = scene.truth()
    planes = []
    with torch.no_grad():
        for reading in focus:
            radius = optics.blur_radius * np.abs(position - reading)
            steps = np.linspace(radius.min(), radius.max(), levels)
            blurred = np.stack([_blur(pair, np.array([step]), optics)[0, 0].numpy()
                                for step in steps])
            nearest = np.abs(radius[None] - steps[:, None, None]).argmin(0)
            planes.append(np.take_along_axis(blurred, nearest[None], 0)[0])
    height, width = position.shape
    stack = np.clip(np.stack(planes), 0, 1)[:, margin:height - margin, margin:width - margin]
    return stack ** (1 / optics.gamma) if optics.linear else stack


def render(scene: Scene, focus: np.ndarray, optics: Optics, margin: int) -> np.ndarray:
    """The focal stack without noise: float32 [Z, H - 2 margin, W - 2 margin], coded (gamma), [0, 1].

    focus: positions of the planes, increasing, first 0, last 1. The margin contributes the
    blur of objects just outside the image.
    """
    height, width = scene.surfaces[0].mask.shape
    canvas = torch.zeros(len(focus), height, width)
    with torch.no_grad():
        for surface in scene.surfaces:
            if surface.mask.max() > 0:
                _paint(canvas, surface, focus, optics)
    return _developed(canvas, optics, margin)


def _developed(canvas: torch.Tensor, optics: Optics, margin: int) -> np.ndarray:
    """Linear light [Z, H, W] to the gamma-coded stack without its margin, clipped to [0, 1]."""
    height, width = canvas.shape[1:]
    stack = canvas.numpy()[:, margin:height - margin, margin:width - margin]
    stack = np.clip(stack, 0, 1)
    return stack ** (1 / optics.gamma) if optics.linear else stack


def random_optics(random: np.random.Generator) -> Optics:
    """Random optics for training: 50 % discs, 15 % Gaussians, 35 % light-field views.

    Blur over the sweep is log-uniform in 2.5 to 24 pixels.
    """
    draw = random.random()
    aperture = "disc" if draw < 0.5 else "gaussian" if draw < 0.65 else "views"
    return Optics(aperture, float(np.exp(random.uniform(np.log(2.5), np.log(24.0)))),
                  views=int(random.choice([5, 7, 9, 9])), gamma=float(random.uniform(1.8, 2.4)),
                  linear=aperture != "views" or random.random() < 0.4)


def random_focus(random: np.random.Generator, planes: int) -> np.ndarray:
    """Readings of one sweep, float32 [planes], from 0 to 1: even, jittered or smoothly uneven."""
    even = np.linspace(0, 1, planes)
    draw = random.random()
    if draw < 0.5:
        jitter = random.uniform(-0.25, 0.25, planes) * (0.3 if draw < 0.25 else 1.0)
        jitter[[0, -1]] = 0
        even = even + jitter / (planes - 1)
    elif draw < 0.65:
        even = even ** random.uniform(0.7, 1.4)
    return even.astype(np.float32)


def camera(random: np.random.Generator, stack: np.ndarray, noise: float) -> np.ndarray:
    """Applies a camera to a clean stack: gain, black level, flicker, breathing, noise, 8 bits.

    noise: standard deviation of the read noise in [0, 1]; photon noise rises with the signal.
    Returns uint8 [Z, H, W].
    """
    planes = len(stack)
    gain = random.uniform(0.5, 1.25)
    black = random.uniform(-0.03, 0.06)
    flicker = 1 + random.uniform(0, 0.02) * random.standard_normal(planes)
    seen = stack * (gain * flicker).astype(np.float32)[:, None, None] + np.float32(black)
    if random.random() < 0.15:
        seen = _breathe(random, seen)
    shot = random.uniform(0, 1.0)
    spread = noise * np.sqrt(1 + 2 * shot * np.clip(seen, 0, 1)).astype(np.float32)
    seen = seen + spread * random.standard_normal(seen.shape, dtype=np.float32)
    return np.clip(np.rint(seen * 255), 0, 255).astype(np.uint8)


def _breathe(random: np.random.Generator, stack: np.ndarray) -> np.ndarray:
    """Magnification change of up to 0.6 % over the sweep, and camera shake of about 0.15 px."""
    planes, height, width = stack.shape
    total = random.uniform(-0.006, 0.006)
    moved = np.empty_like(stack)
    for index in range(planes):
        scale = 1 + total * (index / max(planes - 1, 1) - 0.5)
        shift = random.normal(0, 0.15, 2)
        matrix = np.array([[scale, 0, (1 - scale) * width / 2 + shift[0]],
                           [0, scale, (1 - scale) * height / 2 + shift[1]]], np.float32)
        moved[index] = cv2.warpAffine(stack[index], matrix, (width, height),
                                      borderMode=cv2.BORDER_REPLICATE)
    return moved
