# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The encoder: reading where points lie against reading whole planes."""

import pytest
import torch

from part_seg_ros.layers.partfield.planes import sample_planes
from part_seg_ros.models.s2am3d.config import TINY
from part_seg_ros.models.s2am3d.encoder import S2am3dEncoder


@pytest.fixture
def encoder():
    torch.manual_seed(0)
    return S2am3dEncoder(TINY.trunk).eval()


@pytest.fixture
def coords():
    coords = torch.rand(2, 40, 3, generator=torch.Generator().manual_seed(1)) * 2 - 1
    coords[:, 0], coords[:, 1] = 1, -1  # the corners of the cube
    coords[0, :, 2] = 0.2  # a flat cloud reads few pixels
    return coords


def test_only_what_points_read_gives_the_same(encoder, coords):
    ones = torch.ones_like(coords)
    with torch.no_grad():
        wanted = sample_planes(encoder.part_planes(coords, ones), coords)
        alone = torch.cat([encoder(c[None], o[None]) for c, o in zip(coords, ones, strict=True)])
        together = encoder(coords, ones)
    assert wanted.shape == (2, 40, TINY.trunk.part_width) and wanted.std() > 0.1
    torch.testing.assert_close(alone, wanted, atol=2e-6, rtol=0)
    torch.testing.assert_close(together, wanted, atol=2e-6, rtol=0)


def test_the_point_feature_counts(encoder, coords):
    with torch.no_grad():
        ones = encoder(coords, torch.ones_like(coords))
        own = encoder(coords, coords)
    assert (ones - own).abs().max() > 1e-2


def test_modules_of_training_have_no_effect(encoder, coords):
    with torch.no_grad():
        before = encoder(coords, coords)
        encoder.logit_scale += 1
        for parameter in encoder.sdf_decoder.parameters():
            parameter += 1
        for parameter in encoder.pvcnn.pc_encoder.encoder[1].parameters():
            parameter += 1
        assert torch.equal(encoder(coords, coords), before)
