# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Point-voxel block: neighbourhoods by a coarse grid, single points by a linear map."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from part_seg_ros.layers.partfield.sparse_convolution import cells_near, convolve_foreground
from part_seg_ros.layers.row_mixing import mix_rows

_VOXEL_EPS = 1e-4
_POINT_EPS = 1e-5
_SLOPE = 0.1
# Share of cells near points up to which it pays to skip the others.
_SPARSE_SHARE = 0.4


class PointPath(nn.Module):
    """Linear map, instance norm over the points, ReLU."""

    def __init__(self, in_width: int, out_width: int) -> None:
        """Build with random weights."""
        super().__init__()
        self.layers = nn.Sequential(nn.Conv1d(in_width, out_width, 1))

    def forward(self, features: Tensor) -> Tensor:
        """Map (B, N, Cin) to (B, N, Cout)."""
        conv = self.layers[0]
        mapped = F.linear(features, conv.weight.squeeze(-1), conv.bias)
        variance, mean = torch.var_mean(mapped, dim=1, correction=0, keepdim=True)
        return ((mapped - mean) * torch.rsqrt(variance + _POINT_EPS)).relu()


class PointVoxelBlock(nn.Module):
    """Convolutions over a grid of R³ cells, read back at the points, plus the point path.

    Instance norms take the statistics of the cloud at hand, in training and after, so that the
    features of a point depend on all points: a cloud can not be encoded piece by piece.

    Source:
        Point-Voxel CNN (Liu et al. 2019), Sec. 4, in the form of PartField's release. Its lookup
        takes x for the last and z for the first axis of the volume, so that a point reads what
        lies at its mirror image in the plane x = z; weights were trained with that.
    """

    def __init__(self, in_width: int, out_width: int, resolution: int) -> None:
        """Build with random weights for a grid of `resolution` cells per axis."""
        super().__init__()
        self.resolution = resolution
        self.voxel_layers = nn.Sequential(
            nn.Conv3d(in_width, out_width, 3, padding=1),
            nn.InstanceNorm3d(out_width, eps=_VOXEL_EPS),
            nn.LeakyReLU(_SLOPE),
            nn.Conv3d(out_width, out_width, 3, padding=1),
            nn.InstanceNorm3d(out_width, eps=_VOXEL_EPS),
            nn.LeakyReLU(_SLOPE),
        )
        self.point_features = PointPath(in_width, out_width)

    def forward(self, features: Tensor, coords: Tensor) -> Tensor:
        """Return (B, N, Cout) features of the points.

        Args:
            features: (B, N, Cin).
            coords: (B, N, 3) places, nominally in [-1, 1]; outside they count as on the border.
        """
        size = self.resolution
        cells = (((coords + 1) / 2) * size).clamp(0, size - 1)
        rows = _nearest_rows(cells, size)
        means = scatter_mean(features, rows, size**3).transpose(1, 2)
        activated = self.voxel_layers[:3](means.unflatten(2, (size, size, size)))
        clouds = zip(activated, rows, strict=True)
        table = torch.stack([self._second_layer(volume, own) for volume, own in clouds])
        return mix_rows(table, *_corner_rows(cells.flip(-1), size)) + self.point_features(features)

    def _second_layer(self, volume: Tensor, rows: Tensor) -> Tensor:
        """Return (R³, Cout) cells of one cloud behind the second convolution, norm and ReLU.

        On a CPU only cells near points are convolved: all others hold what empty space gives.

        Args:
            volume: (Cout, R, R, R) behind the first.
            rows: (N,) int64 cell of each point.
        """
        conv, norm, _ = self.voxel_layers[3:]
        is_near = cells_near(rows, self.resolution)
        if volume.device.type == 'cpu' and is_near.float().mean() < _SPARSE_SHARE:
            cells = convolve_foreground(volume.flatten(1).T.contiguous(), is_near, conv)
        else:
            cells = conv(volume[None])[0].flatten(1).T.contiguous()
        variance, mean = torch.var_mean(cells, dim=0, correction=0)
        return F.leaky_relu((cells - mean) * torch.rsqrt(variance + norm.eps), _SLOPE)


def _nearest_rows(cells: Tensor, size: int) -> Tensor:
    """Return the (B, N) flat indices of the cells nearest to (B, N, 3) places, axes x, y, z."""
    nearest = cells.round().long()
    return (nearest[..., 0] * size + nearest[..., 1]) * size + nearest[..., 2]


def scatter_mean(features: Tensor, rows: Tensor, num_rows: int) -> Tensor:
    """Average features that fall into the same row.

    Args:
        features: (B, N, C).
        rows: (B, N) int64 row of each.
        num_rows: R.

    Returns:
        (B, R, C); zero where nothing falls.
    """
    num_clouds, _, width = features.shape
    offsets = num_rows * torch.arange(num_clouds, device=rows.device)
    flat = (rows + offsets[:, None]).reshape(-1)
    sums = features.new_zeros(num_clouds * num_rows, width)
    sums = sums.index_add(0, flat, features.reshape(-1, width))
    counts = torch.bincount(flat, minlength=num_clouds * num_rows)
    means = sums / counts.clamp(min=1).to(sums.dtype)[:, None]
    return means.view(num_clouds, num_rows, width)


def _corner_rows(cells: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Return the eight cells around each place and their trilinear weights.

    Args:
        cells: (B, N, 3) in [0, R - 1], in the order of the volume's axes.
        size: R.

    Returns:
        (B, N, 8) int64 flat indices and (B, N, 8) weights.
    """
    low = cells.floor()
    share = cells - low
    low_idx = low.long()
    idx = torch.stack([low_idx, (low_idx + 1).clamp(max=size - 1)], -1)  # (B, N, 3, 2)
    weights = torch.stack([1 - share, share], -1)
    rows = (idx[..., 0, :, None, None] * size + idx[..., 1, None, :, None]) * size
    rows = rows + idx[..., 2, None, None, :]
    weight = weights[..., 0, :, None, None] * weights[..., 1, None, :, None]
    weight = weight * weights[..., 2, None, None, :]
    return rows.flatten(-3), weight.flatten(-3)
