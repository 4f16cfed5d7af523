"""Batches of training data from the pool of rendered shards (pool.py)."""

import os
from dataclasses import dataclass
from typing import Dict, Iterator, List, Optional, Tuple

import numpy as np
import torch

from .pool import shards

# Planes times crops of a batch: keeps the cost of a step independent of the number of planes.
PLANE_BUDGET = 40
MAXIMUM_CROPS = 6


@dataclass
class Batch:
    """measures [B, Z, 12, h, w], luma [B, Z, 1, H, W], focus [B, Z], truth [B, 1, H, W], float32.

    dioptres [B, 2]: of the far and near end of the sweep, for scenes with metric depth."""

    measures: torch.Tensor
    luma: torch.Tensor
    focus: torch.Tensor
    truth: torch.Tensor
    dioptres: Optional[torch.Tensor] = None

    def metres(self, position: torch.Tensor) -> torch.Tensor:
        """Depth in metres of positions [B, 1, H, W], for scenes with metric depth."""
        far, near = (end.view(-1, 1, 1, 1) for end in self.dioptres.unbind(1))
        return 1 / (far + position * (near - far))


def thin_planes(random: np.random.Generator, focus: np.ndarray) -> np.ndarray:
    """Indices of the planes to keep: all or, in a third of the cases, at least 5 including both ends."""
    planes = focus.shape[1]
    if planes <= 7 or random.random() < 0.65:
        return np.arange(planes)
    keep = int(random.integers(max(5, planes // 3), planes))
    inner = np.sort(random.choice(np.arange(1, planes - 1), keep - 2, replace=False))
    return np.concatenate([[0], inner, [planes - 1]])


def orient(arrays: List[np.ndarray], turn: int) -> List[np.ndarray]:
    """One of the eight flips and transpositions of the last two axes. They apply to the measures too,
    which are sums over four directions."""
    result = []
    for array in arrays:
        if turn & 1:
            array = array[..., ::-1]
        if turn & 2:
            array = array[..., ::-1, :]
        if turn & 4:
            array = np.swapaxes(array, -1, -2)
        result.append(np.ascontiguousarray(array))
    return result


def to_batch(shard: Dict[str, np.ndarray], chosen: np.ndarray, planes: np.ndarray, turn: int
             ) -> Batch:
    """Selects scenes and planes of a shard as float tensors."""
    measures, luma, truth = orient(
        [shard["measures"][chosen][:, planes], shard["luma"][chosen][:, planes],
         shard["truth"][chosen]], turn)
    ends = shard.get("dioptres")
    return Batch(torch.from_numpy(measures).float(),
                 torch.from_numpy(luma).float().div_(255).unsqueeze(2),
                 torch.from_numpy(shard["focus"][chosen][:, planes]),
                 torch.from_numpy(truth).float().unsqueeze(1),
                 None if ends is None else torch.from_numpy(ends[chosen]))


def cut(shard: Dict[str, np.ndarray], random: np.random.Generator, size: int
        ) -> Dict[str, np.ndarray]:
    """Crops one window of size x size pixels (a multiple of 32) from every scene of a shard."""
    whole = shard["truth"].shape[-1]
    if not size or size >= whole:
        return shard
    top, left = (int(random.integers(0, (whole - size) // 4 + 1)) * 4 for _ in range(2))
    fine = (..., slice(top, top + size), slice(left, left + size))
    coarse = (..., slice(top // 4, (top + size) // 4), slice(left // 4, (left + size) // 4))
    return {"luma": shard["luma"][fine], "measures": shard["measures"][coarse],
            "truth": shard["truth"][fine], "focus": shard["focus"]}


def batches(folder: str, seed: int, planes: Tuple[int, int] = (3, 64), crop: int = 0
            ) -> Iterator[Batch]:
    """Endless random batches. Each scene of a random shard is used once, then the next shard is drawn.
    Skips shards that a worker has removed and those whose number of planes is out of range. crop: side
    of a window of each scene in pixels, 0 for the whole scene."""
    low, high = planes
    random = np.random.default_rng(seed)
    while True:
        present = shards(folder)
        if not present:
            raise ValueError(f"{folder}: expected rendered shards (run pool.py), found none")
        path = present[int(random.integers(len(present)))]
        try:
            with np.load(path) as file:
                shard = {name: file[name] for name in file.files}
        except FileNotFoundError:
            continue
        if not low <= shard["focus"].shape[1] <= high:
            continue
        shard = cut(shard, random, crop)
        order = random.permutation(len(shard["focus"]))
        kept = thin_planes(random, shard["focus"])
        crops = int(min(MAXIMUM_CROPS, max(2, PLANE_BUDGET // len(kept))))
        crops = min(crops, len(order))
        for start in range(0, len(order) - crops + 1, crops):
            chosen = np.sort(order[start:start + crops])
            yield to_batch(shard, chosen, kept, int(random.integers(8)))


def mixed(folder: str, seed: int, sources: int = 4, planes: Tuple[int, int] = (3, 64),
          crop: int = 0) -> Iterator[Batch]:
    """Alternates between several shards, so that successive steps have different numbers of planes."""
    streams = [batches(folder, seed * 1000 + index, planes, crop) for index in range(sources)]
    while True:
        for stream in streams:
            yield next(stream)


def validation(folder: str, name, limit: int = 48) -> List[Batch]:
    """The first scenes of a validation set, in batches of 4. name: of the set; the number of planes for
    those of the base recipe."""
    with np.load(os.path.join(folder, f"validation-{name}.npz")) as file:
        shard = {key: file[key][:limit] for key in file.files}
    count, planes = shard["focus"].shape
    return [to_batch(shard, np.arange(i, min(i + 4, count)), np.arange(planes), 0)
            for i in range(0, count, 4)]


def validation_sets(folders: List[str], limit: int = 48) -> Dict[str, List[Batch]]:
    """All validation sets in the folders: "z10" and "z24" of the base recipe, others by their name."""
    sets = {}
    for folder in folders:
        for file in sorted(os.listdir(folder)):
            if not (file.startswith("validation-") and file.endswith(".npz")):
                continue
            name = file[len("validation-"):-len(".npz")]
            key = f"z{name}" if name.isdigit() else name
            if key in sets:
                raise ValueError(f"{folder}: validation set {name} is in another folder too")
            sets[key] = validation(folder, name, limit)
    if not sets:
        raise ValueError(f"{', '.join(folders)}: expected validation-*.npz, found none")
    return sets
