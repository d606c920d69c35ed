# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg segment` and `parts`, end to end with a small random network."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import trimesh

from part_seg_ros.cli.main import main
from part_seg_ros.data.demo_scan import mug_on_table
from part_seg_ros.data.files import CloudFile, read_cloud, write_cloud
from part_seg_ros.models import build_model
from part_seg_ros.segmenter import FindNamedSettings, Segmenter, SegmenterConfig
from part_seg_ros.structures import NamePrompt, PointCloud

_TINY = ('--model', 'compact-tiny', '--device', 'cpu', '--max-points', '2000')


@pytest.fixture
def scan_path(tmp_path: Path) -> Path:
    write_cloud(tmp_path / 'scan.npz', mug_on_table(np.random.default_rng(2)).file)
    return tmp_path / 'scan.npz'


def _point(scan_path: Path, row: int) -> list[float]:
    points = read_cloud(scan_path).cloud.points
    return points[np.isfinite(points).all(axis=1)][row].tolist()


def test_the_written_mask_is_the_segmenters_answer(part_seg, scan_path: Path) -> None:
    on, off = _point(scan_path, 700), _point(scan_path, 9000)
    words = ['--point', *on, '--negative', *off, '--granularity', 0.5, *_TINY]
    done = part_seg('segment', scan_path, *words, '-o', 'out.ply', '--picture', 'out.png')
    assert done.returncode == 0, done.stderr
    system = build_model('compact-tiny', device='cpu')
    segmenter = Segmenter(system, SegmenterConfig(max_points=2000))
    encoded = segmenter.encode(read_cloud(scan_path).cloud)
    session = segmenter.open(encoded, granularity=0.5).add(np.array(on), 1)
    expected = session.add(np.array(off), 0).prediction
    written = read_cloud(scan_path.parent / 'out.ply')
    agreement = (written.part_ids == np.where(expected.mask, 0, -1)).mean()
    assert agreement > 0.999  # threads may round differently
    np.testing.assert_array_equal(written.cloud.points, read_cloud(scan_path).cloud.points)
    assert (scan_path.parent / 'out.png').read_bytes().startswith(b'\x89PNG')
    assert 'predicted IoU' in done.stdout


def test_parts_partition_the_cloud(scan_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, picture = scan_path.parent / 'out.json', scan_path.parent / 'out.png'
    words = ['--num-prompts', '16', '--min-score', '0', '--min-points', '1', *_TINY]
    files = ['-o', str(out), '--picture', str(picture)]
    assert main(['parts', str(scan_path), *words, *files]) == 0
    summary = json.loads(out.read_text())
    rows = [row for part in summary['parts'] for row in part['point_indices']]
    assert len(rows) == len(set(rows)) > 0
    said = capsys.readouterr().out
    assert f'{len(summary["parts"])} parts' in said
    assert all('name_probability' in part for part in summary['parts'])
    assert said.splitlines()[0].split() == ['part', 'points', 'score', 'name', 'size', '[m]']
    points = read_cloud(scan_path).cloud.points
    assert np.isfinite(points[rows]).all()
    assert picture.exists()


@pytest.fixture
def anything() -> list[str]:
    """Options with which whatever is likeliest is taken for a part of the wanted name."""
    return ['--min-probability', '0', '--min-score', '0', *_TINY]


def test_a_name_finds_what_the_segmenter_finds(
    scan_path: Path, anything: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    out, picture = scan_path.parent / 'out.json', scan_path.parent / 'out.png'
    files = ['-o', str(out), '--picture', str(picture)]
    assert main(['segment', str(scan_path), '--name', 'the handle', *anything, *files]) == 0
    cloud = read_cloud(scan_path).cloud
    segmenter = Segmenter(
        build_model('compact-tiny', device='cpu'), SegmenterConfig(max_points=2000)
    )
    found = segmenter.find_named(
        segmenter.encode(cloud),
        NamePrompt(name='handle'),
        FindNamedSettings(min_probability=0.0, min_score=0.0),
    )
    expected = found.as_segmentation(cloud.points)
    parts = json.loads(out.read_text())['parts']
    assert len(parts) == len(expected.parts) > 0
    for part, wanted in zip(parts, expected.parts, strict=True):
        rows = np.flatnonzero(expected.part_ids == wanted.part_id)
        agreement = len(np.intersect1d(rows, part['point_indices'])) / len(rows)
        assert agreement > 0.99  # threads may round differently
        assert part['name'] == 'handle'
        assert part['name_probability'] == pytest.approx(wanted.name_probability, abs=1e-3)
    said = capsys.readouterr().out
    assert f'handle 0 ({expected.parts[0].name_probability:.0%}): ' in said
    assert f'{len(parts)} found; encode' in said
    assert picture.exists()


def test_near_leaves_one_part(scan_path: Path, anything: list[str]) -> None:
    out = scan_path.parent / 'out.json'
    words = ['--name', 'handle', '--near', '0', '0', '0', *anything, '-o', str(out)]
    assert main(['segment', str(scan_path), *words]) == 0
    (part,) = json.loads(out.read_text())['parts']
    assert part['name'] == 'handle'


def test_a_name_beside_clicks_names_the_part(
    scan_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = scan_path.parent / 'out.json'
    click = [str(value) for value in _point(scan_path, 700)]
    words = ['--point', *click, '--name', 'knobs', *_TINY, '-o', str(out)]
    assert main(['segment', str(scan_path), *words]) == 0
    (part,) = json.loads(out.read_text())['parts']
    assert part['name'] == 'knob' and 0 < part['name_probability'] < 1
    assert capsys.readouterr().out.startswith('knob (')


def test_where_there_is_none_the_best_candidate_is_told(
    scan_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = scan_path.parent / 'out.json'
    words = ['--name', 'handle', '--min-probability', '1', *_TINY, '-o', str(out)]
    assert main(['segment', str(scan_path), *words]) == 2
    assert 'no handle found; the best candidate has' in capsys.readouterr().err
    assert not out.exists()


def test_a_mesh_is_sampled(tmp_path: Path) -> None:
    trimesh.creation.box(extents=(0.3, 0.2, 0.1)).export(tmp_path / 'box.stl')
    words = ['--num-samples', '3000', '--point', '0.15', '0', '0', *_TINY]
    out = tmp_path / 'out.npz'
    assert main(['segment', str(tmp_path / 'box.stl'), *words, '-o', str(out)]) == 0
    assert len(read_cloud(out).part_ids) == 3000


def test_a_region_leaves_the_rest_unassigned(scan_path: Path) -> None:
    click = np.array(_point(scan_path, 9000))
    out = scan_path.parent / 'out.npz'
    words = [f'{value}' for value in click]
    region = ['--region', *words, '0.04']
    assert (
        main(['segment', str(scan_path), '--point', *words, *region, *_TINY, '-o', str(out)]) == 0
    )
    result, points = read_cloud(out), read_cloud(scan_path).cloud.points
    np.testing.assert_array_equal(result.cloud.points, points)
    distances = np.linalg.norm(points - click, axis=1)
    assert (result.part_ids[~(distances <= 0.04)] == -1).all()
    inside = CloudFile(cloud=PointCloud(points=points[distances <= 0.04], viewpoint=np.zeros(3)))
    write_cloud(scan_path.parent / 'inside.npz', inside)
    alone = scan_path.parent / 'alone.npz'
    words = ['--point', *words, *_TINY, '-o', str(alone)]
    assert main(['segment', str(scan_path.parent / 'inside.npz'), *words]) == 0
    agreement = read_cloud(alone).part_ids == result.part_ids[distances <= 0.04]
    assert agreement.mean() > 0.999


@pytest.mark.parametrize(
    ('words', 'message'),
    [
        (['--point', 0, 0, 0.5, '--region', 3, 0, 0, 0.1], 'no point lies within 0.1 m'),
        (['--negative', 0, 0, 0.5], 'at least one --point'),
        ([], 'or its --name'),
        (['--name', 'hxqzw'], "'hxqzw' is no known part"),
        (['--name', 'hxqzw', '--point', 0, 0, 0.5], "'hxqzw' is no known part"),
        (['--point', 0, 0, 0.5, '--near', 0, 0, 0], '--near goes with --name'),
        (['--name', 'lid', '--point', 0, 0, 0.5, '--near', 0, 0, 0], 'without --point'),
        (['--name', 'lid', '--granularity', 2], 'granularity must lie in'),
        (['--name', 'lid', '--min-probability', 2], 'min_probability must be at most 1'),
        (['--point', 5, 5, 5], 'snap'),
        (['--point', 0, 0, 0.5, '--granularity', 2], 'granularity must lie in'),
        (['--point', 0, 0, 0.5, '--device', 'abacus'], 'device must be'),
        (['--point', 0, 0, 0.5, '--setting', 'up=y'], 'compact-tiny has no settings, got up'),
        (['--point', 0, 0, 0.5, '--setting', 'up'], "must be NAME=VALUE, got 'up'"),
        (['--point', 0, 0, 0.5, '--checkpoint', 'none.safetensors'], 'no weights at'),
    ],
)
def test_bad_requests_are_explained_in_one_line(
    scan_path: Path, capsys: pytest.CaptureFixture[str], words: list[object], message: str
) -> None:
    out = scan_path.parent / 'out.ply'
    assert main(['segment', str(scan_path), *_TINY, *map(str, words), '-o', str(out)]) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count('\n') == 1
    assert not out.exists()


def test_an_impossible_output_is_refused_before_the_work(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(['segment', 'nowhere.ply', '--point', '0', '0', '0', '-o', 'out.pcd']) == 2
    assert 'must end in .ply' in capsys.readouterr().err
