#!/usr/bin/env python3
"""Collects grey texture pictures from folders and zip archives, split for training and validation.

Writes PNG files below OUT/training and OUT/validation; rackfocus_training.pool --textures OUT reads
them. A source with fewer than 100 pictures keeps the last quarter by name for validation, a larger
one every eighth picture. Duplicates are skipped.

Run: python3 tools/collect_textures.py --out runs/textures SOURCE...
"""

import argparse
import hashlib
import os
import zipfile
from typing import Iterator, List, Tuple

import cv2
import numpy as np

PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
ARCHIVES = (".pk3", ".zip")
# Normal, specular, glow and roughness maps of game textures are not photographs.
MAPS = ("_nm", "_sm", "_gm", "_rm")
SMALLEST_SIDE = 96
LARGEST_SIDE = 1600
LEAST_CONTRAST = 3.0  # standard deviation in grey levels
SMALL_SOURCE = 100


def encoded_pictures(source: str) -> Iterator[Tuple[str, bytes]]:
    """Name and encoded bytes of every picture in a folder and in the archives below it, by name."""
    for folder, folders, names in os.walk(source):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            inner = os.path.relpath(path, source)
            if name.lower().endswith(ARCHIVES):
                with zipfile.ZipFile(path) as archive:
                    for member in sorted(archive.namelist()):
                        if is_picture(member):
                            yield f"{inner}/{member}", archive.read(member)
            elif is_picture(name):
                with open(path, "rb") as file:
                    yield inner, file.read()


def is_picture(name: str) -> bool:
    stem, suffix = os.path.splitext(name.lower())
    return suffix in PICTURES and not stem.endswith(MAPS)


def grey_picture(encoded: bytes):
    """The picture in grey with at most LARGEST_SIDE pixels a side; None if it is unusable."""
    image = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_GRAYSCALE)
    if image is None or min(image.shape) < SMALLEST_SIDE or image.std() < LEAST_CONTRAST:
        return None
    scale = LARGEST_SIDE / max(image.shape)
    if scale < 1:
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return image


def split(count: int) -> List[bool]:
    """Which pictures of a source, sorted by name, are for validation."""
    if count < SMALL_SOURCE:
        first = max(1, round(count * 0.75))
        return [index >= first for index in range(count)]
    return [index % 8 == 7 for index in range(count)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True)
    parser.add_argument("sources", nargs="+", metavar="SOURCE", help="folder of pictures or archives")
    arguments = parser.parse_args()
    for side in ("training", "validation"):
        os.makedirs(os.path.join(arguments.out, side), exist_ok=True)
    seen = set()
    for number, source in enumerate(arguments.sources):
        kept = []
        for name, encoded in encoded_pictures(source):
            image = grey_picture(encoded)
            if image is None:
                continue
            mark = hashlib.sha1(image.tobytes()).digest()
            if mark not in seen:
                seen.add(mark)
                kept.append((name, image))
        for (name, image), held_out in zip(kept, split(len(kept))):
            flat = os.path.splitext(name)[0].replace("/", "-").replace(" ", "_")
            side = "validation" if held_out else "training"
            cv2.imwrite(os.path.join(arguments.out, side, f"{number}-{flat}.png"), image)
        print(f"source {number}: {len(kept)} pictures, {sum(split(len(kept)))} for validation")


if __name__ == "__main__":
    main()
