"""Trains a model on the pool of rendered scenes: AdamW, averaged weights, resumable.

Run: python -m rackfocus_training.train --pool runs/pool --validation runs/validation --out runs/proximal
Stopping (SIGTERM, SIGINT) writes a checkpoint; the same command resumes from it. A checkpoint is also
written every ten minutes.

The learning rate follows one cycle over --steps or until --until. With --hours it warms up, stays
constant and falls in the last --cooldown-hours. Hours are processor time of the first process, summed
over all sessions: pauses and other load on the machine do not shorten the training.

Two processes of one thread each average their gradients once per step. On a busy machine this is ten
times faster than two threads that synchronise in every operation.
"""

import argparse
import csv
import json
import os
import signal
import time
from dataclasses import asdict
from datetime import timedelta

import numpy as np
import torch
import torch.distributed as distributed
import torch.multiprocessing as multiprocessing

from .data import Batch, mixed, validation_sets
from .families import FAMILIES, Family, family
from .stale import stale_neighbours

CLIP = 1.0
AVERAGE_DECAY = 0.998
WARM_UP_HOURS = 0.05
CHECKPOINT_SECONDS = 600.0


def learning_rate(share: float, peak: float) -> float:
    """One cycle: a linear warm-up over the first 5 %, then a cosine decay to 2 % of the peak."""
    if share < 0.05:
        return peak * (0.1 + 0.9 * share / 0.05)
    down = 0.5 + 0.5 * np.cos(np.pi * min(1.0, (share - 0.05) / 0.95))
    return peak * (0.02 + 0.98 * float(down))


def session_rate(hours: float, total: float, cooldown: float, peak: float) -> float:
    """Rate of a training over several sessions: a linear warm-up over WARM_UP_HOURS, constant, and a
    cosine decay to 2 % of the peak over the last cooldown hours of total."""
    if hours < WARM_UP_HOURS:
        return peak * (0.1 + 0.9 * hours / WARM_UP_HOURS)
    share = min(1.0, max(0.0, (hours - (total - cooldown)) / max(cooldown, 1e-6)))
    return peak * (0.02 + 0.98 * (0.5 + 0.5 * float(np.cos(np.pi * share))))


def forward(model: torch.nn.Module, batch: Batch, iterations: int, exits, **more) -> dict:
    """Runs the network on stored focus measures. more: arguments of the stack stage."""
    crops, planes = batch.focus.shape
    luma = torch.nn.functional.pixel_unshuffle(batch.luma.flatten(0, 1), 4)
    features = model.frame.combine(batch.measures.flatten(0, 1), luma)
    return model.stack(features, batch.focus, planes, iterations, exits, **more)


def evaluate(model: torch.nn.Module, sets: dict, kind: Family) -> dict:
    """Mean absolute error in tenths of the sweep, per set and stage.

    Sets with metric depth also get "absrel", the mean relative depth error after the default number of
    iterations.
    """
    model.eval()
    result = {}
    with torch.no_grad():
        for name, batches in sets.items():
            sums = dict.fromkeys(["d0"] + [f"k{k}" for k in kind.exported] + ["rms"], 0.0)
            for batch in batches:
                run = forward(model, batch, max(kind.exported), list(kind.exported))
                for k, (_, fine, _, _) in run["exits"].items():
                    sums[f"k{k}"] += float((fine - batch.truth).abs().mean()) * 10
                if batch.dioptres is not None:
                    depth = batch.metres(run["exits"][kind.default][1].clamp(0, 1))
                    true = batch.metres(batch.truth)
                    sums["absrel"] = (sums.get("absrel", 0.0)
                                      + float(((depth - true).abs() / true).mean()))
                misses = run["exits"][kind.default][1] - batch.truth
                sums["rms"] += float(misses.pow(2).mean().sqrt()) * 10
                coarse = torch.nn.functional.interpolate(run["depths"][0], scale_factor=4)
                sums["d0"] += float((coarse - batch.truth).abs().mean()) * 10
            result[name] = {key: value / len(batches) for key, value in sums.items()}
    model.train()
    return result


class Training:
    """State of a run, as stored in a checkpoint."""

    def __init__(self, arguments, rank: int = 0):
        self.arguments, self.rank = arguments, rank
        torch.manual_seed(arguments.seed)
        self.kind = family(arguments.model)
        self.settings = self.kind.settings(**json.loads(arguments.settings))
        self.model = self.kind.network(self.settings)
        self.average = self.kind.network(self.settings)
        self.average.load_state_dict(self.model.state_dict())
        decayed = [p for p in self.model.parameters() if p.ndim > 1]
        plain = [p for p in self.model.parameters() if p.ndim <= 1]
        self.optimiser = torch.optim.AdamW(
            [{"params": decayed, "weight_decay": 1e-4}, {"params": plain, "weight_decay": 0.0}],
            lr=arguments.rate, betas=(0.9, 0.98))
        self.step, self.seconds = 0, 0.0
        if arguments.start:
            self.start_from(arguments.start)
        self.path = os.path.join(arguments.out, "last.pt")
        if os.path.exists(self.path):
            self.load()

    def start_from(self, checkpoint: str) -> None:
        """Copies all weights of another checkpoint that match by name and shape."""
        earlier = torch.load(checkpoint, map_location="cpu")["average"]
        own = self.model.state_dict()
        taken = {name: value for name, value in earlier.items()
                 if name in own and value.shape == own[name].shape
                 and not name.startswith("stack.error_")}  # the calibration belongs to the old weights
        self.model.load_state_dict(taken, strict=False)
        self.average.load_state_dict(self.model.state_dict())
        if self.rank == 0:
            print(f"took {len(taken)} of {len(own)} tensors from {checkpoint}", flush=True)

    def load(self) -> None:
        saved = torch.load(self.path, map_location="cpu")
        self.model.load_state_dict(saved["model"])
        self.average.load_state_dict(saved["average"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.step, self.seconds = saved["step"], saved["seconds"]
        if self.rank == 0:
            print(f"resumed at step {self.step}", flush=True)

    def save(self) -> None:
        state = {"model": self.model.state_dict(), "average": self.average.state_dict(),
                 "optimiser": self.optimiser.state_dict(), "step": self.step,
                 "seconds": self.seconds, "settings": asdict(self.settings),
                 "arguments": vars(self.arguments)}
        torch.save(state, self.path + ".part")
        os.replace(self.path + ".part", self.path)

    def progress(self) -> float:
        """Completed share of the run: by hours of training if given, otherwise by steps or wall-clock
        time, whichever is greater."""
        share = self.step / self.arguments.steps
        if self.arguments.hours:
            # The number of steps only ends the run.
            return 1.0 if share >= 1 else self.seconds / 3600 / self.arguments.hours
        if self.arguments.until:
            total = self.arguments.until - self.arguments.begun
            share = max(share, (time.time() - self.arguments.begun) / max(total, 1.0))
        return share

    def rate(self, share: float) -> float:
        """Learning rate at the given share of the run."""
        if self.arguments.hours:
            return session_rate(share * self.arguments.hours, self.arguments.hours,
                                self.arguments.cooldown_hours, self.arguments.rate)
        return learning_rate(share, self.arguments.rate)

    def share_gradients(self) -> None:
        """Averages the gradients over all processes."""
        if self.arguments.processes == 1:
            return
        held = [p for p in self.model.parameters() if p.grad is not None]
        flat = torch.cat([p.grad.flatten() for p in held]) / self.arguments.processes
        distributed.all_reduce(flat)
        start = 0
        for parameter in held:
            count = parameter.numel()
            parameter.grad.copy_(flat[start:start + count].view_as(parameter))
            start += count

    def agree(self, value: float) -> float:
        """Returns the value of the first process, so that all follow the same schedule and stop together."""
        if self.arguments.processes == 1:
            return value
        told = torch.tensor([value], dtype=torch.float64)
        distributed.broadcast(told, 0)
        return float(told)

    def advance(self, batch: Batch, random: np.random.Generator, share: float) -> dict:
        """Runs one step. The random iterations and exits are the same in every process."""
        for group in self.optimiser.param_groups:
            group["lr"] = self.rate(share)
        iterations, exits = self.kind.draw(random)
        more = {}
        if self.arguments.stale and random.random() < self.arguments.stale:
            # A separate generator: the shared one must stay synchronised between the processes.
            own = np.random.default_rng([int(random.integers(2**31)), self.rank])
            more["stale"] = stale_neighbours(own, self.model.frame, batch)
        run = forward(self.model, batch, iterations, exits, **more)
        parts = self.kind.loss(self.model, run, batch.truth, self.arguments.trusting)
        self.optimiser.zero_grad(set_to_none=True)
        parts["loss"].backward()
        self.share_gradients()
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), CLIP)
        if not torch.isfinite(norm):
            self.optimiser.zero_grad(set_to_none=True)
            return {"loss": float("nan"), "dK": float("nan"), "d0": float("nan")}
        self.optimiser.step()
        self.step += 1
        decay = min(AVERAGE_DECAY, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            for kept, new in zip(self.average.parameters(), self.model.parameters()):
                kept.lerp_(new, 1 - decay)
        return {key: float(parts[key]) for key in ("loss", "d0", "dK")}


def log_row(path: str, row: dict) -> None:
    """Appends a row to a CSV file, with a header if the file is new."""
    fresh = not os.path.exists(path)
    with open(path, "a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(row))
        if fresh:
            writer.writeheader()
        writer.writerow(row)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pool", required=True)
    parser.add_argument("--validation", required=True, nargs="+", metavar="FOLDER")
    parser.add_argument("--out", required=True)
    parser.add_argument("--steps", type=int, default=30_000)
    parser.add_argument("--until", type=float, default=0.0,
                        help="end of the cycle, in seconds since 1970")
    parser.add_argument("--hours", type=float, default=0.0,
                        help="processor hours over all sessions: constant rate with a cool-down")
    parser.add_argument("--cooldown-hours", type=float, default=1.5,
                        help="the part of --hours in which the rate falls")
    parser.add_argument("--rate", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=20261120)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--every", type=int, default=1000, help="steps between validations")
    parser.add_argument("--trusting", action="store_true",
                        help="reduce the weight of pixels with a large predicted error")
    parser.add_argument("--stale", type=float, default=0.0, metavar="SHARE",
                        help="share of steps in which planes see older versions of their "
                             "neighbours (proximal only)")
    parser.add_argument("--planes", type=int, nargs=2, default=[3, 64],
                        help="train only on shards with this range of planes (for ablations)")
    parser.add_argument("--crop", type=int, default=0,
                        help="train on windows of this size (a multiple of 32; for ablations)")
    parser.add_argument("--start", default=None, metavar="CHECKPOINT",
                        help="start from the matching weights of another checkpoint")
    parser.add_argument("--model", choices=list(FAMILIES), default="proximal")
    parser.add_argument("--settings", default="{}", help="JSON of the model's Settings")
    arguments = parser.parse_args()
    if arguments.stale and arguments.model != "proximal":
        parser.error("--stale: only proximal can be trained with stale neighbours")
    os.makedirs(arguments.out, exist_ok=True)
    begun_file = os.path.join(arguments.out, "begun")
    if not os.path.exists(begun_file):
        with open(begun_file, "w", encoding="utf-8") as file:
            file.write(str(time.time()))
    with open(begun_file, encoding="utf-8") as file:
        arguments.begun = float(file.read())
    if arguments.processes == 1:
        train(0, arguments)
    else:
        # A file left by an earlier run with the same process id would block the rendezvous.
        if os.path.exists(meeting_file(arguments.out, os.getpid())):
            os.remove(meeting_file(arguments.out, os.getpid()))
        multiprocessing.spawn(train, (arguments,), arguments.processes)


def meeting_file(out: str, parent: int) -> str:
    """File through which the processes that parent started find each other."""
    return os.path.abspath(os.path.join(out, f"meet-{parent}"))


def train(rank: int, arguments) -> None:
    """One process: runs until the end of the schedule or a signal to stop."""
    torch.set_num_threads(1)
    stop = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.append(True))
    if arguments.processes > 1:
        address = "file://" + meeting_file(arguments.out, os.getppid())
        # Long, so that a run survives SIGSTOP and SIGCONT.
        distributed.init_process_group("gloo", init_method=address, rank=rank,
                                       world_size=arguments.processes, timeout=timedelta(days=30))
    training = Training(arguments, rank)
    sets = validation_sets(arguments.validation, 24) if rank == 0 else {}
    random = np.random.default_rng([arguments.seed, training.step])
    stream = mixed(arguments.pool, arguments.seed + training.step + 7919 * rank,
                   planes=tuple(arguments.planes), crop=arguments.crop)
    sums, counted, spent, saved = {}, 0, 0.0, time.monotonic()
    while True:
        share = training.agree(2.0 if stop else training.progress())
        if share >= 1:
            break
        before = time.process_time()
        parts = training.advance(next(stream), random, share)
        took = time.process_time() - before
        training.seconds += took
        spent += took
        if np.isfinite(parts["loss"]):
            counted += 1
            for key, value in parts.items():
                sums[key] = sums.get(key, 0.0) + value
        if rank:
            continue
        if training.step % 100 == 0 and counted:
            means = {key: round(value / counted, 4) for key, value in sums.items()}
            print(training.step, means, f"{spent / counted:.3f} s a step (processor time)", flush=True)
            log_row(os.path.join(arguments.out, "train.csv"),
                    {"step": training.step, "seconds": round(training.seconds, 1), **means})
            sums, counted, spent = {}, 0, 0.0
        if training.step % arguments.every == 0:
            finish(training, sets)
            saved = time.monotonic()
        elif time.monotonic() - saved > CHECKPOINT_SECONDS:
            training.save()
            saved = time.monotonic()
    if rank == 0:
        # After a signal there may be no time for a validation.
        training.save()
        if not stop:
            finish(training, sets)
        print("stopped" if stop else "done", flush=True)


def finish(training: Training, sets: dict) -> None:
    """Validates the averaged weights, logs the result and writes a checkpoint."""
    found = evaluate(training.average, sets, training.kind)
    row = {"step": training.step, "seconds": round(training.seconds, 1)}
    row.update({f"{name}-{key}": round(value, 4) for name, values in found.items()
                for key, value in values.items()})
    print("validation", row, flush=True)
    log_row(os.path.join(training.arguments.out, "validation.csv"), row)
    training.save()


if __name__ == "__main__":
    main()
