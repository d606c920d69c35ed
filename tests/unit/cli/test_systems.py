# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The commands with every system, in its tiny size and from files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from part_seg_ros.cli.main import main
from part_seg_ros.data.files import CloudFile, read_cloud, write_cloud
from part_seg_ros.models import build_model
from part_seg_ros.segmenter import Segmenter, SegmenterConfig
from part_seg_ros.structures import PointCloud

SYSTEMS = ['point_sam', 'partsam', 's2am3d']


@pytest.fixture(params=SYSTEMS)
def model(request) -> str:
    return f'{request.param}-tiny'


@pytest.fixture
def checkpoint(model, write_weights, tmp_path) -> Path:
    (tmp_path / 'weights').mkdir()
    return write_weights(model, tmp_path / 'weights').checkpoint


@pytest.fixture
def chosen(model, checkpoint) -> list[str]:
    """The options that choose the system and its files."""
    return ['--model', model, '--checkpoint', str(checkpoint), '--device', 'cpu']


@pytest.fixture
def scan(tmp_path) -> Path:
    rng = np.random.default_rng(0)
    points = rng.normal(size=(900, 3))
    points *= [0.1, 0.08, 0.05] / np.linalg.norm(points, axis=1, keepdims=True)
    colors = rng.integers(0, 256, (900, 3)) / np.float32(255)
    path = tmp_path / 'scan.npz'
    write_cloud(path, CloudFile(cloud=PointCloud(points=points, colors=colors)))
    return path


def test_segment_writes_the_answer_of_the_system(model, checkpoint, chosen, scan, tmp_path):
    cloud = read_cloud(scan).cloud
    segmenter = Segmenter(build_model(model, checkpoint, 'cpu'), SegmenterConfig(max_points=500))
    session = segmenter.open(segmenter.encode(cloud)).add(cloud.points[7])
    words = ['--point', *map(str, cloud.points[7])]
    if segmenter.system.capabilities.negative_points:
        session = session.add(cloud.points[70], 0)
        words += ['--negative', *map(str, cloud.points[70])]
    out = tmp_path / 'out.npz'
    files = [str(scan), '-o', str(out)]
    assert main(['segment', *files, *words, *chosen, '--max-points', '500']) == 0
    logits = session.prediction.candidates.mask_logits[0]
    is_clear = np.abs(logits) > 1e-4
    assert is_clear.mean() > 0.99
    found = read_cloud(out).part_ids == 0
    np.testing.assert_array_equal(found[is_clear], (logits > 0)[is_clear])


def test_models_tells_whether_a_file_fits(model, checkpoint, capsys):
    assert main(['models', '--model', model, '--checkpoint', str(checkpoint)]) == 0
    digest = build_model(model, checkpoint, 'cpu').weights_sha256
    assert capsys.readouterr().out == f'{model}: ready, sha256 {digest}\n'
    assert main(['models', '--model', model]) == 0
    assert capsys.readouterr().out == f'{model}: ready, random weights\n'
    assert main(['models', '--checkpoint', str(checkpoint)]) == 2
    assert '--checkpoint goes with --model' in capsys.readouterr().err


@pytest.mark.parametrize('settings', [[], ['--num-prompts', '9', '--min-score', '0']])
def test_parts_are_found(chosen, scan, tmp_path, capsys, settings):
    out = tmp_path / 'out.npz'
    words = ['parts', str(scan), '-o', str(out), *settings, '--max-points', '150', *chosen]
    assert main(words) == 0
    part_ids = read_cloud(out).part_ids
    num_parts = len(set(part_ids.tolist()) - {-1})
    assert f'{num_parts} parts in ' in capsys.readouterr().out
    assert part_ids.shape == (900,)


@pytest.fixture
def pyramid(tmp_path) -> Path:
    """A folder with one object: a pyramid, each side a part."""
    folder = tmp_path / 'pyramids'
    folder.mkdir()
    np.savez(
        folder / 'pyramid.npz',
        vertices=[[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0.5, 0.5, 1]],
        faces=[[0, 2, 1], [0, 3, 2], [0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4]],
        labels=[0, 0, 1, 2, 3, 4],
        names=['base', 'front_panel', 'panel_2', 'part_3', 'shade'],
    )
    return folder


@pytest.mark.parametrize('protocol', ['clicks', 'parts'])
def test_evaluation_runs(model, chosen, pyramid, tmp_path, capsys, protocol):
    report = tmp_path / 'report'
    words = [protocol, str(pyramid), '--num-points', '300', '--report', str(report), *chosen]
    assert main(['evaluate', *words]) == 0
    record = json.loads((report / 'pyramids' / f'{protocol}.json').read_text())
    assert record['model'] == model
    assert len(record['parts']) == 5
    assert all(0.0 <= value for value in record['summary'].values() if value is not None)
    assert 'pyramids' in capsys.readouterr().out


def test_a_wrong_file_is_told_in_one_line(
    model, chosen, scan, pyramid, write_weights, spoil, tmp_path, capsys
):
    (tmp_path / 'bad').mkdir()
    weights = write_weights(model, tmp_path / 'bad')
    bad = spoil(*next(iter(weights.files.items())), 'missing key')
    chosen[3] = str(weights.checkpoint)
    out = tmp_path / 'out.npz'
    assert main(['models', *chosen[:4]]) == 2
    assert f'{bad.path} does not fit' in capsys.readouterr().err
    for command in (
        ['segment', str(scan), '--point', '0', '0', '0.05', '-o', str(out)],
        ['parts', str(scan), '-o', str(out)],
        ['evaluate', 'clicks', str(pyramid)],
    ):
        assert main([*command, *chosen]) == 2
        said = capsys.readouterr().err
        assert f'{bad.path} does not fit' in said and '1 missing: ' in said
        assert said.count('\n') == 1
    assert not out.exists()
