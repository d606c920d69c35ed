# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg data bag` writes what its options say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rosbags.highlevel import AnyReader

from part_seg_ros.cli.main import main


def test_options_reach_the_bag(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        *('data', 'bag', str(tmp_path / 'bag'), '--storage', 'mcap', '--frames', '2'),
        *('--rate', '5', '--seed', '7', '--objects', 'jug', 'pan', '--resolution', '80', '60'),
        '--no-clicks',
    ]
    assert main(words) == 0
    told = capsys.readouterr().out
    assert '2 /camera/points' in told and '0 /clicked_point' in told
    (data_file,) = (tmp_path / 'bag').glob('*.mcap')
    assert data_file.read_bytes().startswith(b'\x89MCAP')
    with AnyReader([tmp_path / 'bag']) as reader:
        found: dict[str, list] = {}
        for connection, _, data in reader.messages():
            message = reader.deserialize(data, connection.msgtype)
            found.setdefault(connection.topic, []).append(message)
    clouds = found['/camera/points']
    assert [(cloud.width, cloud.height) for cloud in clouds] == [(80, 60)] * 2
    first, second = (cloud.header.stamp for cloud in clouds)
    assert (second.sec - first.sec) * 10**9 + second.nanosec - first.nanosec == 200_000_000
    labels = json.loads(found['/truth/parts'][0].data)['labels']
    assert {entry['object'] for entry in labels.values()} == {'jug_0', 'pan_1'}
    assert '/clicked_point' not in found


def test_a_wrong_option_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(['data', 'bag', str(tmp_path / 'bag'), '--rate', '-1']) == 2
    assert 'rate must be a positive number' in capsys.readouterr().err
    assert not (tmp_path / 'bag').exists()
