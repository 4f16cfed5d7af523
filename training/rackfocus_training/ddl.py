"""Directional dilated Laplacian focus volumes (paper B), as torch operations that export to ONNX.

Paper B is Ashfaq and Mahmood, "Multiscale Directional Dilated Laplacian ...", IJCV 2026: on grey
images the kernel [1, -2, 1] in four directions at dilations 1 to 4 (supports 3, 5, 7 and 9 pixels),
absolute responses summed over the directions, one focus volume for each dilation.

Everything here depends on a single image, so a rolling focal stack computes it once per frame. All
functions are pure and thread-safe.
"""

import torch
import torch.nn.functional as functional

DILATIONS = (1, 2, 3, 4)
# (rows, columns) of one step: along the row, along the column and along both diagonals.
DIRECTIONS = ((0, 1), (1, 0), (1, 1), (1, -1))


def laplacian_kernels(dilation: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    """The four directions' 3x3 kernels, for convolutions with the given dilation.

    Returns [4, 1, 3, 3]. Each sums to 0, so the response to a constant image is 0.
    """
    if dilation < 1:
        raise ValueError(f"dilation: expected 1 or more, found {dilation}")
    # Built from nested lists so that tracing records a constant.
    return torch.tensor([[_kernel(row, column)] for row, column in DIRECTIONS], dtype=dtype)


def _kernel(row: int, column: int) -> list:
    kernel = [[0.0] * 3 for _ in range(3)]
    kernel[1][1] = -2.0
    kernel[1 + row][1 + column] = 1.0
    kernel[1 - row][1 - column] = 1.0
    return kernel


def ddl_volumes(luma: torch.Tensor, dilations: tuple = DILATIONS) -> torch.Tensor:
    """Focus measures of each image: FV_d(x) = sum over directions of |L_{theta,d} I(x)| (paper B).

    luma: [N, 1, H, W] in [0, 1] (N images; for a stack, its planes). The border is padded by
    replication so that it does not respond like an edge. Returns [N, len(dilations), H, W], each value
    in [0, 8].

    Uses shifted copies instead of convolutions: a single input channel fills only a sixteenth of ONNX
    Runtime's blocked layout, so a convolution would move sixteen times the memory.
    """
    if min(dilations) < 1:
        raise ValueError(f"dilations: expected 1 or more, found {min(dilations)}")
    margin = max(dilations)
    padded = functional.pad(luma, (margin,) * 4, mode="replicate")
    twice = 2 * luma
    volumes = []
    for dilation in dilations:
        responses = [
            (
                _shifted(padded, margin, dilation * row, dilation * column)
                + _shifted(padded, margin, -dilation * row, -dilation * column)
                - twice
            ).abs()
            for row, column in DIRECTIONS
        ]
        volumes.append(responses[0] + responses[1] + (responses[2] + responses[3]))
    return torch.cat(volumes, dim=1)


def _shifted(padded: torch.Tensor, margin: int, down: int, right: int) -> torch.Tensor:
    """The unpadded window of an image padded by margin, shifted by the given pixels."""
    rows = slice(margin + down, (down - margin) or None)
    columns = slice(margin + right, (right - margin) or None)
    return padded[:, :, rows, columns]


def pooled_ddl_volumes(luma: torch.Tensor, pool: int = 4) -> torch.Tensor:
    """The volumes averaged over pool x pool pixels, as paper B pools them by 4.

    luma: [N, 1, H, W], H and W multiples of pool. Returns [N, 4, H/pool, W/pool].
    """
    return functional.avg_pool2d(ddl_volumes(luma), pool)


def window_mean(volume: torch.Tensor, window: int) -> torch.Tensor:
    """Mean over a window x window neighbourhood, restricted to the image.

    volume: [N, C, h, w]; window: odd. Returns the same shape. Near the border the window is cropped
    instead of padded: replicated samples would count the border's noise several times.
    """
    if window < 1 or window % 2 == 0:
        raise ValueError(f"window: expected an odd number of 1 or more, found {window}")
    if window == 1:
        return volume
    return functional.avg_pool2d(
        volume, window, stride=1, padding=window // 2, count_include_pad=False
    )
