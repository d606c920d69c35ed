# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Weights files of Point-SAM: what loads, and what is refused with which words."""

import dataclasses

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from part_seg_ros.errors import CheckpointError
from part_seg_ros.models import build_model
from part_seg_ros.models.file_bytes import file_sha256
from part_seg_ros.models.point_sam.build import build
from part_seg_ros.models.point_sam.config import PRESETS
from part_seg_ros.models.point_sam.model import PointSamNet
from part_seg_ros.models.point_sam.preparation import PointSamSettings
from part_seg_ros.structures import PointCloud, PointPrompt


@pytest.fixture(scope='module')
def net():
    torch.manual_seed(7)
    return PointSamNet(PRESETS['tiny'])


@pytest.fixture
def path(net, tmp_path):
    save_file(net.state_dict(), tmp_path / 'model.safetensors')
    return tmp_path / 'model.safetensors'


@pytest.mark.parametrize('kind', ['safetensors', 'pt'])
def test_a_file_is_loaded_bit_for_bit_and_answers(net, path, kind):
    if kind == 'pt':
        torch.save({'state_dict': load_file(path)}, path.with_suffix('.pt'))
        path = path.with_suffix('.pt')
    system = build_model('point_sam-tiny', checkpoint=path, device='cpu')
    loaded = system.net.state_dict()
    assert loaded.keys() == net.state_dict().keys()
    assert all(torch.equal(value, loaded[name]) for name, value in net.state_dict().items())
    assert (system.name, system.weights_sha256) == ('point_sam-tiny', file_sha256(path))

    points = np.random.default_rng(0).normal(size=(100, 3))
    prompt = PointPrompt(prompt_coords=points[:1], prompt_labels=[1])
    answer = system.predict(system.encode(PointCloud(points=points)), prompt)
    assert np.isfinite(answer.mask_logits).all()


def test_settings_reach_the_system(path):
    settings = PointSamSettings(up_axis='y', num_patches=7)
    assert build('tiny', path, 'cpu', settings).settings == settings


def test_tiny_needs_no_file_and_is_the_same_every_time():
    first, second = (build_model('point_sam-tiny', device='cpu') for _ in range(2))
    assert first.weights_sha256 == ''
    pairs = zip(first.net.parameters(), second.net.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


def test_missing_weights_are_named_with_place_and_command(tmp_path, monkeypatch):
    monkeypatch.setenv('PART_SEG_WEIGHTS', str(tmp_path))
    with pytest.raises(CheckpointError) as error:
        build_model('point_sam', device='cpu')
    place = tmp_path / 'point_sam' / 'model.safetensors'
    assert f'no weights at {place}' in str(error.value)
    command = f'hf download yuchen0187/Point-SAM model.safetensors --local-dir {place.parent}'
    assert str(error.value).endswith(command)


@pytest.mark.parametrize('name', ['point_sam-base', 'point_sam-giant'])
def test_sizes_without_published_weights_ask_for_a_file(name):
    with pytest.raises(CheckpointError, match=f'no weights of {name} are published'):
        build_model(name, device='cpu')


def test_sizes_can_be_changed_one_by_one():
    wide = dataclasses.replace(PRESETS['tiny'], width=64)
    assert PointSamNet(wide).pc_encoder.out_proj.out_features == 64
