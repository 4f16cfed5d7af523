"""Edge-aware averaging with increasing dilation, and joint bilateral upsampling.

Uses only shifts, products and sums, which export to ONNX for any size. All functions are pure and
thread-safe.
"""

from typing import Dict, Sequence, Tuple

import torch
import torch.nn.functional as functional

VERTICAL, HORIZONTAL = 2, 3
# Per dilation and axis: the links to the previous pixel (left or above) and to the next.
LinkPair = Tuple[torch.Tensor, torch.Tensor]


def neighbours(x: torch.Tensor, distance: int, axis: int) -> Tuple[torch.Tensor, torch.Tensor]:
    """The values `distance` pixels before and after each pixel along an axis.

    x: [N, C, h, w]; axis: HORIZONTAL (left, right) or VERTICAL (above, below). Both are 0 outside
    the image. Returns two tensors of x's shape.
    """
    if axis == HORIZONTAL:
        padded = functional.pad(x, (distance, distance, 0, 0))
        return padded[:, :, :, : -2 * distance], padded[:, :, :, 2 * distance :]
    padded = functional.pad(x, (0, 0, distance, distance))
    return padded[:, :, : -2 * distance, :], padded[:, :, 2 * distance :, :]


class Links:
    """Affinity of pixels at dyadic distances, derived from a guide image.

    The link of two neighbours is exp(-(g_i - g_j)^2 / (2 s^2)); that of two pixels further apart
    is the product of the links on the straight path between them, as in geodesic filters, so that
    nothing leaks across a thin edge. Path links are at least `least`, so that information also reaches
    closed regions without texture.
    """

    def __init__(self, guide: torch.Tensor, scale: float, least: float, reach: int):
        """guide [1, 1, h, w]; links are computed for distances 1, 2, 4, ... up to reach."""
        self._links: Dict[Tuple[int, int, float], LinkPair] = {}
        inside = torch.ones_like(guide)
        for axis in (HORIZONTAL, VERTICAL):
            path = torch.exp((guide - neighbours(guide, 1, axis)[0]) ** 2 * (-0.5 / scale**2))
            distance = 1
            while distance <= reach:
                # No links beyond the border, regardless of `least`.
                link = torch.clamp(path, min=least) * neighbours(inside, distance, axis)[0]
                self._links[distance, axis, 1.0] = (link, neighbours(link, distance, axis)[1])
                path = path * neighbours(path, distance, axis)[0]
                distance *= 2

    def spread(self, x: torch.Tensor, distances: Sequence[int], weight: float) -> torch.Tensor:
        """Adds the linked neighbours to every pixel, pass by pass; not normalised.

        x: [N, C, h, w]; distances: one horizontal and one vertical pass for each, in this order;
        weight: of a neighbour relative to the pixel itself (below 1, near pixels count more than
        far ones). For an average, spread weighted values and weights, and divide.
        """
        for distance in distances:
            for axis in (HORIZONTAL, VERTICAL):
                link_before, link_after = self._scaled(distance, axis, weight)
                value_before, value_after = neighbours(x, distance, axis)
                x = x + (link_before * value_before + link_after * value_after)
        return x

    def _scaled(self, distance: int, axis: int, weight: float) -> LinkPair:
        # Cached: iterations share the products.
        key = (distance, axis, weight)
        if key not in self._links:
            self._links[key] = tuple(weight * link for link in self._links[distance, axis, 1.0])
        return self._links[key]


def median_3x3(x: torch.Tensor) -> torch.Tensor:
    """Median of each 3x3 neighbourhood, border replicated; x: [N, C, h, w].

    A sorting network of minima and maxima (Paeth 1990; 19 exchanges), since ONNX has no median.
    """
    padded = functional.pad(x, (1, 1, 1, 1), mode="replicate")
    rows = (padded[:, :, :-2], padded[:, :, 1:-1], padded[:, :, 2:])
    p = [view for row in rows for view in (row[..., :-2], row[..., 1:-1], row[..., 2:])]
    for i, j in (
        (1, 2), (4, 5), (7, 8), (0, 1), (3, 4), (6, 7), (1, 2), (4, 5), (7, 8), (0, 3),
        (5, 8), (4, 7), (3, 6), (1, 4), (2, 5), (4, 7), (4, 2), (6, 4), (4, 2),
    ):
        p[i], p[j] = torch.minimum(p[i], p[j]), torch.maximum(p[i], p[j])
    return p[4]


def cross_upsample(
    maps: torch.Tensor, luma: torch.Tensor, side: int, edge_luma: float, reach: float
) -> torch.Tensor:
    """Joint bilateral upsampling (Kopf et al. 2007) over the centre and its four neighbours.

    maps: [1, C, h, w], low resolution; side: the factor d; luma: [1, d*d, h, w], the guide with
    every d x d block as channels; edge_luma: luma difference that stops the mixing; reach: standard
    deviation of the spatial weight in low-resolution pixels. Returns [1, C * d*d, h, w], block channels
    innermost, to be shuffled to [1, C, h*d, w*d].
    """
    offset = (torch.arange(side, dtype=luma.dtype, device=luma.device) - (side - 1) / 2) / side
    row, column = offset.repeat_interleave(side), offset.repeat(side)
    guide = luma.mean(dim=1, keepdim=True)
    total, weights = None, None
    for down, right in ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)):
        near = torch.exp(-((row - down) ** 2 + (column - right) ** 2) / (2 * reach**2))
        difference = luma - _replicated(guide, down, right)
        # The small addend gives the plain mean to a pixel unlike all five neighbours.
        weight = near.view(1, -1, 1, 1) * (
            torch.exp(difference * difference * (-0.5 / edge_luma**2)) + 1e-3
        )
        moved = _replicated(maps, down, right)
        terms = [weight * moved[:, c : c + 1] for c in range(maps.shape[1])]
        total = terms if total is None else [t + n for t, n in zip(total, terms)]
        weights = weight if weights is None else weights + weight
    return torch.cat([t / weights for t in total], dim=1)


def _replicated(x: torch.Tensor, down: int, right: int) -> torch.Tensor:
    """The value `down` pixels below and `right` pixels to the right, border replicated."""
    if down == 0 and right == 0:
        return x
    padded = functional.pad(x, (1, 1, 1, 1), mode="replicate")
    rows = {-1: padded[:, :, :-2], 0: padded[:, :, 1:-1], 1: padded[:, :, 2:]}[down]
    return {-1: rows[..., :-2], 0: rows[..., 1:-1], 1: rows[..., 2:]}[right]
