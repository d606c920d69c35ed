# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The way of clicks and previous masks through prompt encoders and mask decoder."""

import pytest
import torch

from part_seg_ros.geometry.patches import find_patches
from part_seg_ros.layers.grouping import group_points
from part_seg_ros.layers.mask_decoder import MaskDecoder
from part_seg_ros.layers.prompt_encoders import MaskEncoder, PointEncoder
from part_seg_ros.layers.prompted_network import EncodedPatches, PromptedNetwork

WIDTH = 8


class Network(PromptedNetwork):
    """The smallest one."""

    def __init__(self):
        super().__init__()
        self.point_encoder = PointEncoder(WIDTH)
        self.mask_encoder = MaskEncoder(4, 4, WIDTH)
        self.mask_decoder = MaskDecoder(
            width=WIDTH, num_heads=2, num_layers=2, inner=8, point_width=3
        )


@pytest.fixture
def network():
    torch.manual_seed(0)
    return Network().eval()


@pytest.fixture
def encoded(network):
    points = torch.rand(1, 60, 3) * 2 - 1
    groups = group_points(points, [find_patches(points[0].numpy(), 6, 5)])
    return EncodedPatches(
        patches=torch.randn(1, 6, WIDTH),
        patch_code=network.point_encoder.pe_layer(groups.centers),
        groups=groups,
        point_code=torch.randn(1, 60, WIDTH),
    )


def clicks():
    return torch.rand(1, 2, 3, 3), torch.tensor([[[1, 0, 1], [1, 1, 0]]])


@torch.no_grad()
def test_masks_are_added_to_the_patches_and_clicks_are_tokens(network, encoded):
    coords, labels = clicks()
    for masks in (None, torch.randn(1, 2, 60)):
        found = network.decode(encoded, coords, labels, masks)
        wanted = network.mask_decoder(
            network.point_encoder(coords, labels),
            encoded.patches[:, None] + network.mask_encoder(encoded.groups, masks),
            encoded.patch_code,
            encoded.groups,
            encoded.point_code,
        )
        torch.testing.assert_close(found.mask_logits, wanted.mask_logits, atol=0, rtol=0)
        assert found.mask_logits.shape == (1, 2, 4, 60)


@torch.no_grad()
def test_every_input_counts(network, encoded):
    coords, labels = clicks()
    masks = torch.randn(1, 2, 60)
    base = network.decode(encoded, coords, labels, masks).mask_logits
    others = [(coords.flip(2), labels, masks), (coords, 1 - labels, masks)]
    others += [(coords, labels, 2 * masks), (coords, labels, None)]
    for other in others:
        assert (network.decode(encoded, *other).mask_logits - base).abs().max() > 1e-5


def test_memory_is_that_of_all_tensors(encoded):
    own = 4 * WIDTH * (6 + 6 + 60)
    assert encoded.num_bytes == own + encoded.groups.num_bytes
    bare = EncodedPatches(
        patches=encoded.patches, patch_code=encoded.patch_code, groups=encoded.groups
    )
    assert bare.num_bytes == encoded.num_bytes - 4 * WIDTH * 60
