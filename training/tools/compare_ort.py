"""Compares a bundle on ONNX Runtime (through BareOrt.java) with PyTorch at several sizes and planes.

Run: python3 tools/compare_ort.py --ort onnxruntime.jar --checkpoint FILE.pt --bundle DIR
"""

import argparse
import os
import struct
import subprocess
import sys
import tempfile

import numpy as np
import torch

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from rackfocus_training.bundle import OUTPUTS, Golden, golden_input  # noqa: E402 (path set above)
from rackfocus_training.export import load_model  # noqa: E402
from rackfocus_training.families import family, name_of  # noqa: E402

SIZES = ((3, 32, 32), (7, 64, 96), (10, 96, 160), (30, 64, 64))
TOLERANCE = 1e-4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ort", required=True, help="ONNX Runtime's jar")
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--bundle", required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    model = load_model(arguments.checkpoint)
    kind = family(name_of(torch.load(arguments.checkpoint, map_location="cpu")))
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "BareOrt.java")
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder:
        given, got = os.path.join(folder, "in"), os.path.join(folder, "out")
        for planes, height, width in SIZES:
            golden = Golden(planes=planes, height=height, width=width)
            stack, focus = golden_input(golden)
            with open(given, "wb") as file:
                file.write(struct.pack("<3i", planes, height, width))
                file.write(stack.tobytes() + focus.tobytes())
            for k in kind.exported:
                subprocess.run(["java", "-cp", arguments.ort, program, "run", arguments.bundle,
                                str(k), given, got], check=True)
                found = np.fromfile(got, "<f4").reshape(2, len(OUTPUTS), height, width)
                with torch.no_grad():
                    wanted = model(torch.from_numpy(stack), torch.from_numpy(focus), k)
                wanted = np.stack([wanted[name][0, 0].numpy() for name in OUTPUTS])
                gaps = np.abs(found - wanted[None]).max(axis=(0, 2, 3))
                worst = max(worst, float(gaps.max()))
                print(f"Z = {planes}, {width}x{height}, K = {k}:",
                      {name: f"{gap:.1e}" for name, gap in zip(OUTPUTS, gaps)}, flush=True)
    print(f"largest difference {worst:.2e}, allowed {TOLERANCE:.0e}")
    if not worst <= TOLERANCE:
        sys.exit(1)


if __name__ == "__main__":
    main()
