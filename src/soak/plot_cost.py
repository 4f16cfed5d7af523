"""Plots what src/soak/bench.sh measured: cost of a map over planes, size and iterations.

Run: /usr/bin/python3 src/soak/plot_cost.py FOLDER_OF_JSON OUTPUT.png
"""

import json
import os
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402 (the backend comes first)

PANELS = (
    ("cost-planes.json", "planes of the sweep", lambda run: run["planes"], None),
    ("cost-size.json", "pixels of an image, thousands", lambda run: run["width"] * run["height"] / 1000,
     lambda run: f'{run["width"]}x{run["height"]}'),
    ("cost-iterations.json", "proximal iterations K", lambda run: run["iterations"], None),
)
LANES = (("rolling", "rolling (the node)", "C0", "o"), ("full", "all anew for every map", "C1", "s"))


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    folder, output = sys.argv[1:]
    figure, axes = plt.subplots(1, len(PANELS), figsize=(11, 3.4), constrained_layout=True)
    for axis, (name, label, x_of, tick_of) in zip(axes, PANELS):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            report = json.load(file)
        runs = report.get("runs", [report])
        xs = [x_of(run) for run in runs]
        for lane, title, colour, marker in LANES:
            axis.plot(xs, [run[lane]["p50Millis"] for run in runs], color=colour, marker=marker, label=title)
        axis.set_xlabel(label)
        axis.set_ylim(bottom=0)
        axis.set_xlim(left=min(0, min(xs)))
        axis.grid(alpha=0.3)
        if tick_of is None:
            axis.set_xticks(xs)
        else:
            axis.set_xticks(xs)
            axis.set_xticklabels([tick_of(run) for run in runs], rotation=20, fontsize=7)
    axes[0].set_ylabel("median of a map, ms")
    axes[0].legend(fontsize=8)
    machine, first = report["machine"], runs[0]
    figure.suptitle(
        f'{first["rolling"]["model"]} {first["rolling"]["modelVersion"]}, {first["precision"]}; '
        f'640x480, 10 planes, K = 3 where not said; {machine["processor"]}, {machine["processors"]} cores', fontsize=9)
    figure.savefig(output, dpi=110)
    print(output)


if __name__ == "__main__":
    main()
