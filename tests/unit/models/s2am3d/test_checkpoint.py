# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Weights files of S2AM3D: the released pair, a file of our own, and what is refused."""

import logging

import pytest
import torch
from safetensors.torch import save_file

from part_seg_ros.errors import CheckpointError
from part_seg_ros.models import build_model
from part_seg_ros.models.file_bytes import file_sha256
from part_seg_ros.models.s2am3d.config import TINY
from part_seg_ros.models.s2am3d.model import S2am3dNet

LEVELS = {
    'point_feature_enhancer_state_dict': 'point_feature_enhancer',
    'decoder_state_dict': 'decoder',
    'seg_head_state_dict': 'seg_head',
}


@pytest.fixture(scope='module')
def net():
    torch.manual_seed(7)
    return S2am3dNet(TINY)


def prefixed(tensors, prefix):
    return {f'{prefix}{name}': tensor for name, tensor in tensors.items()}


@pytest.fixture
def released(net, tmp_path):
    """Write the pair as the release does; change the levels before it is written."""

    def write(change=lambda levels: None, prefix='', ddp=''):
        encoder = {'state_dict': prefixed(net.encoder.state_dict(), prefix), 'epoch': 3}
        levels = {
            level: prefixed(getattr(net.predictor, module).state_dict(), ddp)
            for level, module in LEVELS.items()
        }
        change(levels)
        torch.save(encoder, tmp_path / 'Encoder.ckpt')
        torch.save({**levels, 'epoch': 5, 'optimizer': {}}, tmp_path / 'S2AM3D_decoder.pt')
        return tmp_path

    return write


def assert_loaded(system, net):
    loaded = system.net.state_dict()
    assert loaded.keys() == net.state_dict().keys()
    assert all(torch.equal(value, loaded[name]) for name, value in net.state_dict().items())


@pytest.mark.parametrize('prefixes', [('', ''), ('model.', 'module.')])
@pytest.mark.parametrize('given', ['', 'Encoder.ckpt', 'S2AM3D_decoder.pt'])
def test_the_released_pair_is_loaded_bit_for_bit(net, released, prefixes, given):
    folder = released(prefix=prefixes[0], ddp=prefixes[1])
    system = build_model('s2am3d-tiny', checkpoint=folder / given, device='cpu')
    assert_loaded(system, net)
    assert len(system.weights_sha256) == 64


def test_one_file_with_both_halves_is_loaded_bit_for_bit(net, tmp_path):
    path = tmp_path / 'own.safetensors'
    save_file(net.state_dict(), path)
    system = build_model('s2am3d-tiny', checkpoint=path, device='cpu')
    assert_loaded(system, net)
    assert (system.name, system.weights_sha256) == ('s2am3d-tiny', file_sha256(path))


@pytest.mark.parametrize('own', [False, True])
def test_the_limit_of_the_licence_is_logged(net, released, tmp_path, caplog, own):
    path = released()
    if own:
        path = tmp_path / 'own.safetensors'
        save_file(net.state_dict(), path)
    with caplog.at_level(logging.WARNING):
        build_model('s2am3d-tiny', checkpoint=path, device='cpu')
    (record,) = [record for record in caplog.records if 'PartField' in record.getMessage()]
    assert 'non-commercial' in record.getMessage()


def test_no_licence_binds_random_weights(caplog):
    with caplog.at_level(logging.WARNING):
        assert build_model('s2am3d-tiny', device='cpu').weights_sha256 == ''
    assert not caplog.records


def test_an_enhancer_without_its_scale_is_refused(released):
    """The release would load it leniently and answer with an untrained scale."""

    def without_scale(levels):
        enhancer = levels['point_feature_enhancer_state_dict']
        for name in [name for name in enhancer if 'scale' in name]:
            del enhancer[name]

    message = r'9 missing: point_feature_enhancer\.scale_gain, .*\.scale_embedding\.scale_freqs'
    with pytest.raises(CheckpointError, match=message):
        build_model('s2am3d-tiny', checkpoint=released(without_scale), device='cpu')


@pytest.mark.parametrize('missing', ['Encoder.ckpt', 'S2AM3D_decoder.pt'])
def test_half_of_the_pair_is_refused_with_the_command_for_the_rest(released, missing):
    folder = released()
    (folder / missing).unlink()
    with pytest.raises(
        CheckpointError, match=f'no weights at .*{missing}; .* hf download HITshan'
    ):
        build_model('s2am3d-tiny', checkpoint=folder, device='cpu')


def test_missing_weights_are_named_with_their_place(tmp_path, monkeypatch):
    monkeypatch.setenv('PART_SEG_WEIGHTS', str(tmp_path))
    place = tmp_path / 's2am3d' / 'Encoder.ckpt'
    with pytest.raises(
        CheckpointError, match=f'no weights at {place}; .* --local-dir {place.parent}'
    ):
        build_model('s2am3d', device='cpu')


def test_a_file_without_the_three_levels_is_refused(released, net):
    folder = released(lambda levels: levels.pop('decoder_state_dict'))
    with pytest.raises(CheckpointError, match='lacks decoder_state_dict, one of the three levels'):
        build_model('s2am3d-tiny', checkpoint=folder, device='cpu')
