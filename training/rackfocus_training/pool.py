"""A pool of rendered scenes on disk. Worker processes write it while training reads it.

A scene takes about 0.1 s to render and a training step needs eight, so scenes are rendered ahead and
used several times. Once the pool is full, workers replace the oldest shard. A shard is an .npz file of
SHARD_SCENES scenes with the same number of planes:
  luma      uint8   [N, Z, S, S]             camera images, with noise and quantisation
  measures  float16 [N, Z, 12, S/4, S/4]     their log focus measures (see features.py)
  truth     float16 [N, S, S]                position in [0, 1]
  focus     float32 [N, Z]                   readings, increasing, 0 to 1
Measures are stored because computing them takes as long as a training step.

Run: python -m rackfocus_training.pool --folder runs/pool --textures DIR --worker 0
"""

import argparse
import os
import time
from dataclasses import replace
from typing import Dict, List, Optional, Sequence, Union

import numpy as np
import torch

from .disturb import disturbed_camera, highlighted, random_lens
from .features import log_measures
from .frames import Crop, Frame, load_frames, random_crop, render_crop
from .render import camera, random_focus, random_optics, render, render_without_occlusion
from .scenes import RECIPES, Recipe, Scene, random_scene
from .textures import load_photographs

SHARD_SCENES = 32
CROP = 192
MARGIN = 20


def random_planes(random: np.random.Generator, recipe: Recipe = Recipe()) -> int:
    """Random number of planes of a shard."""
    draw = random.random()
    for share, (low, high) in recipe.planes:
        if draw < share:
            return int(random.integers(low, high + 1))
        draw -= share
    return 10


def bake(random: np.random.Generator, photographs: Sequence[np.ndarray], planes: int,
         scenes: int = SHARD_SCENES, validation: bool = False, crop: int = CROP,
         recipe: Recipe = Recipe(), frames: Sequence[Frame] = ()) -> Dict[str, np.ndarray]:
    """Renders one shard. Validation scenes use other settings of the renderer: blur at full resolution,
    finer layers, and hexagonal apertures in a third of the scenes, which training never sees."""
    shard = _empty(scenes, planes, crop)
    for index in range(scenes):
        side = crop + 2 * MARGIN
        if recipe.frames and len(frames) and random.random() < recipe.frames:
            frame = frames[int(random.integers(len(frames)))]
            scene = random_crop(random, frame, side, MARGIN)
        else:
            scene = random_scene(random, photographs, side, recipe)
        _fill(shard, index, random, scene, validation, recipe)
    return shard


def bake_near(random: np.random.Generator, frames: Sequence[Frame], planes: int, each: int = 2,
              crop: int = CROP, recipe: Recipe = Recipe()) -> Dict[str, np.ndarray]:
    """Renders a validation shard of RGB-D frames, each frame `each` times, with sweeps over the whole
    scene. An additional array "dioptres", float32 [N, 2], holds the far and near end of each sweep."""
    shard = _empty(each * len(frames), planes, crop)
    shard["dioptres"] = np.empty((each * len(frames), 2), np.float32)
    for index in range(each * len(frames)):
        scene = random_crop(random, frames[index // each], crop + 2 * MARGIN, MARGIN, whole=True)
        shard["dioptres"][index] = scene.dioptres
        _fill(shard, index, random, scene, True, recipe)
    return shard


def _empty(scenes: int, planes: int, crop: int) -> Dict[str, np.ndarray]:
    return {
        "luma": np.empty((scenes, planes, crop, crop), np.uint8),
        "measures": np.empty((scenes, planes, 12, crop // 4, crop // 4), np.float16),
        "truth": np.empty((scenes, crop, crop), np.float16),
        "focus": np.empty((scenes, planes), np.float32),
    }


def _fill(shard: Dict[str, np.ndarray], index: int, random: np.random.Generator,
          scene: Union[Scene, Crop], validation: bool, recipe: Recipe) -> None:
    """Renders one scene with a random sweep, lens and camera into a shard."""
    focus = random_focus(random, shard["focus"].shape[1])
    optics = random_lens(random) if recipe.disturbed else random_optics(random)
    if validation:
        aperture = "hexagon" if random.random() < 0.33 else optics.aperture
        optics = replace(optics, aperture=aperture, exact=True, layer_pixels=0.3)
    if isinstance(scene, Crop):
        clean = render_crop(scene, focus, optics, MARGIN)
    else:
        if recipe.highlights and random.random() < recipe.highlights:
            scene = highlighted(random, scene)
        see = render if recipe.occlusion else render_without_occlusion
        clean = see(scene, focus, optics, MARGIN)
    noise = float(np.exp(random.uniform(*np.log(recipe.noise))))
    take = disturbed_camera if recipe.disturbed else camera
    shard["luma"][index] = take(random, clean, noise)
    luma = torch.from_numpy(shard["luma"][index][:, None]).float() / 255
    with torch.no_grad():
        shard["measures"][index] = log_measures(luma).numpy()
    truth = scene.truth()[MARGIN:-MARGIN, MARGIN:-MARGIN]
    if not recipe.sub_plane:
        truth = focus[np.abs(truth[None] - focus[:, None, None]).argmin(0)]
    shard["truth"][index] = np.clip(truth, 0, 1)
    shard["focus"][index] = focus


def write_shard(folder: str, name: str, shard: Dict[str, np.ndarray]) -> None:
    """Writes a shard atomically."""
    path = os.path.join(folder, name)
    with open(path + ".part", "wb") as file:
        np.savez(file, **shard)
    os.replace(path + ".part", path)


def shards(folder: str) -> List[str]:
    """Paths of the complete shards, oldest first."""
    paths = [os.path.join(folder, n) for n in os.listdir(folder) if n.endswith(".npz")]
    return sorted(paths, key=os.path.getmtime)


def folder_bytes(paths: List[str]) -> int:
    """Total size of the given files."""
    return sum(os.path.getsize(p) for p in paths)


def work(folder: str, textures: str, worker: int, limit_bytes: float, count: int, seed: int,
         pause: float, recipe: Recipe = Recipe(), rgbd: Optional[str] = None,
         first: int = 0, slow: float = 0.0) -> None:
    """Renders the shards numbered first to count - 1. Deletes the oldest shards above limit_bytes.

    The number of the next shard is kept in the folder, so that a restarted worker renders new scenes.
    pause: seconds to sleep after each shard once the limit is reached, which leaves the cores to
    training; slow: the same before that. rgbd: folder of RGB-D frames.
    """
    torch.set_num_threads(1)
    os.makedirs(folder, exist_ok=True)
    photographs = load_photographs(textures, validation=False)
    frames = load_frames(rgbd, validation=False)
    progress = os.path.join(folder, f"w{worker}.next")
    if os.path.exists(progress):
        with open(progress, encoding="utf-8") as file:
            first = max(first, int(file.read()))
    for index in range(first, count):
        name = f"w{worker}-{index:06d}.npz"
        if os.path.exists(os.path.join(folder, name)):
            continue
        random = np.random.default_rng([seed, worker, index])
        planes = random_planes(random, recipe)
        write_shard(folder, name, bake(random, photographs, planes, recipe=recipe, frames=frames))
        with open(progress, "w", encoding="utf-8") as file:
            file.write(str(index + 1))
        full = False
        present = shards(folder)
        while folder_bytes(present) > limit_bytes:
            os.remove(present.pop(0))
            full = True
        time.sleep(pause if full else slow)


def write_validation(folder: str, textures: Optional[str], seed: int, recipe_name: str,
                     rgbd: Optional[str]) -> None:
    """Writes the validation sets of 10 and 24 planes: scenes of the recipe and, if RGB-D frames are given,
    sweeps over the held-out ones, with at most a third of the recipe's noise."""
    os.makedirs(folder, exist_ok=True)
    recipe = RECIPES[recipe_name]
    photographs = load_photographs(textures, validation=True)
    frames = load_frames(rgbd, validation=True)
    prefix = "" if recipe_name == "base" else f"{recipe_name}-"
    quiet = replace(recipe, noise=(recipe.noise[0], recipe.noise[1] / 3))
    for planes in (10, 24):
        random = np.random.default_rng([seed, 7, planes])
        write_shard(folder, f"validation-{prefix}{planes}.npz",
                    bake(random, photographs, planes, 48, True, recipe=recipe))
        if frames:
            random = np.random.default_rng([seed, 8, planes])
            write_shard(folder, f"validation-near-{planes}.npz",
                        bake_near(random, frames, planes, recipe=quiet))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", required=True)
    parser.add_argument("--textures", default=None, help="folder of photographs")
    parser.add_argument("--rgbd", default=None,
                        help="folder of RGB-D frames, for recipes that use them")
    parser.add_argument("--worker", type=int, default=0)
    parser.add_argument("--count", type=int, default=1_000_000,
                        help="stop before the shard of this number")
    parser.add_argument("--first", type=int, default=0, help="number of the first shard")
    parser.add_argument("--limit-gb", type=float, default=8.0)
    parser.add_argument("--pause", type=float, default=20.0)
    parser.add_argument("--slow", type=float, default=0.0,
                        help="seconds to sleep after every shard until the pool is full")
    parser.add_argument("--seed", type=int, default=20261120)
    parser.add_argument("--recipe", choices=sorted(RECIPES), default="base",
                        help="composition of the scenes; see scenes.py")
    parser.add_argument("--validation", action="store_true",
                        help="write the validation sets (10 and 24 planes) and exit")
    arguments = parser.parse_args()
    if arguments.validation:
        torch.set_num_threads(1)
        write_validation(arguments.folder, arguments.textures, arguments.seed, arguments.recipe,
                         arguments.rgbd)
        return
    work(arguments.folder, arguments.textures, arguments.worker, arguments.limit_gb * 1e9,
         arguments.count, arguments.seed, arguments.pause, RECIPES[arguments.recipe],
         arguments.rgbd, arguments.first, arguments.slow)


if __name__ == "__main__":
    main()
