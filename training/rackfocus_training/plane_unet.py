"""The U-Net that `proximal` and `dualfocus` run on every plane, with weights shared over planes.

It has scales 1/4, 1/8, 1/16 and 1/32. Before its convolutions, a quarter of the channels is taken from
the neighbouring plane on either side (layers.shift_planes): a 3-D convolution at the cost of a 2-D one.

A node that computes only the newest plane takes the neighbours' channels from their last computation.
Training simulates that with Stale.
"""

from dataclasses import dataclass
from typing import List, Optional, Tuple

import torch
from torch import nn

from .layers import Conv, double, shift_planes, shift_stale_planes

LEARNED = 16  # learned features of one image


@dataclass(frozen=True)
class Stale:
    """An older version of the stack, and where it is used.

    learned: features of the older version [B Z, 16, h, w]. sides: bool [B, Z, 2], whether a plane
    takes the older version of its farther and of its nearer neighbour. age: [B, Z] in [0, 1], weight of
    the older version in the mean over the planes that a plane was computed with.
    """

    learned: torch.Tensor
    sides: torch.Tensor
    age: torch.Tensor


class PlaneUNet(nn.Module):
    """Relative features of every plane to its score and three measures."""

    def __init__(self, width: int):
        super().__init__()
        self.level = nn.Conv2d(LEARNED, LEARNED, 1)
        with torch.no_grad():
            self.level.weight.copy_(-torch.eye(LEARNED)[:, :, None, None])
        self.spacing = nn.Parameter(torch.zeros(1, LEARNED, 1, 1))
        self.down8, self.encode8 = Conv(LEARNED, width, stride=2), Conv(width, width)
        self.down16, self.encode16 = Conv(width, width, stride=2), Conv(width, width)
        self.down32, self.encode32 = Conv(width, width, stride=2), Conv(width, width)
        self.whole = nn.Conv2d(width, width, 1)
        self.up16, self.decode16 = nn.Conv2d(width, width, 1), Conv(width, width)
        self.up8, self.decode8 = nn.Conv2d(width, width, 1), Conv(width, width)
        self.up4, self.decode4 = nn.Conv2d(width, LEARNED, 1), Conv(LEARNED, LEARNED)
        self.scores = nn.ModuleList(nn.Conv2d(width, 1, 1) for _ in range(3))
        self.measures = nn.Conv2d(LEARNED, 4, 1)

    def relative(self, learned: torch.Tensor, mean: torch.Tensor, focus: torch.Tensor,
                 older_mean: Optional[torch.Tensor] = None, age: Optional[torch.Tensor] = None
                 ) -> torch.Tensor:
        """Learned features [B Z, 16, h, w] minus their mean over the planes [B, 16, h, w], as
        [B, Z, 16, h, w]. Texture and contrast cancel; the variation along focus remains.

        older_mean and age: each plane's mean is a mixture of the two means (see Stale).
        """
        batch, planes = focus.shape
        level = self.offset(mean, focus)[:, None]
        if older_mean is not None:
            level = torch.lerp(level, self.offset(older_mean, focus)[:, None],
                               age[:, :, None, None, None])
        return learned.reshape(batch, planes, *learned.shape[1:]) + level

    def offset(self, mean: torch.Tensor, focus: torch.Tensor) -> torch.Tensor:
        """What relative() adds to the features of every plane, [B, 16, h, w]."""
        spacing = torch.log((focus[:, 1:] - focus[:, :-1]).mean(dim=1) * 9.0)
        return self.level(mean) + self.spacing * spacing.view(-1, 1, 1, 1)

    def encode(self, x4: torch.Tensor, planes: int, added8: Optional[torch.Tensor] = None,
               kept: Optional[List[torch.Tensor]] = None, sides: Optional[torch.Tensor] = None
               ) -> Tuple[List[torch.Tensor], List[torch.Tensor]]:
        """The encoder. Returns the features at 1/4, 1/8, 1/16 and 1/32, and those of each scale before
        the planes were mixed.

        added8: added to the features at 1/8. kept: the second result for an older version of the
        stack. sides: which planes take their neighbours' channels from it.
        """
        before: List[torch.Tensor] = []

        def mixed(x: torch.Tensor, step: int) -> torch.Tensor:
            before.append(x)
            if kept is None:
                return shift_planes(x, planes, step)
            return shift_stale_planes(x, kept[len(before) - 1], sides, step)

        x4 = mixed(x4, 1)
        x8 = self.down8(x4)
        if added8 is not None:
            x8 = x8 + added8
        x8 = self.encode8(mixed(x8, 1))
        x16 = self.encode16(mixed(self.down16(x8), 2))
        x32 = self.encode32(mixed(self.down32(x16), 2))
        return [x4, x8, x16, x32], before

    def decode(self, scales: List[torch.Tensor], planes: int, mean: Optional[torch.Tensor] = None
               ) -> torch.Tensor:
        """The decoder: the mean score over the four scales (paper A, eq. 3) and three measures of every
        plane, [B Z, 4, h, w].

        mean: of the features at 1/32 over all planes [B, width, h, w]; default: over those given.
        """
        x4, x8, x16, x32 = scales
        stack = x32.view(-1, planes, *x32.shape[1:])
        whole = self.whole(stack.mean(dim=1) if mean is None else mean)
        x32 = torch.relu(stack + whole[:, None]).view_as(x32)
        y16 = self.decode16(x16 + double(self.up16(x32)))
        y8 = self.decode8(x8 + double(self.up8(y16)))
        y4 = self.decode4(x4 + double(self.up4(y8)))
        found = self.measures(y4)
        coarse = double(self.scores[0](x32)) + self.scores[1](y16)
        coarse = double(double(coarse) + self.scores[2](y8))
        return torch.cat([(found[:, :1] + coarse) * 0.25, found[:, 1:]], dim=1)
