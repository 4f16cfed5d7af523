"""Input features of one image: log focus measures at a quarter of its resolution.

Paper B's four directional dilated Laplacian volumes, averaged over 4x4 pixels, and those averaged
over 3x3 and 7x7 quarter-resolution pixels: 12 channels. The logarithm turns gain and texture contrast
into an offset common to all planes. The stack stage subtracts the mean over the planes, which leaves
only the variation along focus.
"""

import torch
import torch.nn.functional as functional

from .ddl import pooled_ddl_volumes

DOWNSCALE = 4
MEASURES = 12
# Added before the logarithm to limit the effect of quantisation and faint noise: about the response to
# one grey level of 255.
FLOOR = 0.004


def box_mean(volume: torch.Tensor, window: int) -> torch.Tensor:
    """Mean over window x window with a replicated border, as two one-dimensional means."""
    half = window // 2
    padded = functional.pad(volume, (half,) * 4, mode="replicate")
    rows = functional.avg_pool2d(padded, (1, window), stride=1)
    return functional.avg_pool2d(rows, (window, 1), stride=1)


def log_measures(luma: torch.Tensor) -> torch.Tensor:
    """luma [N, 1, H, W] in [0, 1], H and W multiples of 4, to [N, 12, H/4, W/4]."""
    fine = pooled_ddl_volumes(luma, DOWNSCALE)
    return torch.log(FLOOR + torch.cat([fine, box_mean(fine, 3), box_mean(fine, 7)], dim=1))


def unshuffle(luma: torch.Tensor) -> torch.Tensor:
    """[N, 1, H, W] to [N, 16, H/4, W/4]: every 4x4 block as channels (lossless)."""
    if not torch.onnx.is_in_onnx_export():
        return functional.pixel_unshuffle(luma, DOWNSCALE)
    # A convolution that selects each pixel of a block. torch exports pixel_unshuffle as a transposition
    # of six axes, which takes ONNX Runtime ten times as long.
    block = DOWNSCALE * DOWNSCALE
    pick = torch.eye(block).view(block, 1, DOWNSCALE, DOWNSCALE)
    return functional.conv2d(luma, pick, stride=DOWNSCALE)
