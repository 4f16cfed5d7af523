"""A pool of rendered scenes on disk, written by worker processes while training reads it.

Rendering costs about 0.1 s a scene and a training step reads eight, so scenes are rendered ahead
into shards and used several times; workers replace the oldest shard once the pool is full. A shard
is one .npz of SHARD_SCENES scenes with the same number of planes:
  luma      uint8   [N, Z, S, S]             what the camera gave, noise and quantisation included
  measures  float16 [N, Z, 12, S/4, S/4]     log focus measures of it (see features.py)
  truth     float16 [N, S, S]                position in [0, 1]
  focus     float32 [N, Z]                   readings, increasing, 0 to 1
Measures are baked in because computing them costs as much as a training step.

Run: python -m rackfocus_training.pool --folder runs/pool --textures DIR --worker 0
"""

import argparse
import os
import time
from typing import Dict, List

import numpy as np
import torch

from .features import log_measures
from .render import (Optics, camera, random_focus, random_optics, render,
                     render_without_occlusion)
from .scenes import RECIPES, Recipe, random_scene
from .textures import load_photographs

SHARD_SCENES = 32
CROP = 192
MARGIN = 20
PLANES = ((0.10, (5, 7)), (0.50, (8, 12)), (0.20, (13, 18)), (0.20, (20, 30)))


def random_planes(random: np.random.Generator) -> int:
    """Planes of a shard: 5 to 30, half of them 8 to 12."""
    draw = random.random()
    for share, (low, high) in PLANES:
        if draw < share:
            return int(random.integers(low, high + 1))
        draw -= share
    return 10


def bake(random: np.random.Generator, photographs: List[np.ndarray], planes: int,
         scenes: int = SHARD_SCENES, validation: bool = False, crop: int = CROP,
         recipe: Recipe = Recipe()) -> Dict[str, np.ndarray]:
    """Renders one shard. Validation scenes come from another setting of the renderer: full-resolution
    blur, finer layers, and a third of hexagonal apertures, which training never sees."""
    shard = {
        "luma": np.empty((scenes, planes, crop, crop), np.uint8),
        "measures": np.empty((scenes, planes, 12, crop // 4, crop // 4), np.float16),
        "truth": np.empty((scenes, crop, crop), np.float16),
        "focus": np.empty((scenes, planes), np.float32),
    }
    for index in range(scenes):
        scene = random_scene(random, photographs, crop + 2 * MARGIN, recipe)
        focus = random_focus(random, planes)
        optics = random_optics(random)
        if validation:
            aperture = "hexagon" if random.random() < 0.33 else optics.aperture
            optics = Optics(aperture, optics.blur_radius, optics.views, optics.gamma,
                            optics.linear, exact=True, layer_pixels=0.3)
        see = render if recipe.occlusion else render_without_occlusion
        clean = see(scene, focus, optics, MARGIN)
        noise = float(np.exp(random.uniform(*np.log(recipe.noise))))
        shard["luma"][index] = camera(random, clean, noise)
        luma = torch.from_numpy(shard["luma"][index][:, None]).float() / 255
        with torch.no_grad():
            shard["measures"][index] = log_measures(luma).numpy()
        truth = scene.truth()[MARGIN:-MARGIN, MARGIN:-MARGIN]
        if not recipe.sub_plane:
            truth = focus[np.abs(truth[None] - focus[:, None, None]).argmin(0)]
        shard["truth"][index] = np.clip(truth, 0, 1)
        shard["focus"][index] = focus
    return shard


def write_shard(folder: str, name: str, shard: Dict[str, np.ndarray]) -> None:
    """Writes a shard whole or not at all: readers never see half a file."""
    path = os.path.join(folder, name)
    with open(path + ".part", "wb") as file:
        np.savez(file, **shard)
    os.replace(path + ".part", path)


def shards(folder: str) -> List[str]:
    """Paths of the complete shards, oldest first."""
    paths = [os.path.join(folder, n) for n in os.listdir(folder) if n.endswith(".npz")]
    return sorted(paths, key=os.path.getmtime)


def folder_bytes(paths: List[str]) -> int:
    """Size of the given files together."""
    return sum(os.path.getsize(p) for p in paths)


def work(folder: str, textures: str, worker: int, limit_bytes: float, count: int, seed: int,
         pause: float, recipe: Recipe = Recipe()) -> None:
    """Renders shards until count are written; above limit_bytes the oldest shard goes first.

    pause: seconds to sleep after each shard once the limit is reached, so that renewing the pool
    leaves the cores to training.
    """
    torch.set_num_threads(1)
    os.makedirs(folder, exist_ok=True)
    photographs = load_photographs(textures, validation=False)
    for index in range(count):
        name = f"w{worker}-{index:06d}.npz"
        if os.path.exists(os.path.join(folder, name)):
            continue
        random = np.random.default_rng([seed, worker, index])
        planes = random_planes(random)
        write_shard(folder, name, bake(random, photographs, planes, recipe=recipe))
        full = False
        present = shards(folder)
        while folder_bytes(present) > limit_bytes:
            os.remove(present.pop(0))
            full = True
        if full:
            time.sleep(pause)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", required=True)
    parser.add_argument("--textures", default=None, help="folder of photographs")
    parser.add_argument("--worker", type=int, default=0)
    parser.add_argument("--count", type=int, default=1_000_000, help="shards to write")
    parser.add_argument("--limit-gb", type=float, default=8.0)
    parser.add_argument("--pause", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=20261120)
    parser.add_argument("--recipe", choices=sorted(RECIPES), default="base",
                        help="what scenes are made of; others than base are for the ablation")
    parser.add_argument("--validation", action="store_true",
                        help="write the two validation sets (10 and 24 planes) and end")
    arguments = parser.parse_args()
    if arguments.validation:
        torch.set_num_threads(1)
        os.makedirs(arguments.folder, exist_ok=True)
        photographs = load_photographs(arguments.textures, validation=True)
        for planes in (10, 24):
            random = np.random.default_rng([arguments.seed, 7, planes])
            write_shard(arguments.folder, f"validation-{planes}.npz",
                        bake(random, photographs, planes, 48, True))
        return
    work(arguments.folder, arguments.textures, arguments.worker, arguments.limit_gb * 1e9,
         arguments.count, arguments.seed, arguments.pause, RECIPES[arguments.recipe])


if __name__ == "__main__":
    main()
