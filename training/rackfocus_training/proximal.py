"""`proximal`: paper A's multi-candidate estimation with proximal refinement, for rolling inference.

Paper A is Mahmood, Electronics 2026. The per-image part (FrameStage) is computed once per frame
and cached; StackStage does the rest at a quarter of the resolution. Its parts, in order:
  FocusVolume   scores of every plane at 1/4, 1/8, 1/16 and 1/32 and their mean F (eqs. 1 to 3),
                resampled to BINS planes by the actual focus readings
  Candidates    soft-argmax, three residual heads, attention weights W² (eqs. 4 to 7, 14)
  Context       surroundings of a pixel, down to 1/32 of the resolution, and the whole image
  ProximalStep  one per iteration k (eqs. 10 to 13, 15 to 23), with lookups around D^k
  Refiner       residual refinement (eq. 15), convex upsampling by 4 and the expected error
  ConfidenceHead  in its place, the expected error and the confidence (confidence.py)

Positions are on [0, 1], 0 the farthest plane. Tensors are float32; modules have no state except weights.
"""

from dataclasses import dataclass
from typing import Dict, List, Optional

import torch
from torch import nn

from .confidence import ConfidenceHead, confidence_of, log_spacing
from .features import MEASURES, log_measures, unshuffle
from .layers import (Conv, Gate, convex_upsample, double, hat_matrix, lookup, sharpest,
                     soft_argmax)
from .plane_unet import LEARNED, PlaneUNet, Stale
from .upsampling import CalibratedError, plane_mean

BINS = 32
CANDIDATES = 3
FEATURES = LEARNED + 16  # of one image: the learned ones, then its luma rearranged 4x4
OFFSETS = (-1.0, 0.0, 1.0)  # of the lookups, in mean plane distances
MAXIMUM_ITERATIONS = 5


@dataclass(frozen=True)
class Settings:
    """Widths and variants. weights: "softplus" (unnormalised, S small where nothing is sharp) or
    "softmax" (paper A, S = 1 everywhere). context: coarsest scale of the context branch. learned:
    learned per-image features in addition to the measures. lookups: iterations see F around D^k.
    hidden: an iteration passes its features to the next. crisp: the networks see the all-in-focus
    luma of the sharpest planes and the largest response over the planes in addition to the mean.
    confidence: width of the confidence head, 0 for none."""

    plane_width: int = 32
    step_width: int = 16
    static_width: int = 32
    context_width: int = 32
    weights: str = "softplus"
    context: int = 32
    learned: bool = True
    lookups: bool = True
    hidden: bool = True
    crisp: bool = True
    confidence: int = 0


class FrameStage(nn.Module):
    """image [N, 1, H, W] to features [N, 32, H/4, W/4]; H and W multiples of 4."""

    def __init__(self, settings: Settings = Settings()):
        super().__init__()
        self.learned = Conv(MEASURES + 16, 16) if settings.learned else None
        self.project = nn.Conv2d(MEASURES + (16 if settings.learned else 0), 16, 1)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.combine(log_measures(image), unshuffle(image))

    def combine(self, measures: torch.Tensor, luma: torch.Tensor) -> torch.Tensor:
        """The part after the focus measures: measures [N, 12, h, w], luma [N, 16, h, w]."""
        scaled = (measures + 3.0) * 0.7
        seen = scaled
        if self.learned is not None:
            seen = torch.cat([scaled, self.learned(torch.cat([scaled, luma * 2 - 1], dim=1))], dim=1)
        return torch.cat([self.project(seen), luma], dim=1)


class FocusVolume(PlaneUNet):
    """Learned features [B Z, 16, h, w] to the score and three measures of every plane, [B Z, 4, h, w]."""

    def forward(self, features: torch.Tensor, mean: torch.Tensor, focus: torch.Tensor,
                planes: int, stale: Optional[Stale] = None) -> torch.Tensor:
        if stale is None:
            x4 = torch.relu(self.relative(features, mean, focus)).view_as(features)
            return self.decode(self.encode(x4, planes)[0], planes)
        older_mean = plane_mean(stale.learned, focus.shape[0], planes)
        with torch.no_grad():
            older = torch.relu(self.relative(stale.learned, older_mean, focus)).view_as(features)
            kept = self.encode(older, planes)[1]
        x4 = torch.relu(self.relative(features, mean, focus, older_mean, stale.age))
        scales = self.encode(x4.view_as(features), planes, kept=kept, sides=stale.sides)[0]
        return self.decode(scales, planes)


class Candidates(nn.Module):
    """F and the mean features to the residuals of three candidates and their weights W²."""

    HEAD = 8

    def __init__(self, weights: str):
        super().__init__()
        if weights not in ("softplus", "softmax"):
            raise ValueError(f"weights: expected softplus or softmax, found {weights!r}")
        self.normalised = weights == "softmax"
        heads = self.HEAD * CANDIDATES
        self.trunk = Conv(BINS + LEARNED, heads + self.HEAD)
        self.residuals = nn.Conv2d(heads, CANDIDATES, 3, padding=1, groups=CANDIDATES)
        self.attention = nn.Conv2d(self.HEAD, CANDIDATES, 1)
        nn.init.normal_(self.residuals.weight, std=0.01)

    def forward(self, relative: torch.Tensor, mean: torch.Tensor):
        hidden = self.trunk(torch.cat([torch.clamp(relative, min=-8.0) * 0.25, mean], dim=1))
        residuals = 0.1 * self.residuals(hidden[:, :-self.HEAD])
        logits = self.attention(hidden[:, -self.HEAD:])
        if self.normalised:
            return residuals, torch.softmax(logits, dim=1)
        return residuals, nn.functional.softplus(logits) + 1e-4


class Context(nn.Module):
    """Surroundings of a pixel at 1/8 of the resolution and coarser, and the mean of the whole image.
    [B, inputs, h, w] to [B, 16, h, w]."""

    def __init__(self, inputs: int, width: int, coarsest: int):
        super().__init__()
        self.enter = nn.Sequential(Conv(inputs, width, stride=2), Conv(width, width))
        scales = {8: 0, 16: 1, 32: 2}[coarsest]
        self.down = nn.ModuleList(nn.Sequential(Conv(width, width, stride=2), Conv(width, width))
                                  for _ in range(scales))
        self.whole = nn.Conv2d(width, width, 1)
        self.bottom = nn.Sequential(Conv(width, width), Conv(width, width))
        self.up = nn.ModuleList(Conv(width, width) for _ in range(scales))
        self.leave = nn.Conv2d(width, 16, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        skips = [self.enter(x)]
        for down in self.down:
            skips.append(down(skips[-1]))
        y = skips.pop()
        y = self.bottom(torch.relu(y + self.whole(y.mean(dim=(2, 3), keepdim=True))))
        for up in self.up:
            y = up(skips.pop() + double(y))
        return double(self.leave(y))


class ProximalStep(nn.Module):
    """P_k: a U-Net with gated skips from (D~, D^k, lookups, F, S, b, eta, lambda) to D^(k+1).

    Unlike the paper, it also passes its last features to the next step, which can thus continue from
    there.
    """

    def __init__(self, inputs: int, width: int):
        super().__init__()
        inner = max(32, width)
        self.e1 = Conv(inputs, width)
        self.e2 = nn.Sequential(Conv(width, inner, stride=2), Conv(inner, inner))
        self.e3 = nn.Sequential(Conv(inner, inner, stride=2), Conv(inner, inner))
        self.gate2, self.gate1 = Gate(inner, inner), Gate(width, width)
        self.d2 = Conv(2 * inner, inner)
        self.narrow = nn.Conv2d(inner, width, 1)
        self.d1 = Conv(2 * width, width)
        self.project = nn.Conv2d(width, 1, 1)
        nn.init.normal_(self.project.weight, std=0.01)

    def forward(self, z: torch.Tensor, stepped: torch.Tensor):
        e1 = self.e1(z)
        e2 = self.e2(e1)
        u2 = double(self.e3(e2))
        d2 = self.d2(torch.cat([u2, self.gate2(e2, u2)], dim=1))
        u1 = double(self.narrow(d2))
        d1 = self.d1(torch.cat([u1, self.gate1(e1, u1)], dim=1))
        return stepped + 0.1 * self.project(d1), d1


class Refiner(nn.Module):
    """Residual refinement of D^K, the mask of the upsampling and the log of the expected error.

    A single convolution without lookups: using the surroundings and F is left to the iterations.
    """

    def __init__(self, inputs: int, width: int):
        super().__init__()
        self.trunk = Conv(inputs, width)
        self.residual = nn.Conv2d(width, 1, 1)
        nn.init.normal_(self.residual.weight, std=0.01)
        self.guide = Conv(width, 48, kernel=1)
        self.mask = nn.Conv2d(48, 9 * 16, 1)
        self.error = nn.Conv2d(48, 16, 1)
        nn.init.constant_(self.error.bias, -3.5)

    def forward(self, z: torch.Tensor, depth: torch.Tensor):
        hidden = self.trunk(z)
        refined = depth + 0.1 * self.residual(hidden)
        guide = self.guide(hidden)
        fine = convex_upsample(refined, self.mask(guide))
        log_error = nn.functional.pixel_shuffle(torch.clamp(self.error(guide), -9.0, 0.5), 4)
        return refined, fine, log_error, guide


class StackStage(CalibratedError):
    """Features [B Z, 32, h, w] and focus [B, Z] to the estimates of all stages."""

    def __init__(self, settings: Settings = Settings()):
        super().__init__()
        self.settings = settings
        self.volume = FocusVolume(settings.plane_width)
        self.candidates = Candidates(settings.weights)
        seen = LEARNED + (LEARNED + 16 if settings.crisp else 0)
        self.context = Context(seen + 3, settings.context_width, settings.context)
        self.static = Conv(BINS + seen + 16, settings.static_width)
        looked = 4 * len(OFFSETS) if settings.lookups else 0
        kept = settings.step_width if settings.hidden else 0
        self.steps = nn.ModuleList(
            ProximalStep(settings.static_width + looked + 7 + (kept if k else 0),
                         settings.step_width) for k in range(MAXIMUM_ITERATIONS))
        self.refiner = Refiner(settings.static_width + 3 + 16 + kept, 32)
        self.confidence = ConfidenceHead(settings.confidence) if settings.confidence else None
        self.log_eta = nn.Parameter(torch.full((MAXIMUM_ITERATIONS,), -1.0))
        self.lam = nn.Parameter(torch.tensor(0.5))
        self.register_buffer("bins", torch.linspace(0, 1, BINS), persistent=False)

    def forward(self, features: torch.Tensor, focus: torch.Tensor, planes: int,
                iterations: int, exits: List[int], stale: Optional[Stale] = None
                ) -> Dict[str, object]:
        """Runs the given number of iterations; for every k in exits, refines and upsamples D^k.

        stale: for training, an older version of the stack for some of the planes' neighbours.

        Returns mean (soft-argmax), candidates [B, 3, h, w], S, depths (D^0 .. D^K, each
        [B, 1, h, w]), exits {k: (refined [B, 1, h, w], position, log error and allfocus
        [B, 1, H, W])} and, with a confidence head, logits {k: of the confidence [B, 1, H, W]}.
        """
        batch = focus.shape[0]
        stack = features.view(batch, planes, *features.shape[1:])
        luma = stack[:, :, LEARNED:]
        learned = features[:, :LEARNED]
        mean = plane_mean(learned, batch, planes)
        volume = self.volume(learned, mean, focus, planes, stale)
        largest = learned.reshape(batch, planes, *learned.shape[1:]).amax(dim=1)
        return self.estimate(volume, mean, largest, luma, focus, iterations, exits)

    def estimate(self, volume, mean, largest, luma, focus, iterations, exits) -> Dict[str, object]:
        """The part after the focus volume: volume [B Z, 4, h, w] (score and three measures of every
        plane), mean and largest [B, 16, h, w] of the learned features over the planes, luma
        [B, Z, 16, h, w]."""
        sampled = self._resample(volume, focus)
        depth_mean, relative = soft_argmax(sampled[:, 0], self.bins)
        residuals, weights = self.candidates(relative, mean)
        candidates = depth_mean + residuals
        total = weights.sum(dim=1, keepdim=True)
        pull = (weights * candidates).sum(dim=1, keepdim=True)
        depths = [pull / total]
        seen = torch.cat([mean] + self._crisp(volume, largest, luma), dim=1)
        surroundings = self.context(torch.cat(
            [seen, depths[0] * 4 - 2, torch.log(total), pull - total * 0.5], dim=1))
        relative = torch.clamp(relative, min=-8.0) * 0.25
        static = self.static(torch.cat([relative, seen, surroundings], dim=1))
        offsets = self._offsets(focus)
        width = self.settings.step_width if self.settings.hidden else 0
        kept = [torch.zeros_like(static[:, :width])]
        for k in range(iterations):
            looked = self._look(sampled, depths[k], offsets)
            before = [kept[k]] if k else []
            depth, features = self._iterate(k, depths[k], total, pull, [static, looked] + before)
            depths.append(depth)
            kept.append(features[:, :width])
        finished = {k: self._finish(depths[k], total, pull, [static, kept[k]], luma, focus)
                    for k in exits}
        run = {"mean": depth_mean, "candidates": candidates, "S": total, "depths": depths,
               "exits": {k: found[:4] for k, found in finished.items()}}
        if self.confidence is not None:
            run["logits"] = {k: found[4] for k, found in finished.items()}
        return run

    def _crisp(self, volume, largest, luma) -> List[torch.Tensor]:
        """The largest response over the planes, and the luma of the sharpest planes by the volume's
        last measure: edges in focus, independent of the depth estimate."""
        if not self.settings.crisp:
            return []
        batch, planes = luma.shape[:2]
        sharpness = volume[:, 3:].reshape(batch, planes, 1, *volume.shape[2:])
        weights = torch.exp(sharpness - sharpness.amax(dim=1, keepdim=True))
        picture = (weights * luma).sum(dim=1) / weights.sum(dim=1)
        return [largest, picture * 2 - 1]

    def _resample(self, volume: torch.Tensor, focus: torch.Tensor) -> torch.Tensor:
        """Resamples [B Z, M, h, w] from the readings to [B, M, BINS, h, w]."""
        batch, planes = focus.shape
        measures, height, width = volume.shape[1:]
        matrix = hat_matrix(self.bins, focus)
        sampled = torch.matmul(matrix, volume.reshape(batch, planes, measures * height * width))
        return sampled.view(batch, BINS, measures, height, width).transpose(1, 2)

    def _offsets(self, focus: torch.Tensor) -> torch.Tensor:
        spacing = (focus[:, 1:] - focus[:, :-1]).mean(dim=1, keepdim=True)
        return spacing * spacing.new_tensor(OFFSETS)[None]

    def _look(self, sampled, depth, offsets) -> torch.Tensor:
        if not self.settings.lookups:
            return depth[:, :0]
        return lookup(sampled, depth.detach(), offsets)

    def _iterate(self, k, depth, total, pull, seen):
        """D~ = D - eta (S D - b), followed by the proximal network (paper A, eqs. 10 to 13)."""
        depth = depth.detach()
        eta = torch.exp(self.log_eta[k])
        gradient = total * depth - pull
        # Bounded, because S is not: the step never overshoots the point where S D = b.
        stepped = depth - torch.clamp(eta * total, max=1.0) / total * gradient
        ones = torch.ones_like(depth)
        state = [depth * 4 - 2, (stepped - depth) * 10, torch.log(total), gradient * 10,
                 pull - total * 0.5, ones * eta, ones * self.lam]
        return self.steps[k](torch.cat(seen + state, dim=1), stepped)

    def _finish(self, depth, total, pull, seen, luma, focus):
        depth = depth.detach()
        picture = sharpest(luma, depth, focus)
        state = [depth * 4 - 2, torch.log(total), (pull / total - depth) * 10]
        refined, fine, log_error, guide = self.refiner(
            torch.cat(seen + state + [picture * 2 - 1], dim=1), depth)
        logit = None
        if self.confidence is not None:
            log_error, logit = self.confidence(guide, torch.cat(seen + [picture], dim=1),
                                               torch.cat(state, dim=1), fine, refined,
                                               log_spacing(focus))
        return refined, fine, log_error, nn.functional.pixel_shuffle(picture, 4), logit


class Proximal(nn.Module):
    """Both stages. stack [B, Z, H, W] in [0, 1], focus [B, Z]; H and W multiples of 32."""

    def __init__(self, settings: Settings = Settings()):
        super().__init__()
        self.settings = settings
        self.frame = FrameStage(settings)
        self.stack = StackStage(settings)

    def forward(self, stack: torch.Tensor, focus: torch.Tensor, iterations: int = 3
                ) -> Dict[str, torch.Tensor]:
        """position, error, confidence and allfocus, each [B, 1, H, W]."""
        batch, planes, height, width = stack.shape
        features = self.frame(stack.reshape(batch * planes, 1, height, width))
        return outputs(self.stack, features, focus, planes, iterations)


def outputs(stack_stage: StackStage, features: torch.Tensor, focus: torch.Tensor, planes: int,
            iterations: int) -> Dict[str, torch.Tensor]:
    """The four published maps after the given number of iterations, refined and at full resolution."""
    run = stack_stage(features, focus, planes, iterations, [iterations])
    return outputs_of(stack_stage, run, iterations, focus)


def outputs_of(stack_stage: StackStage, run: Dict[str, object], iterations: int,
               focus: torch.Tensor) -> Dict[str, torch.Tensor]:
    """The four published maps of a run. Without a confidence head, the confidence follows from the error."""
    _, position, log_error, allfocus = run["exits"][iterations]
    error = stack_stage.error(log_error)
    logits = run.get("logits")
    return {
        "position": torch.clamp(position, 0.0, 1.0),
        "error": error,
        "confidence": confidence_of(error, focus) if logits is None
        else torch.sigmoid(logits[iterations]),
        "allfocus": torch.clamp(allfocus, 0.0, 1.0),
    }
