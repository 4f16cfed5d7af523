"""Draws reliability diagrams from the reports of `rackfocus eval --json`: stated confidence against the share of
pixels that are off by at most one plane, over all stacks of a report.

Run: python3 training/tools/reliability.py --out reliability.png "before=old.json" "after=new.json"
"""

import argparse
import json

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def bins_of(path, unit, model):
    """(stated, actual, pixels) per bin, summed over the stacks of the unit. Raises ValueError if there are none."""
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    sums = {}
    for run in report["runs"]:
        if model and run["model"] != model:
            continue
        for stack in run["stacks"]:
            if stack["unit"] != unit:
                continue
            for entry in stack["reliability"]:
                kept = sums.setdefault(entry["to"], [0.0, 0.0, 0])
                kept[0] += entry["confidence"] * entry["pixels"]
                kept[1] += entry["withinPlane"] * entry["pixels"]
                kept[2] += entry["pixels"]
    if not sums:
        raise ValueError(f"{path}: expected stacks in {unit} with ground truth, found none")
    return [(stated / n, actual / n, n) for _, (stated, actual, n) in sorted(sums.items())]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("reports", nargs="+", metavar="TITLE=REPORT")
    parser.add_argument("--unit", default="dioptre", choices=("dioptre", "index"))
    parser.add_argument("--model", default=None)
    parser.add_argument("--out", required=True)
    arguments = parser.parse_args()
    figure, axes = plt.subplots(1, len(arguments.reports), figsize=(4.2 * len(arguments.reports), 4),
                                squeeze=False)
    for axis, argument in zip(axes[0], arguments.reports):
        title, _, path = argument.partition("=")
        found = bins_of(path, arguments.unit, arguments.model)
        stated, actual, pixels = zip(*found)
        total = sum(pixels)
        gap = sum(n * abs(s - a) for s, a, n in found) / total
        axis.plot([0, 1], [0, 1], color="grey", linewidth=0.8)
        axis.plot(stated, actual, color="tab:blue", linewidth=1)
        axis.scatter(stated, actual, s=[8 + 400 * n / total for n in pixels], color="tab:blue", alpha=0.7)
        axis.set(title=f"{title}: mean gap {gap:.3f}", xlabel="stated confidence",
                 ylabel="share off by at most one plane", xlim=(0, 1.02), ylim=(0, 1.02))
    figure.tight_layout()
    figure.savefig(arguments.out, dpi=80)


if __name__ == "__main__":
    main()
