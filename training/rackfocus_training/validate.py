"""Measures a checkpoint on validation sets and prints the figures as JSON.

Run: python -m rackfocus_training.validate --checkpoint runs/proximal/last.pt --validation DIR...
"""

import argparse
import json

import torch

from .data import validation_sets
from .families import family, name_of
from .train import evaluate


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--validation", required=True, nargs="+", metavar="FOLDER")
    parser.add_argument("--limit", type=int, default=1000, help="scenes of each set, at most")
    arguments = parser.parse_args()
    saved = torch.load(arguments.checkpoint, map_location="cpu")
    kind = family(name_of(saved))
    model = kind.network(kind.settings(**saved["settings"]))
    model.load_state_dict(saved["average"])
    found = evaluate(model, validation_sets(arguments.validation, arguments.limit), kind)
    print(json.dumps({name: {key: round(value, 4) for key, value in values.items()}
                      for name, values in found.items()}, indent=1))


if __name__ == "__main__":
    main()
