# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Networks without some of their parts, as in the paper's table of ablations."""

import dataclasses

import pytest
import torch
from safetensors.torch import save_file

from part_seg_ros.errors import CheckpointError, ConfigError
from part_seg_ros.models import build_model, build_random_model
from part_seg_ros.models.geosam2.config import NAIVE, PRESETS, TINY, ablated
from part_seg_ros.models.geosam2.model import GeoSam2Net

SIZE = TINY.image_size


def maps(seed=0):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(2, 3, SIZE, SIZE, generator=generator) for _ in range(2)]


LORA, POINTS = {'linear_a_q', 'linear_b_v'}, {'pos_map_encoder', 'feature_fusion'}


@pytest.mark.parametrize(
    ('settings', 'parts'),
    [
        ({'lora': False}, POINTS),
        ({'point_maps': False}, LORA),
        ({'lora': False, 'point_maps': False}, set()),
        ({'fusion': NAIVE}, LORA | POINTS),
    ],
)
def test_a_setting_takes_a_part_out_and_wants_weights_without_it(settings, parts, tmp_path):
    system = build_random_model('geosam2-tiny', 'cpu', settings)
    tensors = system.net.state_dict()
    assert {part for part in LORA | POINTS if any(part in name for name in tensors)} == parts
    path = tmp_path / 'model.safetensors'
    save_file(tensors, path)
    loaded = build_model('geosam2-tiny', path, 'cpu', settings).net.state_dict()
    assert all(torch.equal(loaded[name], value) for name, value in tensors.items())
    one = ' '.join(f'setting {name}={value}'.lower() for name, value in settings.items())
    words = (
        f"fits the preset 'tiny, {one}'" if len(settings) == 1 else "fits the preset 'sam2_tiny'"
    )
    with pytest.raises(CheckpointError, match=words):
        build_model('geosam2-tiny', path, 'cpu')


def test_a_network_without_both_is_the_plain_one():
    assert ablated(TINY, lora=False, point_maps=False) == PRESETS['sam2_tiny']
    assert ablated(PRESETS['sam2_large']) == PRESETS['sam2_large']
    with pytest.raises(ConfigError, match='fusion must be one of'):
        build_random_model('geosam2-tiny', 'cpu', {'fusion': 'sum'})


@pytest.mark.parametrize('fusion', ['residual', 'naive'])
def test_before_training_either_fusion_gives_the_features_of_normals(fusion):
    torch.manual_seed(1)
    net = GeoSam2Net(dataclasses.replace(TINY, fusion=fusion)).eval()
    with torch.no_grad():
        levels = net.encode_levels(*maps())
    for fused, normals in zip(levels.fused, levels.normals, strict=True):
        torch.testing.assert_close(fused, normals, atol=1e-5, rtol=0)


def test_naive_fusion_mixes_pixel_by_pixel_and_residual_fusion_around_it():
    reach = {}
    for fusion in ('residual', 'naive'):
        torch.manual_seed(1)
        net = GeoSam2Net(dataclasses.replace(TINY, fusion=fusion)).eval()
        torch.nn.init.normal_(net.feature_fusion.fusion_low.weight)
        generator = torch.Generator().manual_seed(2)
        points = [torch.randn(1, 32, 8, 8, generator=generator, requires_grad=True)] * 3
        normals = [torch.zeros(1, 32, 8, 8)] * 3
        net.feature_fusion(normals, points)[2][0, :, 4, 4].sum().backward()
        reach[fusion] = int((points[2].grad != 0).any(dim=1).sum())
    assert reach == {'residual': 9, 'naive': 1}
