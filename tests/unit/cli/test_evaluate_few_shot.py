# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg evaluate few_shot` on small objects."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from part_seg_ros.cli.main import main

TINY = ('--model', 'compact-tiny', '--num-points', '200')


def write_boxes(folder: Path, names: str) -> None:
    """Write cubes of which the two sides across z are a part, and the other four another."""
    folder.mkdir()
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], float)
    sides = [[0, 2, 6, 4], [1, 5, 7, 3], [0, 1, 3, 2], [4, 6, 7, 5], [0, 4, 5, 1], [2, 3, 7, 6]]
    faces = [[a, b, c] for a, b, c, _ in sides] + [[a, c, d] for a, _, c, d in sides]
    for k, name in enumerate(names):
        np.savez(
            folder / f'{name}.npz',
            vertices=corners * [1 + k, 1, 1],
            faces=faces,
            labels=2 * [0, 0, 1, 1, 1, 1],
            names=['lid', 'wall'],
        )
    manifest = {name: {'category': 'box'} for name in names}
    (folder / 'manifest.json').write_text(json.dumps(manifest))


def test_table_and_report_agree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_boxes(tmp_path / 'boxes', 'abc')
    words = ['evaluate', 'few_shot', str(tmp_path / 'boxes'), *TINY, '--head', 'linear']
    words += ['--shots', '2', '--draws', '2', '--seed', '4', '--view', 'fused', '--exact-normals']
    assert main([*words, '--report', str(tmp_path / 'r')]) == 0
    header, _, row = capsys.readouterr().out.strip().splitlines()
    record = json.loads((tmp_path / 'r' / 'boxes' / 'few_shot.json').read_text())
    assert record['model'] == 'compact-tiny'
    config = record['config']
    assert (config['shots'], config['draws'], config['head']) == (2, 2, 'linear')
    assert (config['view']['view'], config['view']['seed']) == ('fused', 4)
    assert [cell.strip() for cell in header.split('|')[2:-1]] == list(record['summary'])
    shown = [float(cell) for cell in row.split('|')[2:-1]]
    assert shown == pytest.approx(list(record['summary'].values()), abs=0.05)
    assert record['kinds']['box']['mIoU'] == pytest.approx(record['summary']['class mIoU'])
    assert sorted(shape['draw'] for shape in record['shapes']) == [0, 1]
    assert len((tmp_path / 'r' / 'boxes' / 'few_shot.csv').read_text().splitlines()) == 3
    assert '| box |' in (tmp_path / 'r' / 'boxes' / 'few_shot.md').read_text()
    assert (tmp_path / 'r' / 'boxes' / 'few_shot.png').stat().st_size > 1000


@pytest.fixture
def shapenet_part(tmp_path: Path) -> Path:
    """Two airplanes of the training split and one of the test split, with normals."""
    (tmp_path / 'synsetoffset2category.txt').write_text('Airplane\t02691156\n')
    (tmp_path / 'train_test_split').mkdir()
    (tmp_path / '02691156').mkdir()
    rng = np.random.default_rng(0)
    for split, names in (('train', ('t1', 't2')), ('test', ('q',))):
        for name in names:
            points = rng.uniform(-1, 1, (150, 3))
            part = np.where(points[:, 0] > 0, 1, 3)
            table = np.column_stack([points, np.tile([0, 0, 1], (150, 1)), part])
            np.savetxt(tmp_path / '02691156' / f'{name}.txt', table, fmt='%.6f')
        listed = json.dumps([f'shape_data/02691156/{name}' for name in names])
        (tmp_path / 'train_test_split' / f'shuffled_{split}_file_list.json').write_text(listed)
    return tmp_path


def test_shapenet_part_is_learned_from_its_training_split_and_set_beside_others(
    shapenet_part: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ['evaluate', 'few_shot', 'shapenet_part', '--root', str(shapenet_part), *TINY]
    assert main([*words, '--shots', '2', '--draws', '1', '--report', str(tmp_path / 'r')]) == 0
    said = capsys.readouterr().out
    report = tmp_path / 'r' / 'shapenet_part'
    record = json.loads((report / 'few_shot.json').read_text())
    assert [shape['object_name'] for shape in record['shapes']] == ['02691156_q']
    (published,) = json.loads((report / 'few_shot_published.json').read_text())['comparisons']
    ours = published['rows']['compact-tiny, mlp, per kind']
    assert ours == {'1-shot': None, '2-shot': pytest.approx(record['summary']['class mIoU'])}
    assert '| Point-SAM | 73.9 | 76.1 |' in said


def test_too_few_shapes_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_boxes(tmp_path / 'boxes', 'ab')
    words = ['evaluate', 'few_shot', str(tmp_path / 'boxes'), *TINY]
    assert main([*words, '--shots', '2']) == 2
    assert 'boxes has no kind with enough shapes to learn 2 from' in capsys.readouterr().err
