"""Projection of gradient fields onto integrable ones, for any image size, exportable to ONNX.

In general a vector field (gx, gy) is not a gradient. The surface with the closest finite differences is
z = (PᵀP)⁻¹ Pᵀ g (paper C, Woo and Lee, NeurIPS 2025), P the forward differences along rows and
columns. Without differences across the border PᵀP is the Laplacian with Neumann boundary conditions, which
the DCT-II diagonalises with the eigenvalues 2 - 2 cos(pi k / n) along each axis. The transform is a product
with a matrix that the graph computes for the image size; at 1/8 of the resolution it is cheap.
"""

import math
from typing import Tuple

import torch
import torch.nn.functional as functional


def cosine_transform(count) -> Tuple[torch.Tensor, torch.Tensor]:
    """Orthonormal DCT-II for count samples: (matrix [n, n], eigenvalues [n] of the Laplacian).

    count may be traced. Angles are reduced as integers, so that the result does not depend on a
    library's accuracy for cosines of large arguments.
    """
    order = torch.arange(count)
    odd = 2 * order + 1
    turns = torch.remainder(order[:, None] * odd[None, :], 4 * count)
    # float from here on; n is a tensor that follows the traced size.
    size = torch.ones_like(order).sum().float()
    cosines = torch.cos(turns.float() * (math.pi / 2) / size)
    # Normalises the rows; the cosines of the first are all 1.
    first = (order == 0).float()[:, None]
    matrix = cosines * torch.sqrt((2.0 - first) / size)
    # 2 - 2 cos(x) without cancellation.
    eigenvalues = 4.0 * torch.sin(order.float() * (math.pi / 2) / size) ** 2
    return matrix, eigenvalues


def gradients(surface: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
    """Forward differences along the columns (right) and the rows (down), 0 at the last ones.

    surface [..., h, w]; both results have its shape.
    """
    right = functional.pad(surface[..., :, 1:] - surface[..., :, :-1], (0, 1))
    down = functional.pad(surface[..., 1:, :] - surface[..., :-1, :], (0, 0, 0, 1))
    return right, down


def integrate(right: torch.Tensor, down: torch.Tensor) -> torch.Tensor:
    """The surface with zero mean whose gradients are closest to the given ones.

    right and down [..., h, w]; the last column of right and the last row of down are ignored.
    """
    inner_right, inner_down = right[..., :, :-1], down[..., :-1, :]
    # Pᵀ: contributions of the differences to each sample.
    pulled = (functional.pad(inner_right, (1, 0)) - functional.pad(inner_right, (0, 1))
              + functional.pad(inner_down, (0, 0, 1, 0)) - functional.pad(inner_down, (0, 0, 0, 1)))
    rows, row_values = cosine_transform(right.shape[-2])
    columns, column_values = cosine_transform(right.shape[-1])
    spectrum = torch.matmul(torch.matmul(rows, pulled), columns.t())
    values = row_values[:, None] + column_values[None, :]
    # The mean has the eigenvalue 0 and is left out.
    known = (values > 1e-9).float()
    spectrum = spectrum * (known / (values + (1.0 - known)))
    return torch.matmul(torch.matmul(rows.t(), spectrum), columns)
