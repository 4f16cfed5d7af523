"""`proximal-large`: the paper's own encoder, a ResNet-18, in front of proximal's later stages.

Paper A is Mahmood, Electronics 2026; ResNet-18 is He, Zhang, Ren and Sun, CVPR 2016. The encoder runs
on each plane's luma with shared weights, so it accepts any number of planes; a decoder scores every
plane at four scales, and F is the mean of the scores. Candidates, proximal steps and refiner are those
of proximal. It is meant for GPUs, where it runs as one graph, so only the full form is exported.
"""

from typing import Dict, List

import torch
from torch import nn

from .features import unshuffle
from .layers import Conv, double, shift_planes
from .proximal import LEARNED, Settings, StackStage, outputs_of


class Block(nn.Module):
    """ResNet's basic block: two 3x3 convolutions and a shortcut."""

    def __init__(self, inputs: int, outputs: int, stride: int):
        super().__init__()
        self.first = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.second = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False),
                                          nn.BatchNorm2d(outputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(self.norm1(self.first(x)))
        return torch.relu(self.norm2(self.second(y)) + self.shortcut(x))


class ResNet18(nn.Module):
    """luma [N, 1, H, W] to features at 1/4, 1/8, 1/16 and 1/32 with 64, 128, 256 and 512 channels."""

    WIDTHS = (64, 128, 256, 512)

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(1, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64),
                                  nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1))
        stages, before = [], 64
        for index, width in enumerate(self.WIDTHS):
            stages.append(nn.Sequential(Block(before, width, 1 if index == 0 else 2),
                                        Block(width, width, 1)))
            before = width
        self.stages = nn.ModuleList(stages)

    def forward(self, luma: torch.Tensor) -> List[torch.Tensor]:
        x = self.stem(luma * 2 - 1)
        scales = []
        for stage in self.stages:
            x = stage(x)
            scales.append(x)
        return scales


class LargeVolume(nn.Module):
    """The decoder: scores of every plane at each scale, mixed along focus; F is their mean (eq. 3)."""

    def __init__(self, width: int):
        super().__init__()
        self.laterals = nn.ModuleList(nn.Conv2d(c, width, 1) for c in ResNet18.WIDTHS)
        self.decoders = nn.ModuleList(Conv(width, width) for _ in ResNet18.WIDTHS)
        self.scores = nn.ModuleList(nn.Conv2d(width, 1, 1) for _ in ResNet18.WIDTHS)
        self.measures = nn.Conv2d(width, 3, 1)

    def forward(self, scales: List[torch.Tensor], planes: int) -> torch.Tensor:
        y, scores = None, None
        for index in reversed(range(len(scales))):
            x = self.laterals[index](scales[index])
            stack = x.view(-1, planes, *x.shape[1:])
            x = (stack - stack.mean(dim=1, keepdim=True)).view_as(x)
            x = x if y is None else x + double(y)
            y = self.decoders[index](shift_planes(x, planes))
            score = self.scores[index](y)
            scores = score if scores is None else double(scores) + score
        return torch.cat([scores * 0.25, self.measures(y)], dim=1)


class ProximalLarge(nn.Module):
    """stack [B, Z, H, W] in [0, 1] and focus [B, Z] to the four maps; H and W multiples of 32."""

    def __init__(self, settings: Settings = Settings(step_width=32, context_width=64),
                 width: int = 64):
        super().__init__()
        self.settings = settings
        self.encoder = ResNet18()
        self.learned = nn.Conv2d(ResNet18.WIDTHS[0], LEARNED, 1)
        self.stack = StackStage(settings)
        self.stack.volume = LargeVolume(width)

    def run(self, stack: torch.Tensor, focus: torch.Tensor, iterations: int, exits: List[int]
            ) -> Dict[str, object]:
        """The estimates of all stages, in the form of StackStage, for the loss."""
        batch, planes, height, width = stack.shape
        image = stack.reshape(batch * planes, 1, height, width)
        scales = self.encoder(image)
        learned = self.learned(scales[0])
        stacked = learned.view(batch, planes, *learned.shape[1:])
        luma = unshuffle(image)
        volume = self.stack.volume(scales, planes)
        return self.stack.estimate(volume, stacked.mean(dim=1), stacked.amax(dim=1),
                                   luma.view(batch, planes, *luma.shape[1:]), focus, iterations,
                                   exits)

    def forward(self, stack: torch.Tensor, focus: torch.Tensor, iterations: int = 3
                ) -> Dict[str, torch.Tensor]:
        run = self.run(stack, focus, iterations, [iterations])
        return outputs_of(self.stack, run, iterations, focus)
