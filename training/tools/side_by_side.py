"""Draws the depth maps of several models side by side, from the output of eval.

    bin/rackfocus eval STACKS_DIR --model all --out MAPS
    python3 tools/side_by_side.py --stacks STACKS_DIR --maps MAPS --out models.png

One row per stack: an all-in-focus image, the ground truth if known, then the map of each model (nearer
is redder, same scale within a row) with the error in planes below it. Models are in the order of
--models, or sorted by folder name.
"""

import argparse
import os
import sys

import cv2
import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402 (the backend must be chosen first)
import numpy as np  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from rackfocus_training.metrics import planes_of  # noqa: E402 (path set above)
from rackfocus_training.stacks import FocalStack, read_pfm, read_stack, stack_folders  # noqa: E402

ERROR_RANGE = 2.0  # planes


def sharpest_pixels(stack: FocalStack) -> np.ndarray:
    """All-in-focus image for display: luma of the plane that is locally sharpest."""
    energy = [cv2.boxFilter(np.abs(cv2.Laplacian(plane.astype(np.float32), cv2.CV_32F)), -1, (9, 9))
              for plane in stack.luma]
    best = np.argmax(np.stack(energy), axis=0)
    return np.take_along_axis(stack.luma, best[None], 0)[0]


def map_in_planes(stack: FocalStack, path: str) -> np.ndarray:
    """A depth map of eval in plane numbers, 0 the farthest."""
    depth = read_pfm(path).astype(np.float64)
    if depth.shape != stack.luma.shape[1:]:
        raise ValueError(f"{path}: expected {stack.luma.shape[1:]}, found {depth.shape}")
    reading = 1 / depth if stack.unit == "dioptre" else depth
    return planes_of(stack.axis, reading)


def cell(axis, image: np.ndarray, title: str, **how) -> None:
    axis.imshow(image, interpolation="nearest", **how)
    axis.set_xticks([])
    axis.set_yticks([])
    axis.set_title(title, fontsize=7, pad=2)


def draw_row(axes, stack: FocalStack, models, maps: str) -> None:
    """Two rows of axes: maps above, errors below."""
    scale = {"cmap": "turbo", "vmin": 0, "vmax": len(stack.axis) - 1}
    known = stack.truth is not None
    truth = planes_of(stack.axis, stack.truth) if known else None
    cell(axes[0][0], sharpest_pixels(stack), stack.name, cmap="gray", vmin=0, vmax=255)
    if known:
        cell(axes[1][0], truth, "truth", **scale)
    else:
        axes[1][0].axis("off")
    for column, model in enumerate(models, start=1):
        found = map_in_planes(stack, os.path.join(maps, model, stack.name + ".pfm"))
        cell(axes[0][column], found, model, **scale)
        if not known:
            axes[1][column].axis("off")
            continue
        if stack.unit == "index":
            # Truth known up to scale and offset: compare after the affine fit, like eval.
            here = np.isfinite(truth)
            found = np.polyval(np.polyfit(found[here], truth[here], 1), found)
        error = np.abs(found - truth)
        cell(axes[1][column], error, f"error {np.nanmean(error):.3f} planes", cmap="magma", vmin=0,
             vmax=ERROR_RANGE)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stacks", required=True)
    parser.add_argument("--maps", required=True, help="folder that eval --out wrote")
    parser.add_argument("--models", nargs="+", default=None)
    parser.add_argument("--only", nargs="+", default=None, help="names of the stacks to draw")
    parser.add_argument("--out", required=True, help="PNG to write")
    arguments = parser.parse_args()
    folders = [f for f in stack_folders(arguments.stacks)
               if arguments.only is None or os.path.basename(f) in arguments.only]
    if not folders:
        sys.exit(f"{arguments.stacks}: expected stack folders, found none of the requested ones")
    models = arguments.models or sorted(
        name for name in os.listdir(arguments.maps)
        if os.path.isdir(os.path.join(arguments.maps, name)) and not name.startswith("noise-"))
    stacks = [read_stack(folder) for folder in folders]
    height, width = stacks[0].luma.shape[1:]
    size = (1.9 * (len(models) + 1), 2 * len(stacks) * (1.9 * height / width + 0.17))
    figure, axes = pyplot.subplots(2 * len(stacks), len(models) + 1, figsize=size, squeeze=False)
    for row, stack in enumerate(stacks):
        draw_row(axes[2 * row:2 * row + 2], stack, models, arguments.maps)
    figure.tight_layout(pad=0.3)
    figure.savefig(arguments.out, dpi=100)
    print(f"{arguments.out}: {len(stacks)} stacks, {', '.join(models)}")


if __name__ == "__main__":
    main()
