# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""An encoder that starts from a file with the names of Uni3D's, at reduced size."""

import pytest
import torch

from part_seg_ros.errors import CheckpointError
from part_seg_ros.models.point_sam.config import TINY
from part_seg_ros.models.point_sam.model import PointSamNet
from part_seg_ros.training.point_sam import PointSamRecipe, PointSamTinyTraining
from part_seg_ros.training.uni3d import LEVELS

STARTED = ('pc_encoder.patch_proj.', 'pc_encoder.pos_embed.', 'pc_encoder.transformer.')


@pytest.fixture
def donor():
    torch.manual_seed(11)
    return {
        name: torch.randn_like(value) for name, value in PointSamNet(TINY).state_dict().items()
    }


def write(path, donor, prefix='', **extra):
    """Write what the donor has as Uni3D would, beside things that only Uni3D has."""
    tensors = {
        f'{prefix}{level}{name.removeprefix("pc_encoder." + module)}': value
        for level, module in LEVELS.items()
        for name, value in donor.items()
        if name.startswith('pc_encoder.' + module)
    }
    others = {
        'logit_scale': torch.ones(()),
        'point_encoder.encoder.first_conv.0.weight': torch.ones(3, 3),
        'point_encoder.cls_token': torch.ones(1, 1, 48),
        'point_encoder.trans2embed.weight': torch.ones(4, 48),
    }
    others = {prefix + name: value for name, value in others.items()}
    torch.save({'module': tensors | others | extra, 'epoch': 3}, path)
    return path


@pytest.mark.parametrize('prefix', ['', 'module.'])
def test_tokens_positions_and_transformer_start_from_it_and_nothing_else(tmp_path, donor, prefix):
    path = write(tmp_path / 'model.pt', donor, prefix)
    alone = PointSamRecipe(PointSamTinyTraining(device='cpu', seed=3)).net.state_dict()
    started = PointSamRecipe(PointSamTinyTraining(device='cpu', seed=3, uni3d=str(path))).net
    assert any(not torch.equal(alone[name], donor[name]) for name in alone)
    for name, value in started.state_dict().items():
        wanted = donor[name] if name.startswith(STARTED) else alone[name]
        assert torch.equal(value, wanted), name


def test_half_precision_is_read(tmp_path, donor):
    halves = {name: value.half() for name, value in donor.items()}
    path = write(tmp_path / 'model.pt', halves)
    net = PointSamRecipe(PointSamTinyTraining(device='cpu', uni3d=str(path))).net
    name = 'pc_encoder.patch_proj.weight'
    assert torch.equal(net.state_dict()[name], halves[name].float())


def test_another_size_and_another_file_are_refused(tmp_path, donor):
    wrong = {**donor, 'pc_encoder.patch_proj.weight': torch.zeros(5, 5)}
    path = write(tmp_path / 'model.pt', wrong)
    with pytest.raises(CheckpointError, match=r'patch_proj.weight \(5, 5\) instead of'):
        PointSamRecipe(PointSamTinyTraining(device='cpu', uni3d=str(path)))
    torch.save({'module': {'net.weight': torch.zeros(2)}}, path)
    with pytest.raises(CheckpointError, match='is no Uni3D checkpoint'):
        PointSamRecipe(PointSamTinyTraining(device='cpu', uni3d=str(path)))
