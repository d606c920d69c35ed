# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Systems by name."""

import subprocess
import sys

import pytest
import torch

from part_seg_ros.errors import BackendMissingError, CheckpointError, ConfigError, InputError
from part_seg_ros.models import build_model, build_random_model
from part_seg_ros.models.system import Capabilities, check_prompt
from part_seg_ros.structures import NamePrompt, PointPrompt


def test_unknown_name_gets_the_nearest_known_one():
    with pytest.raises(ConfigError, match="did you mean 'compact'"):
        build_model('compcat')


def test_missing_checkpoint_is_an_error():
    with pytest.raises(CheckpointError, match='nowhere'):
        build_model('compact', checkpoint='nowhere.safetensors')


@pytest.mark.parametrize(
    ('name', 'settings'),
    [
        ('point_sam-tiny', {'up_axis': '-y', 'num_patches': 64}),
        ('partsam-tiny', {'grey': 102}),
        ('s2am3d-tiny', {'threshold': 0.5, 'point_feature': 'coords'}),
    ],
)
@pytest.mark.parametrize('from_file', [False, True])
def test_settings_reach_the_system(name, settings, from_file, write_weights, tmp_path):
    checkpoint = write_weights(name, tmp_path).checkpoint if from_file else None
    system = build_model(name, checkpoint, 'cpu', settings)
    assert {key: getattr(system.settings, key) for key in settings} == settings
    assert system.settings != build_model(name, device='cpu').settings


@pytest.mark.parametrize(
    ('name', 'settings', 'message'),
    [
        ('point_sam-tiny', {'up_axes': 'y'}, "no setting 'up_axes'; did you mean 'up_axis'"),
        ('point_sam-tiny', {'up_axis': 'w'}, 'up_axis must be one of'),
        ('s2am3d-tiny', {'threshold': 'high'}, 'threshold must be float, got str'),
        ('compact-tiny', {'up_axis': 'y'}, 'compact-tiny has no settings, got up_axis'),
    ],
)
def test_settings_that_cannot_be_used_are_named(name, settings, message):
    with pytest.raises(ConfigError, match=message):
        build_model(name, device='cpu', settings=settings)


@pytest.mark.parametrize(
    'name', ['compact', 'compact-tiny', 'point_sam-tiny', 'partsam-tiny', 's2am3d-tiny']
)
def test_random_weights_follow_their_seed(name):
    systems = [build_random_model(name, 'cpu', seed=seed) for seed in (1, 1, 2)]
    first, same, other = (torch.nn.utils.parameters_to_vector(s.net.parameters()) for s in systems)
    assert torch.equal(first, same)
    assert not torch.equal(first, other)
    assert (systems[0].name, systems[0].weights_sha256) == (name, '')


def test_random_weights_of_the_bundled_system_have_its_sizes():
    bundled, random = build_model('compact', device='cpu'), build_random_model('compact', 'cpu')
    assert random.config == bundled.config


def test_random_weights_go_with_settings():
    assert build_random_model('point_sam-tiny', 'cpu', {'patch_size': 7}).settings.patch_size == 7
    with pytest.raises(ConfigError, match='compact-tiny has no settings'):
        build_random_model('compact-tiny', 'cpu', {'patch_size': 7})


def test_random_weights_of_an_unknown_name_are_an_error():
    with pytest.raises(ConfigError, match="did you mean 'partsam'"):
        build_random_model('partsamm')


def test_missing_package_is_named():
    script = (
        "import sys; sys.modules['safetensors'] = None\n"
        'from part_seg_ros.errors import BackendMissingError\n'
        'from part_seg_ros.models import build_model\n'
        'try:\n'
        "    build_model('compact')\n"
        'except BackendMissingError as error:\n'
        '    sys.stdout.write(str(error))\n'
    )
    command = [sys.executable, '-c', script]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "needs the package 'safetensors'" in run.stdout


@pytest.mark.skipif(torch.cuda.is_available(), reason='needs a machine without CUDA')
def test_device_asked_for_by_name_is_never_replaced():
    with pytest.raises(BackendMissingError, match='cuda'):
        build_model('compact-tiny', device='cuda')
    assert build_model('compact-tiny', device='auto').device == 'cpu'


def test_device_name_is_checked():
    with pytest.raises(ConfigError, match='must be auto, cpu'):
        build_model('compact-tiny', device='gpu')


@pytest.mark.parametrize(
    ('capabilities', 'message'),
    [
        (Capabilities(negative_points=False), 'no background clicks'),
        (Capabilities(max_points=1), 'up to 1 clicks, got 2'),
        (Capabilities(granularity=False), 'no granularity'),
    ],
)
def test_prompt_beyond_the_capabilities_is_refused(capabilities, message):
    prompt = PointPrompt(
        prompt_coords=[[0, 0, 0], [1, 0, 0]], prompt_labels=[1, 0], granularity=0.5
    )
    check_prompt('able', Capabilities(granularity=True), prompt)
    with pytest.raises(InputError, match=message):
        check_prompt('other', capabilities, prompt)


def test_kind_of_prompt_that_a_system_lacks_is_refused():
    with pytest.raises(InputError, match='part name'):
        check_prompt('compact', Capabilities(), NamePrompt(name='handle'))
    check_prompt('able', Capabilities(names=True), NamePrompt(name='handle'))
