"""Sub-plane maximum of a focus volume."""

import torch


def interpolated_peak(volume: torch.Tensor, focus: torch.Tensor) -> torch.Tensor:
    """Position of the maximum over the planes, from a parabola through three logarithms.

    The parabola (a Gaussian in the volume; Nayar and Nakagawa 1994) runs through the largest value
    and its two neighbours at their actual, unevenly spaced focus readings. For a maximum at an end
    plane the last three planes are used; the result stays between them.

    volume: [Z, C, h, w], above 0, Z >= 3; focus: [Z], strictly increasing. Returns [1, C, h, w] in
    the unit of focus.
    """
    index = volume.argmax(dim=0, keepdim=True)
    # A tensor: a Python number would make Z constant in the exported graph.
    last_inner = torch.ones_like(focus).sum().to(torch.int64) - 2
    centre = torch.minimum(torch.clamp(index, min=1), last_inner)
    y0, y1, y2 = (torch.log(volume.gather(0, centre + side)) for side in (-1, 0, 1))
    x0, x1, x2 = (focus[centre + side] for side in (-1, 0, 1))
    left, right = x1 - x0, x2 - x1
    slope_left, slope_right = (y1 - y0) / left, (y2 - y1) / right
    curvature = (slope_right - slope_left) / (x2 - x0)
    slope = (slope_left * right + slope_right * left) / (x2 - x0)
    vertex = x1 - slope / (2 * torch.clamp(curvature, max=-1e-6))
    # Convex only where the clamped centre is not the maximum; use the plane of the maximum there.
    position = torch.where(curvature < -1e-6, vertex, focus[index])
    return torch.minimum(torch.maximum(position, x0), x2)
