# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Clicks and masks as vectors."""

import numpy as np
import pytest
import torch

from part_seg_ros.geometry.patches import find_patches
from part_seg_ros.layers.grouping import group_points
from part_seg_ros.layers.prompt_encoders import MaskEncoder, PointEncoder


@pytest.fixture
def groups():
    clouds = np.random.default_rng(0).uniform(-1, 1, (2, 40, 3)).astype(np.float32)
    return group_points(
        torch.from_numpy(clouds), [find_patches(points, 5, 4) for points in clouds]
    )


def test_a_click_is_its_position_plus_the_vector_of_its_label():
    encoder = PointEncoder(8)
    coords = torch.rand(1, 2, 3, 3)
    labels = torch.tensor([[[1, 0, 1], [0, 0, 1]]])
    extra = encoder(coords, labels) - encoder.pe_layer(coords)
    vectors = torch.stack([embedding.weight[0] for embedding in encoder.point_embeddings])
    torch.testing.assert_close(extra, vectors[labels], atol=1e-6, rtol=0)
    assert torch.equal(encoder(coords, labels.bool()), encoder(coords, labels))


def test_a_click_of_neither_label_is_its_position_alone():
    encoder = PointEncoder(8)
    coords = torch.rand(1, 1, 3, 3)
    found = encoder(coords, torch.tensor([[[1, -1, 2]]]))
    assert torch.equal(found[:, :, 1:], encoder.pe_layer(coords[:, :, 1:]))


def test_without_a_mask_one_vector_stands_for_all(groups):
    encoder = MaskEncoder(8, 12, 6)
    answer = encoder(groups, None)
    assert answer.shape == (1, 1, 1, 6)
    assert torch.equal(answer[0, 0], encoder.no_mask_embed.weight)


def test_masks_enter_as_raw_logits_on_the_patches(groups):
    torch.manual_seed(1)
    encoder = MaskEncoder(8, 12, 6)
    masks = 20.0 * torch.randn(2, 3, 40)
    answer = encoder(groups, masks)
    assert answer.shape == (2, 3, 5, 6)
    for cloud in range(2):
        for prompt in range(3):
            values = masks[cloud, prompt][groups.neighbor_idx[cloud]]
            inputs = torch.cat([groups.offsets[cloud], values.unsqueeze(-1)], dim=-1)
            wanted = encoder.patch_encoder(inputs)
            torch.testing.assert_close(answer[cloud, prompt], wanted, atol=1e-5, rtol=0)


def test_masks_are_cut_from_the_gradient(groups):
    masks = torch.randn(2, 1, 40, requires_grad=True)
    answer = MaskEncoder(8, 12, 6)(groups, masks)
    answer.sum().backward()
    assert masks.grad is None
