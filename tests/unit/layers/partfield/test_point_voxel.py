# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The point-voxel block against its plain form."""

import torch
import torch.nn.functional as F

from part_seg_ros.layers.partfield.point_voxel import PointVoxelBlock, scatter_mean

SIZE = 4


def plain(block, features, coords):
    """The block by voxels one at a time and `grid_sample`, channels in front."""
    size = block.resolution
    cells = ((coords + 1) / 2 * size).clamp(0, size - 1)
    volume = torch.zeros(len(features), features.shape[-1], size, size, size)
    for b, nearest in enumerate(cells.round().long()):
        for cell in nearest.unique(dim=0):
            inside = (nearest == cell).all(-1)
            volume[b, :, cell[0], cell[1], cell[2]] = features[b, inside].mean(0)
    volume = block.voxel_layers(volume)
    grid = ((2 * cells + 1) / size - 1)[:, :, None, None]
    read = F.grid_sample(volume, grid, padding_mode='border', align_corners=False)
    conv = block.point_features.layers[0]
    of_points = F.instance_norm(conv(features.transpose(1, 2)), eps=1e-5).relu()
    return read[..., 0, 0].transpose(1, 2) + of_points.transpose(1, 2)


def test_it_equals_its_plain_form_also_outside_the_grid():
    torch.manual_seed(0)
    block = PointVoxelBlock(5, 6, SIZE)
    features, coords = torch.randn(2, 40, 5), torch.rand(2, 40, 3) * 2.6 - 1.3
    found, wanted = block(features, coords), plain(block, features, coords)
    torch.testing.assert_close(found, wanted, atol=2e-5, rtol=0)


def test_it_equals_its_plain_form_where_most_cells_are_far_from_points():
    torch.manual_seed(0)
    block = PointVoxelBlock(5, 6, 12)
    features, coords = torch.randn(2, 40, 5), torch.rand(2, 40, 3) * 0.2 + 0.9  # at a corner
    found, wanted = block(features, coords), plain(block, features, coords)
    torch.testing.assert_close(found, wanted, atol=2e-5, rtol=0)


def test_points_read_the_grid_with_x_and_z_exchanged():
    torch.manual_seed(0)
    block = PointVoxelBlock(3, 6, SIZE)
    features, coords = torch.randn(1, 30, 3), torch.rand(1, 30, 3) * 2 - 1
    coords[..., 2] = coords[..., 0]  # the exchange changes nothing in this plane
    on_plane = block(features, coords)
    torch.testing.assert_close(on_plane, block(features, coords.flip(-1)), atol=2e-5, rtol=0)
    off_plane = coords + torch.tensor([0.0, 0.0, 0.9])
    assert (block(features, off_plane) - block(features, off_plane.flip(-1))).abs().max() > 0.1


def test_means_of_a_row_are_of_what_falls_in_it_and_zero_where_nothing_does():
    features = torch.tensor([[[1.0], [3.0], [10.0]], [[5.0], [6.0], [7.0]]])
    rows = torch.tensor([[2, 2, 0], [1, 1, 1]])
    assert scatter_mean(features, rows, 3).tolist() == [
        [[10.0], [0.0], [2.0]],
        [[0.0], [6.0], [0.0]],
    ]
