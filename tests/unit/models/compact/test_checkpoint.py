# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Weights files: what loads, and what is refused with which words."""

import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from part_seg_ros.config import to_mapping
from part_seg_ros.errors import CheckpointError, ConfigError
from part_seg_ros.models.compact.checkpoint import BUNDLED, load_network
from part_seg_ros.models.compact.config import TINY
from part_seg_ros.models.compact.model import CompactNet
from part_seg_ros.models.file_bytes import file_sha256


@pytest.fixture
def saved(tmp_path):
    net = CompactNet(TINY)
    path = tmp_path / 'net.safetensors'
    save_file(net.state_dict(), path)
    path.with_suffix('.json').write_text(json.dumps({'config': to_mapping(TINY)}))
    return path, net


def test_what_was_saved_is_loaded_bit_for_bit(saved):
    path, net = saved
    for key, value in load_network(path).state_dict().items():
        assert torch.equal(value, net.state_dict()[key])


def rewrite(path, change):
    weights = load_file(path)
    change(weights)
    save_file(weights, path)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (lambda w: w.pop('encoder.norm.weight'), r'1 missing: encoder\.norm\.weight'),
        (lambda w: w.update(extra=torch.zeros(2)), '1 unexpected: extra'),
        (
            lambda w: w.update({'encoder.norm.bias': torch.zeros(5)}),
            r'1 of another shape: encoder\.norm\.bias',
        ),
    ],
)
def test_keys_that_do_not_fit_are_named(saved, change, message):
    path, _ = saved
    rewrite(path, change)
    with pytest.raises(CheckpointError, match=message):
        load_network(path)


def test_damaged_file_is_recognised_by_its_sha256(saved):
    path, _ = saved
    record = {'config': to_mapping(TINY), 'sha256': file_sha256(path)}
    path.with_suffix('.json').write_text(json.dumps(record))
    load_network(path)
    rewrite(path, lambda w: w['encoder.norm.bias'].add_(1))
    with pytest.raises(CheckpointError, match='sha256'):
        load_network(path)


def test_a_pickle_is_not_even_opened(saved):
    path, net = saved
    torch.save(net.state_dict(), path)
    with pytest.raises(CheckpointError, match='no complete safetensors file'):
        load_network(path)


def test_missing_files_are_named(tmp_path, saved):
    with pytest.raises(CheckpointError, match='no weights at'):
        load_network(tmp_path / 'absent.safetensors')
    path, _ = saved
    path.with_suffix('.json').unlink()
    with pytest.raises(CheckpointError, match='sizes'):
        load_network(path)


def test_unknown_size_in_the_record_is_named(saved):
    path, _ = saved
    path.with_suffix('.json').write_text(json.dumps({'config': {'widht': 3}}))
    with pytest.raises(ConfigError, match="did you mean 'width'"):
        load_network(path)


def test_bundled_weights_fit_their_record_and_size_limit():
    record = json.loads(BUNDLED.with_suffix('.json').read_text())
    assert record['sha256'] == file_sha256(BUNDLED)
    assert BUNDLED.stat().st_size <= 25_000_000
    assert {'config', 'commit', 'step', 'metrics'} <= record.keys()
    load_network(BUNDLED)
