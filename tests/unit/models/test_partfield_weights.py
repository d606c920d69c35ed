# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Trunks that begin with the weights of a PartField file, at reduced size."""

import dataclasses
import sys
from types import ModuleType

import pytest
import torch

from part_seg_ros.errors import CheckpointError
from part_seg_ros.layers.partfield.trunk import TriplaneTrunk
from part_seg_ros.models.partfield_weights import load_partfield
from part_seg_ros.models.partsam.checkpoint import start_branches
from part_seg_ros.models.partsam.config import TINY as PARTSAM_TINY
from part_seg_ros.models.partsam.model import PartSamNet
from part_seg_ros.models.s2am3d.encoder import S2am3dEncoder

CONFIG = PARTSAM_TINY.trunk
EXTRA = ('pvcnn.pc_encoder.add_layer.', 'pvcnn.pc_encoder.add_conv1.')


@pytest.fixture
def partfield(tmp_path, monkeypatch):
    """A Lightning checkpoint as PartField's, with its pickled settings; and its tensors."""
    package, settings = ModuleType('yacs'), ModuleType('yacs.config')

    class CfgNode(dict):
        pass

    CfgNode.__module__, CfgNode.__qualname__, settings.CfgNode = 'yacs.config', 'CfgNode', CfgNode
    monkeypatch.setitem(sys.modules, 'yacs', package)
    monkeypatch.setitem(sys.modules, 'yacs.config', settings)
    torch.manual_seed(5)
    tensors = S2am3dEncoder(CONFIG).state_dict()
    tensors = {name: torch.randn_like(value) for name, value in tensors.items()}
    path = tmp_path / 'model_objaverse.ckpt'
    torch.save({'state_dict': tensors, 'hyper_parameters': CfgNode(lr=1.0), 'epoch': 3}, path)
    monkeypatch.delitem(sys.modules, 'yacs.config')
    monkeypatch.delitem(sys.modules, 'yacs')
    return path, tensors


def values(module):
    return {name: value.clone() for name, value in module.state_dict().items()}


def assert_changed(module, before, wanted):
    """Assert that all of a module is `wanted`, or as before where that has no such name."""
    for name, value in module.state_dict().items():
        assert torch.equal(value, wanted[name] if name in wanted else before[name]), name


def test_a_trunk_takes_its_own_and_leaves_the_loss_side(partfield):
    path, tensors = partfield
    trunk = TriplaneTrunk(CONFIG)
    load_partfield(trunk, path)
    assert_changed(trunk, {}, tensors)


def test_the_limits_of_the_licence_are_logged_once(partfield, caplog):
    path, _ = partfield
    for start, target in (
        (load_partfield, TriplaneTrunk(CONFIG)),
        (start_branches, PartSamNet(PARTSAM_TINY)),
    ):
        caplog.clear()
        start(target, path)
        (record,) = caplog.records
        assert record.levelname == 'WARNING'
        assert f'{path}: its weights are PartField' in record.getMessage()
        assert 'non-commercial research and education only' in record.getMessage()


def test_an_encoder_with_a_loss_side_takes_all(partfield):
    path, tensors = partfield
    encoder = S2am3dEncoder(CONFIG)
    load_partfield(encoder, path)
    assert_changed(encoder, {}, tensors)


def test_the_block_for_extra_channels_stays(partfield):
    path, tensors = partfield
    trunk = TriplaneTrunk(dataclasses.replace(CONFIG, num_extra_channels=6))
    before = values(trunk)
    load_partfield(trunk, path)
    assert any(name.startswith(EXTRA) for name in before)
    assert_changed(trunk, before, tensors)


@pytest.mark.parametrize('prefix', ['', 'model.'])
def test_flat_files_and_prefixes_are_read(partfield, tmp_path, prefix):
    _, tensors = partfield
    path = tmp_path / 'flat.pt'
    torch.save({f'{prefix}{name}': value for name, value in tensors.items()}, path)
    trunk = TriplaneTrunk(CONFIG)
    load_partfield(trunk, path)
    assert_changed(trunk, {}, tensors)


def test_both_branches_of_partsam_begin_with_it_and_nothing_else(partfield):
    path, tensors = partfield
    net = PartSamNet(PARTSAM_TINY)
    before = values(net)
    start_branches(net, path)
    branches = ('pc_encoder.partfield.', 'pc_encoder.partfieldMy.')
    wanted = {f'{branch}{name}': value for branch in branches for name, value in tensors.items()}
    assert_changed(net, before, wanted)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda t: t.pop('triplane_transformer.pos_embed'), '1 missing: triplane_transformer.pos'),
        (lambda t: t.update(head=torch.zeros(1)), '1 unexpected: head'),
        (lambda t: t.update({name: value.half() for name, value in t.items()}), 'another type'),
        (
            lambda t: [t.pop(name) for name in list(t) if name.startswith('pvcnn')],
            'missing: pvcnn',
        ),
    ],
)
def test_a_file_that_does_not_fit_changes_nothing(partfield, tmp_path, change, message):
    _, tensors = partfield
    change(tensors)
    path = tmp_path / 'other.ckpt'
    torch.save({'state_dict': tensors}, path)
    net = PartSamNet(PARTSAM_TINY)
    before = values(net)
    with pytest.raises(CheckpointError, match=message):
        start_branches(net, path)
    assert_changed(net, before, {})
