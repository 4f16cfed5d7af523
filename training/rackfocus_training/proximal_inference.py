"""The form of proximal.StackStage that is exported: equivalent, but faster on ONNX Runtime.

It has the same weights and the same results up to rounding (tests require 1e-5), for a single stack.
ONNX Runtime's fast CPU convolutions need channels in blocks of 16, and keep that layout only from one
convolution to the next. Therefore:
  - a convolution over concatenated maps becomes a sum of convolutions over blocks, which saves copies,
    and one over the few single maps, whose factors and offsets are folded into its weights
  - planes are shifted by a single gather of whole channels; sums over planes are products with a row
    of ones; the luma at a pixel's own plane is a weighted sum instead of two gathers
  - a gate's single map is computed once for each channel that it gates, and the planes' features pass
    through an identity convolution: both keep the following operations in blocks
"""

from typing import List, Sequence

import torch
from torch import nn
import torch.nn.functional as functional

from .confidence import (FINE, GUIDE, KEPT, PICTURE, STATE, STEP_SCALE, ConfidenceHead,
                         log_spacing)
from .layers import double, hat_matrix
from .proximal import BINS, FEATURES, LEARNED, OFFSETS, Settings, StackStage

PLANE_WIDTH = 32


class GatherChannels(torch.autograd.Function):
    """x [Z, C, h, w], index [Z, K, 2] of (plane, channel) to [Z, K, h, w]; ONNX's GatherND."""

    @staticmethod
    def forward(ctx, x: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
        return x[index[..., 0], index[..., 1]]

    @staticmethod
    def symbolic(g, x, index):
        return g.op("GatherND", x, index)


class GatherBins(torch.autograd.Function):
    """volume [BINS, C, h, w] at bin [O, 1, h, w], integers stored as floats, to [O, C, h, w].

    The graph's index is int32, half the size of torch.gather's.
    """

    @staticmethod
    def forward(ctx, volume: torch.Tensor, at: torch.Tensor, channels: int) -> torch.Tensor:
        return torch.gather(volume, 0, at.long().expand(-1, channels, *volume.shape[2:]))

    @staticmethod
    def symbolic(g, volume, at, channels):
        index = g.op("Cast", at, to_i=6)
        if channels != 1:
            shape = g.op("Constant", value_t=torch.tensor([1, channels, 1, 1]))
            index = g.op("Expand", index, shape)
        return g.op("GatherElements", volume, index, axis_i=0)


def channel_index(planes: int, first: int, count: int) -> torch.Tensor:
    """The given channels of all planes as an index for GatherChannels, [planes, count, 2]."""
    plane = torch.arange(planes)[:, None]
    channel = torch.arange(first, first + count)
    return torch.stack([plane + 0 * channel, 0 * plane + channel], dim=2)


def shift_index(planes: int, channels: int, step: int) -> torch.Tensor:
    """layers.shift_planes as an index for GatherChannels, [planes, channels, 2]."""
    quarter = channels // 4
    offset = torch.cat([torch.full((quarter,), -step), torch.full((quarter,), step),
                        torch.zeros(channels - 2 * quarter, dtype=torch.int64)])
    plane = torch.arange(planes)[:, None] + offset
    plane = torch.minimum(torch.clamp(plane, min=0), torch.as_tensor(planes) - 1)
    return torch.stack([plane, 0 * plane + torch.arange(channels)], dim=2)


def convolution(weight: torch.Tensor, bias: torch.Tensor = None, stride: int = 1) -> nn.Conv2d:
    """A convolution with the given weights."""
    made = nn.Conv2d(weight.shape[1], weight.shape[0], weight.shape[2], stride,
                     weight.shape[2] // 2, bias=bias is not None)
    made.weight.data = weight.detach().clone()
    if bias is not None:
        made.bias.data = bias.detach().clone()
    return made


class SplitConvolution(nn.Module):
    """A convolution over concatenated maps of the given numbers of channels, as a sum of convolutions."""

    def __init__(self, weight: torch.Tensor, channels: Sequence[int], bias: torch.Tensor = None,
                 stride: int = 1):
        super().__init__()
        parts = weight.split(list(channels), dim=1)
        self.parts = nn.ModuleList(
            convolution(part, None if index else bias, stride) for index, part in enumerate(parts))

    def forward(self, maps: Sequence[torch.Tensor]) -> torch.Tensor:
        total = self.parts[0](maps[0])
        for part, each in zip(self.parts[1:], maps[1:]):
            total = total + part(each)
        return total


def scaled(source: nn.Conv2d, factors: torch.Tensor) -> nn.Conv2d:
    """A convolution with its outputs multiplied by factors."""
    return convolution(source.weight * factors[:, None, None, None], source.bias * factors,
                       source.stride[0])


def sum_over(row: torch.Tensor, maps: torch.Tensor) -> torch.Tensor:
    """row [1, N], maps [N, C, h, w] to their weighted sum [1, C, h, w]."""
    return torch.matmul(row, torch.flatten(maps, 1)).view(1, *maps.shape[1:])


class Volume(nn.Module):
    """proximal.FocusVolume for one stack; also returns the mean and largest features.

    The factor 1/4 of F (paper A, eq. 3) is folded into the weights.
    """

    def __init__(self, source):
        super().__init__()
        self.source = source
        self.hold = convolution(torch.eye(LEARNED)[:, :, None, None])
        quarter = torch.tensor([0.25, 1, 1, 1])
        self.measures = scaled(source.measures, quarter)
        self.scores = nn.ModuleList(scaled(score, quarter[:1]) for score in source.scores)
        # Direction in which a channel was shifted: its sum over the planes misses one end plane.
        self.register_buffer("lacks", torch.tensor([1.0] * 4 + [-1.0] * 4 + [0.0] * 8)
                             .view(1, -1, 1, 1))

    def forward(self, features, focus, ones):
        """Scores [Z, 1, h, w], measures [Z, 3, h, w], mean and largest [1, 16, h, w]."""
        planes = features.shape[0]
        near, wide = shift_index(planes, PLANE_WIDTH, 1), shift_index(planes, PLANE_WIDTH, 2)
        shifted = GatherChannels.apply(features, shift_index(planes, LEARNED, 1))
        farthest, nearest = features[:1, :LEARNED], features[-1:, :LEARNED]
        row = ones / focus.shape[1]
        mean = sum_over(row, shifted) + (nearest - farthest) * (row[0, 0] * self.lacks)
        largest = torch.maximum(shifted.amax(dim=0, keepdim=True),
                                torch.maximum(farthest, nearest))
        s = self.source
        x4 = self.enter(shifted, mean, focus)
        x8 = s.encode8(GatherChannels.apply(s.down8(x4), near))
        x16 = s.encode16(GatherChannels.apply(s.down16(x8), wide))
        x32 = s.encode32(GatherChannels.apply(s.down32(x16), wide))
        scores, measures = self.decode(x4, x8, x16, x32, sum_over(row, x32))
        return scores, measures, mean, largest

    def enter(self, shifted, mean, focus):
        """Shifted features [N, 16, h, w] relative to their mean over the planes [1, 16, h, w]."""
        return torch.relu(self.hold(shifted + self.source.offset(mean, focus)))

    def decode(self, x4, x8, x16, x32, mean):
        """Features of N planes at all scales, and the mean at 1/32 over all planes [1, 32, h/8, w/8],
        to scores [N, 1, h, w] and measures [N, 3, h, w]."""
        s = self.source
        x32 = torch.relu(x32 + s.whole(mean))
        y16 = s.decode16(x16 + double(s.up16(x32)))
        y8 = s.decode8(x8 + double(s.up8(y16)))
        y4 = s.decode4(x4 + double(s.up4(y8)))
        # One map per plane: upsampled as the channels of one image.
        coarse = double(self.scores[0](x32).transpose(0, 1)) + self.scores[1](y16).transpose(0, 1)
        coarse = double(double(coarse) + self.scores[2](y8).transpose(0, 1)).transpose(0, 1)
        volume = self.measures(y4)
        return volume[:, :1] + coarse, volume[:, 1:]


class Gated(nn.Module):
    """layers.Gate with its single map computed once for each channel that it gates."""

    def __init__(self, gate):
        super().__init__()
        self.skip, self.decoder = gate.skip, gate.decoder
        channels = gate.skip.weight.shape[1]
        self.project = convolution(gate.project.weight.expand(channels, -1, -1, -1),
                                   gate.project.bias.expand(channels))

    def forward(self, e, u):
        return torch.sigmoid(self.project(torch.relu(self.skip(e) + self.decoder(u)))) * e


class Step(nn.Module):
    """proximal.ProximalStep of iteration k on unscaled maps; the factors are folded into the weights."""

    def __init__(self, stage: StackStage, k: int):
        super().__init__()
        source = stage.steps[k]
        self.eta = float(torch.exp(stage.log_eta[k]))
        static = stage.settings.static_width
        count = len(OFFSETS)
        weight, bias = source.e1[0].weight.detach(), source.e1[0].bias
        looked = weight[:, static:static + 4 * count]
        kept, state = weight[:, static + 4 * count:-7], weight[:, -7:]
        inputs = [static] + ([kept.shape[1]] if k else [])
        self.blocks = SplitConvolution(torch.cat([weight[:, :static], kept], dim=1), inputs, bias)
        # Lookups are ordered score first, then measures per plane.
        order = list(range(count)) + [m * count + o for o in range(count) for m in range(1, 4)]
        moving = [4 * state[:, 0:1], 10 * state[:, 1:2], 10 * state[:, 3:4]]
        self.moving = convolution(torch.cat([looked[:, order]] + moving, dim=1))
        even = (self.eta * state[:, 5:6] + float(stage.lam) * state[:, 6:7] - 2 * state[:, 0:1])
        self.still = convolution(torch.cat([state[:, 2:3], state[:, 4:5], even], dim=1))
        self.e2, self.e3 = source.e2, source.e3
        self.d1, self.d2 = (SplitConvolution(each[0].weight, [each[0].weight.shape[1] // 2] * 2,
                                             each[0].bias) for each in (source.d1, source.d2))
        self.narrow = source.narrow
        self.gate1, self.gate2 = Gated(source.gate1), Gated(source.gate2)
        self.project = convolution(0.1 * source.project.weight, 0.1 * source.project.bias)

    def forward(self, depth, total, pull, looked, blocks: List[torch.Tensor], still):
        gradient = total * depth - pull
        step = torch.clamp(self.eta * total, max=1.0) / total * gradient
        moving = torch.cat([looked, depth, -step, gradient], dim=1)
        e1 = torch.relu(self.blocks(blocks) + self.moving(moving) + self.still(still))
        e2 = self.e2(e1)
        u2 = double(self.e3(e2))
        d2 = torch.relu(self.d2([u2, self.gate2(e2, u2)]))
        u1 = double(self.narrow(d2))
        d1 = torch.relu(self.d1([u1, self.gate1(e1, u1)]))
        return depth - step + self.project(d1), d1


class Finish(nn.Module):
    """proximal.Refiner on unscaled maps."""

    def __init__(self, stage: StackStage, hidden: bool):
        super().__init__()
        source, static = stage.refiner, stage.settings.static_width
        weight, bias = source.trunk[0].weight.detach(), source.trunk[0].bias
        kept = weight.shape[1] - static - 3 - 16
        state, picture = weight[:, static + kept:static + kept + 3], weight[:, -16:]
        blocks = weight[:, :static + kept] if hidden else weight[:, :static]
        self.blocks = SplitConvolution(torch.cat([blocks, 2 * picture], dim=1),
                                       [static] + ([kept] if hidden else []) + [16], bias)
        even = -2 * state[:, 0:1] - picture.sum(dim=1, keepdim=True)
        self.state = convolution(torch.cat(
            [4 * state[:, 0:1], state[:, 1:2], 10 * state[:, 2:3], even], dim=1))
        self.residual = convolution(0.1 * source.residual.weight, 0.1 * source.residual.bias)
        self.guide, self.mask, self.log_error = source.guide, source.mask, source.error
        self.rate = None
        if stage.confidence is not None:
            self.rate = Rating(stage.confidence, static, kept if hidden else 0)

    def forward(self, blocks: List[torch.Tensor], state, depth, focus):
        hidden = torch.relu(self.blocks(blocks) + self.state(state))
        refined = depth + self.residual(hidden)
        guide = self.guide(hidden)
        fine = self.upsample(refined, self.mask(guide))
        position = functional.pixel_shuffle(fine, 4)
        if self.rate is None:
            log_error = torch.clamp(self.log_error(guide), -9.0, 0.5)
            return position, functional.pixel_shuffle(log_error, 4), None
        return (position,) + self.rate([guide] + blocks, fine, refined, state, focus)

    @staticmethod
    def upsample(x, mask):
        """layers.convex_upsample with its sums as products with a row of ones, and the 16 fine pixels of
        a coarse one as channels."""
        height, width = x.shape[-2:]
        padded = functional.pad(x, (1, 1, 1, 1), mode="replicate")
        values = torch.cat([padded[:, :, dy:dy + height, dx:dx + width]
                            for dy in range(3) for dx in range(3)], dim=0)
        weights = torch.exp(torch.clamp(mask, -12.0, 12.0)).view(9, 16, height, width)
        row = torch.ones(1, 9)
        return sum_over(row, weights * values) / sum_over(row, weights)


class Rating(nn.Module):
    """confidence.ConfidenceHead on unscaled maps. kept: channels of the last iteration, 0 if there is none."""

    def __init__(self, source: ConfidenceHead, static: int, kept: int):
        super().__init__()
        weight = source.enter.weight.detach()
        guide, static_part, kept_part, picture, fine, state, spacing = weight.split(
            [GUIDE, static, KEPT, PICTURE, FINE, STATE, 1], dim=1)
        parts = [guide, static_part] + ([kept_part] if kept else []) + [picture]
        self.blocks = SplitConvolution(torch.cat(parts, dim=1), [each.shape[1] for each in parts],
                                       source.enter.bias)
        self.fine = convolution(STEP_SCALE * fine)
        # State is depth, log S, D^0 - D^K and ones; the offset of -2 belongs to the ones.
        from_fine = -STEP_SCALE * fine.sum(dim=1, keepdim=True)
        self.state = convolution(torch.cat(
            [4 * state[:, 0:1], state[:, 1:2], 10 * state[:, 2:3], -2 * state[:, 0:1], from_fine], dim=1))
        self.register_buffer("spacing", spacing.reshape(1, -1, 1, 1))
        self.near, self.wide, self.leave = source.near, source.wide, source.leave

    def forward(self, blocks: List[torch.Tensor], fine, refined, state, focus):
        x = torch.relu(self.blocks(blocks) + self.fine(fine)
                       + self.state(torch.cat([state, refined], dim=1))
                       + self.spacing * log_spacing(focus))
        x = torch.relu(self.near(x))
        found = self.leave(x + torch.relu(self.wide(x)))
        log_error = torch.clamp(found[:, :16], -9.0, 0.5)
        return functional.pixel_shuffle(log_error, 4), functional.pixel_shuffle(found[:, 16:], 4)


def quartered(weight: torch.Tensor) -> torch.Tensor:
    """Weights of a convolution whose first BINS inputs, the relative scores, are not scaled by 1/4."""
    return torch.cat([0.25 * weight[:, :BINS], weight[:, BINS:]], dim=1)


def widened(weight: torch.Tensor, end: int) -> torch.Tensor:
    """Weights of a convolution whose 16 inputs before `end`, the picture, are half as large."""
    start = end - (FEATURES - LEARNED)
    return torch.cat([weight[:, :start], 2 * weight[:, start:end], weight[:, end:]], dim=1)


class StackInference(nn.Module):
    """Features [Z, 32, h, w] and focus [1, Z] to position, log error, allfocus [1, 1, H, W] and, with a
    confidence head, its logit (otherwise None).

    stage: source of the weights, in the released configuration (lookups, hidden, crisp and learned on,
    weights by softplus). It must not change afterwards.
    """

    def __init__(self, stage: StackStage, iterations: int):
        super().__init__()
        if not self.serves(stage.settings):
            raise ValueError("settings: expected lookups, hidden, crisp and softplus, found "
                             f"{stage.settings}")
        self.stage, self.iterations = stage, iterations
        self.volume = Volume(stage.volume)
        self.steps = nn.ModuleList(Step(stage, k) for k in range(iterations))
        self.finish = Finish(stage, hidden=iterations > 0)
        self._candidates(stage.candidates)
        trunk = stage.candidates.trunk[0]
        self.trunk = SplitConvolution(quartered(trunk.weight), [BINS, LEARNED], trunk.bias)
        static = stage.static[0]
        self.static = SplitConvolution(
            widened(quartered(static.weight), BINS + 3 * LEARNED), [BINS] + 4 * [LEARNED], static.bias)
        weight, bias = stage.context.enter[0][0].weight, stage.context.enter[0][0].bias
        # Relative scores are unscaled here, and the picture is half as wide.
        seen = [LEARNED, LEARNED, FEATURES - LEARNED]
        self.enter_seen = SplitConvolution(widened(weight[:, :-3], sum(seen)), seen, bias, 2)
        even = -2 * weight[:, -3:-2]
        self.enter_state = convolution(torch.cat([4 * weight[:, -3:-2], weight[:, -2:], even], 1),
                                       stride=2)

    @staticmethod
    def serves(settings: Settings) -> bool:
        """Whether a network with these settings can be converted."""
        return (settings.lookups and settings.hidden and settings.crisp
                and settings.weights == "softplus" and settings.plane_width == PLANE_WIDTH)

    def _candidates(self, source):
        """Residuals and attention logits of all candidates as one convolution over all heads."""
        grouped, attention = source.residuals.weight, source.attention.weight
        heads, count = source.HEAD, grouped.shape[0]
        weight = torch.zeros(2 * count, (count + 1) * heads, 3, 3)
        for i in range(count):
            weight[i, i * heads:(i + 1) * heads] = 0.1 * grouped[i].detach()
        weight[count:, count * heads:, 1, 1] = attention[:, :, 0, 0].detach()
        self.heads = convolution(weight, torch.cat([0.1 * source.residuals.bias, source.attention.bias]))
        self.count = count

    def forward(self, features, focus):
        ones = torch.ones_like(focus)
        luma = GatherChannels.apply(
            features, channel_index(features.shape[0], LEARNED, FEATURES - LEARNED))
        scores, measures, mean, largest = self.volume(features, focus, ones)
        sharpness = measures[:, 2:]
        weights = torch.exp(sharpness - sharpness.amax(dim=0, keepdim=True))
        picture = sum_over(ones, weights * luma) / sum_over(ones, weights)
        return self.estimate(scores, measures, mean, largest, picture, focus,
                             lambda depth: self._luma_at(depth, luma, focus, ones))

    def estimate(self, scores, measures, mean, largest, picture, focus, luma_at):
        """The part after the focus volume.

        scores [Z, 1, h, w] and measures [Z, 3, h, w] of every plane; mean and largest of the learned
        features over the planes, [1, 16, h, w]; picture [1, 16, h, w]: luma of the sharpest planes;
        luma_at: the luma [1, 16, h, w] at a depth [1, 1, h, w].
        """
        stage = self.stage
        matrix = hat_matrix(stage.bins, focus)[0]
        sampled = [torch.matmul(matrix, torch.flatten(each, 1)).view(BINS, *each.shape[1:])
                   for each in (scores, measures)]
        average, relative = self._soft_argmax(sampled[0])
        total, pull = self._pull(relative, mean, average)
        depth = pull / total
        seen = [mean, largest, picture - 0.5]
        logs, apart, even = torch.log(total), pull - total * 0.5, torch.ones_like(total)
        around = self._context(seen, torch.cat([depth, logs, apart, even], dim=1))
        static = torch.relu(self.static([relative] + seen + [around]))
        still = torch.cat([logs, apart, even], dim=1)
        blocks = [static]
        first = depth
        for step in self.steps:
            looked = self._look(sampled, depth, focus)
            depth, kept = step(depth, total, pull, looked, blocks, still)
            blocks = [static, kept]
        crisp = luma_at(depth)
        state = torch.cat([depth, logs, first - depth, even], dim=1)
        position, log_error, logit = self.finish(blocks + [crisp], state, depth, focus)
        return position, log_error, functional.pixel_shuffle(crisp, 4), logit

    def _soft_argmax(self, scores):
        """layers.soft_argmax of [BINS, 1, h, w], and the clamped relative scores [1, BINS, h, w]."""
        relative = scores - scores.amax(dim=0, keepdim=True)
        weights = torch.stack([self.stage.bins, torch.ones_like(self.stage.bins)])
        sums = torch.matmul(weights, torch.flatten(torch.exp(relative), 1))
        average = (sums[:1] / sums[1:]).view(1, 1, *scores.shape[2:])
        return average, torch.clamp(relative, min=-8.0).view(1, BINS, *scores.shape[2:])

    def _pull(self, relative, mean, average):
        """S and b (paper A, eq. 14)."""
        hidden = torch.relu(self.trunk([relative, mean]))
        heads = self.heads(hidden)
        residuals, logits = heads[:, :self.count], heads[:, self.count:]
        # Numerically stable softplus from operations that ONNX Runtime vectorises.
        weights = torch.relu(logits) + torch.log(1.0 + torch.exp(-torch.abs(logits))) + 1e-4
        total = weights.sum(dim=1, keepdim=True)
        return total, (weights * (average + residuals)).sum(dim=1, keepdim=True)

    def _context(self, seen, state):
        context = self.stage.context
        skips = [context.enter[1](torch.relu(self.enter_seen(seen) + self.enter_state(state)))]
        for down in context.down:
            skips.append(down(skips[-1]))
        y = skips.pop()
        y = context.bottom(torch.relu(y + context.whole(y.mean(dim=(2, 3), keepdim=True))))
        for up in context.up:
            y = up(skips.pop() + double(y))
        return double(context.leave(y))

    @staticmethod
    def _look(sampled, depth, focus):
        """layers.lookup on [BINS, 1, h, w] and [BINS, 3, h, w], plane by plane."""
        spacing = (focus[:, 1:] - focus[:, :-1]).mean(dim=1, keepdim=True)
        offsets = (spacing * spacing.new_tensor(OFFSETS)[None]).view(-1, 1, 1, 1)
        at = torch.clamp((depth + offsets) * (BINS - 1), 0.0, BINS - 1 - 1e-3)
        floor = torch.floor(at)
        share = at - floor
        found = []
        for volume, channels in zip(sampled, (1, 3)):
            low, high = (GatherBins.apply(volume, each, channels) for each in (floor, floor + 1))
            found.append((low + share * (high - low)).view(1, -1, *volume.shape[2:]))
        return torch.cat(found, dim=1)

    @staticmethod
    def _luma_at(depth, luma, focus, ones):
        """layers.sharpest as a sum over all planes, two of them with non-zero weight."""
        start, gap = focus[0, :-1], focus[0, 1:] - focus[0, :-1]
        share = torch.clamp((depth - start.view(-1, 1, 1, 1)) / gap.view(-1, 1, 1, 1), 0.0, 1.0)
        end = torch.ones_like(depth)
        weights = torch.cat([end, share], dim=0) - torch.cat([share, torch.zeros_like(end)], dim=0)
        return sum_over(ones, weights * luma)

