# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Memory of SegviGen on the command line: planned, and measured in a process of its own."""

from __future__ import annotations

import json

import numpy as np
import pytest

from part_seg_ros.cli.bench_voxels import plates
from part_seg_ros.cli.main import main
from part_seg_ros.models.segvigen.preparation import prepare
from part_seg_ros.models.segvigen.settings import SegvigenSettings


@pytest.mark.parametrize(('num_voxels', 'grid'), [(3_000, 64), (50_000, 64), (90_000, 64)])
def test_a_pile_of_plates_has_about_the_voxels_wanted(num_voxels, grid):
    mesh = plates(num_voxels, grid)
    np.testing.assert_allclose(np.ptp(mesh.vertices[:, 2]), 1.0)
    voxels = prepare(mesh, SegvigenSettings(mesh_points=16), grid).voxels
    assert 0.8 * num_voxels < len(voxels) < 1.5 * num_voxels


def test_an_object_goes_through_within_memory(tmp_path, capsys):
    out = tmp_path / 'report.json'
    words = ['--num-voxels', '20000', '--threads', '1', '--setting', 'num_steps=2']
    assert main(['bench', '--model', 'segvigen-tiny', *words, '-o', str(out)]) == 0
    report = json.loads(out.read_text())
    assert report['voxels'] > 16_000 and report['steps'] == 2
    assert report['before_mib'] <= report['with_networks_mib'] <= report['peak_mib']
    # 1.4 kB a voxel of the host's work, and a process that is larger for what it imports.
    assert report['peak_mib'] - report['before_mib'] < 250
    assert report['peak_mib'] < 1.3 * report['estimated_mib']
    assert 'estimated mib' in capsys.readouterr().out


def test_the_plan_of_the_official_size_is_printed(capsys):
    assert main(['bench', '--model', 'segvigen', '--memory-plan']) == 0
    said = capsys.readouterr().out
    assert 'segvigen: 1,300,937 voxels in 4,674 cells' in said
    rows = {line.split('  ')[0]: line.split() for line in said.splitlines() if line}
    assert rows['flows.interactive'][1] == '1,292,304,416'
    assert {'encode', 'image', 'flow', 'decode'} <= rows.keys()

    def gib(name):
        return float(rows[name][-4].replace('–', '0')), float(rows[name][-2])

    everything, low = gib('GPU, all modes'), gib('GPU, all modes, low_memory')
    assert everything[0] > low[0] + 7 and everything[1] < low[1]
    alone = gib('GPU, clicks alone, low_memory')
    assert alone[0] <= low[0] and alone[1] < low[1]
    smaller = ['--num-voxels', '300000']
    assert main(['bench', '--model', 'segvigen', '--memory-plan', *smaller]) == 0
    rows = {line.split('  ')[0]: line.split() for line in capsys.readouterr().out.splitlines()}
    assert gib('GPU, all modes')[0] < everything[0]


@pytest.mark.parametrize(
    ('words', 'message'),
    [
        (['--model', 'compact', '--memory-plan'], 'compact has no voxels'),
        (['--model', 'unheard_of', '--num-voxels', '9'], 'unheard_of has no voxels'),
        (['--model', 'segvigen-tiny', '--num-voxels', '0'], 'must be at least 1'),
        (['--model', 'segvigen-tiny', '--num-voxels', '900000'], 'must be at most 131072'),
    ],
)
def test_mistakes_are_named(words, message, capsys):
    assert main(['bench', *words]) == 2
    assert message in capsys.readouterr().err
