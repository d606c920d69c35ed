# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Weights files of GeoSAM2, and what is refused with which words."""

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from part_seg_ros.errors import CheckpointError
from part_seg_ros.models import build_model, build_random_model
from part_seg_ros.models.file_bytes import file_sha256
from part_seg_ros.models.geosam2.config import PRESETS
from part_seg_ros.models.geosam2.model import GeoSam2Net
from part_seg_ros.structures import PointPrompt


@pytest.fixture
def weights(write_weights, tmp_path):
    return write_weights('geosam2-tiny', tmp_path).checkpoint


@pytest.mark.parametrize('kind', ['safetensors', 'pt', 'folder'])
def test_a_file_is_loaded(weights, kind):
    tensors = load_file(weights)
    path = weights
    if kind != 'safetensors':
        # As the release has it: one level called model.
        path = weights.with_name('geosam2.pt')
        torch.save({'model': tensors}, path)
    system = build_model('geosam2-tiny', path.parent if kind == 'folder' else path, 'cpu')
    loaded = system.net.state_dict()
    assert loaded.keys() == tensors.keys()
    assert all(torch.equal(tensors[name], value) for name, value in loaded.items())
    assert (system.name, system.weights_sha256) == ('geosam2-tiny', file_sha256(path))


def test_the_file_decides_what_it_answers(weights, cloud):
    prompt = PointPrompt(prompt_coords=cloud.points[:1], prompt_labels=[1])
    loaded, random = (build_model('geosam2-tiny', path, 'cpu') for path in (weights, None))
    answers = [system.predict(system.encode(cloud), prompt) for system in (loaded, random)]
    assert all(np.isfinite(answer.mask_logits).all() for answer in answers)
    assert np.abs(answers[0].mask_logits - answers[1].mask_logits).max() > 0.1


def test_the_released_size_wants_its_file(weights, tmp_path, monkeypatch):
    monkeypatch.setenv('PART_SEG_WEIGHTS', str(tmp_path / 'none'))
    with pytest.raises(CheckpointError, match='hf download VAST-AI/GeoSAM2 geosam2.pt'):
        build_model('geosam2', device='cpu')
    with pytest.raises(CheckpointError, match="fits the preset 'tiny'"):
        build_model('geosam2', weights, 'cpu')


def test_settings_reach_the_system():
    settings = {'up_axis': '-y', 'ways': 'both', 'proposals': {'num_clicks': 7}}
    system = build_model('geosam2-tiny', device='cpu', settings=settings)
    assert (system.settings.up_axis, system.settings.ways) == ('-y', 'both')
    assert system.settings.proposals.num_clicks == 7


def test_random_weights_are_the_same_every_time_and_touch_no_other_numbers():
    torch.manual_seed(5)
    wanted = torch.rand(3)
    torch.manual_seed(5)
    first, second = (build_random_model('geosam2-tiny', 'cpu', seed=4) for _ in range(2))
    assert torch.equal(torch.rand(3), wanted)
    pairs = zip(first.net.parameters(), second.net.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


def test_the_released_size_is_that_of_the_paper():
    with torch.device('meta'):
        net = GeoSam2Net(PRESETS['official'])
    assert len(net.state_dict()) == 1119
    assert sum(each.numel() for each in net.parameters()) == 153_815_682
