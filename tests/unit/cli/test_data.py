# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg data` makes the objects that it says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from part_seg_ros.cli.main import main
from part_seg_ros.data.files import read_cloud
from part_seg_ros.data.procedural import HELD_OUT_FAMILIES


def test_generated_objects_have_parts_and_come_again_with_the_same_seed(tmp_path: Path) -> None:
    words = ['--count', '2', '--family', 'mug', '--num-points', '500', '--seed', '4']
    for folder in ('first', 'again'):
        assert main(['data', 'generate', *words, '-o', str(tmp_path / folder)]) == 0
    names = sorted(path.name for path in (tmp_path / 'first').iterdir())
    assert names == ['00000_mug.npz', '00001_mug.npz']
    files = [[read_cloud(tmp_path / f / name) for name in names] for f in ('first', 'again')]
    for first, again in zip(*files, strict=True):
        np.testing.assert_array_equal(first.cloud.points, again.cloud.points)
        assert len(first.cloud) == 500
        assert set(np.unique(first.part_ids)) >= {0, 1}
    assert not np.array_equal(files[0][0].cloud.points, files[0][1].cloud.points)


def test_camera_clouds_know_their_viewpoint(tmp_path: Path) -> None:
    words = ['--count', '1', '--family', 'chair', '--camera', '--suffix', 'npz']
    assert main(['data', 'generate', *words, '-o', str(tmp_path)]) == 0
    cloud = read_cloud(tmp_path / '00000_chair.npz').cloud
    towards = np.einsum('nc,nc->n', cloud.normals, cloud.viewpoint - cloud.points)
    assert (towards > 0).mean() > 0.95


def test_show_draws_a_sheet(tmp_path: Path) -> None:
    words = ['--count', '2', '--num-points', '400', '-o', str(tmp_path / 'sheet.png')]
    assert main(['data', 'show', *words]) == 0
    assert (tmp_path / 'sheet.png').read_bytes().startswith(b'\x89PNG')


def test_unknown_family_names_the_known_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(['data', 'show', '--family', 'cup', '-o', str(tmp_path / 'a.png')]) == 2
    assert 'mug' in capsys.readouterr().err


def test_held_out_families_come_one_by_one_and_mixed(tmp_path: Path) -> None:
    words = ['data', 'generate', '--count', '4', '--num-points', '300', '-o', str(tmp_path)]
    assert main([*words, '--family', 'stapler']) == 0
    assert len(list(tmp_path.glob('*_stapler.npz'))) == 4
    assert main([*words, '--family', 'held_out', '--seed', '1']) == 0
    families = {path.stem.split('_', 1)[1] for path in tmp_path.glob('*.npz')}
    assert len(families) > 2
    assert families <= HELD_OUT_FAMILIES.keys()
