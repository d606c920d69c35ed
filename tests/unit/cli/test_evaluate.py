# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg evaluate` on two small objects."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

from part_seg_ros.cli.main import main
from part_seg_ros.data.files import CloudFile, write_cloud
from part_seg_ros.structures import PointCloud

FEW = ('--model', 'compact-tiny', '--num-points', '300')


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two pyramids, each side a part of its own."""
    made = tmp_path / 'pyramids'
    made.mkdir()
    vertices = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0.5, 0.5, 1]])
    faces = [[0, 2, 1], [0, 3, 2], [0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4]]
    for name in ('flat', 'steep'):
        np.savez(
            made / f'{name}.npz',
            vertices=vertices * [1, 1, 3 if name == 'steep' else 1],
            faces=faces,
            labels=[0, 0, 1, 2, 3, 4],
            names=['base', 'front_panel', 'panel_2', 'part_3', 'shade'],
        )
    return made


@pytest.mark.parametrize('protocol', ['clicks', 'parts', 'proposals', 'names'])
@pytest.mark.parametrize('view', ['full', 'single'])
def test_table_and_report_agree(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], protocol: str, view: str
) -> None:
    report = tmp_path / 'report'
    words = ['evaluate', protocol, str(folder), *FEW, '--view', view, '--report', str(report)]
    assert main(words) == 0
    header, _, row = capsys.readouterr().out.strip().splitlines()
    record = json.loads((report / 'pyramids' / f'{protocol}.json').read_text())
    assert record['model'] == 'compact-tiny'
    assert record['config']['view']['view'] == view
    assert [cell.strip() for cell in header.split('|')[2:-1]] == list(record['summary'])
    measured = [np.nan if v is None else v for v in record['summary'].values()]
    shown = [float(cell.replace('–', 'nan')) for cell in row.split('|')[2:-1]]
    assert shown == pytest.approx(measured, abs=0.05, nan_ok=True)
    results = record['asks' if protocol == 'names' else 'parts']
    assert {result['object_name'] for result in results} == {'flat', 'steep'}


def test_options_reach_the_configuration(folder: Path, tmp_path: Path) -> None:
    words = ['evaluate', 'clicks', str(folder), *FEW, '--seed', '3', '--view', 'single']
    words += ['--exact-normals', '--no-noise', '--granularity', '--report', str(tmp_path / 'r')]
    assert main(words) == 0
    config = json.loads((tmp_path / 'r' / 'pyramids' / 'clicks.json').read_text())['config']
    assert config['true_granularity'] is True
    assert config['view'] == {
        'view': 'single',
        'num_points': 300,
        'seed': 3,
        'exact_normals': True,
        'has_noise': False,
    }


def test_the_simulated_user_is_chosen_and_published_figures_of_its_clicks_shown(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = folder.rename(folder.with_name('partobjaverse_tiny'))
    shown = {}
    for user in ('point_sam', 'segvigen'):
        words = ['evaluate', 'clicks', str(named), *FEW, '--protocol', user]
        assert main([*words, '--report', str(tmp_path / user)]) == 0
        shown[user] = capsys.readouterr().out
        report = tmp_path / user / 'partobjaverse_tiny'
        record = json.loads((report / 'clicks.json').read_text())
        assert record['config']['protocol'] == user
        labels = {label for part in record['parts'] for _, label in part['clicks']}
        assert labels == ({1} if user == 'segvigen' else {0, 1})
        (published,) = json.loads((report / 'clicks_published.json').read_text())['comparisons']
        assert published['title'] in shown[user]
        ours = published['rows']['compact-tiny, per part']
        assert ours['IoU@1'] == pytest.approx(record['averages']['per part']['IoU@1'])
    assert '| PartSAM | 56.1 |' in shown['point_sam'] and '42.5' not in shown['point_sam']
    assert '| SegviGen | 42.5 |' in shown['segvigen'] and 'PartSAM' not in shown['segvigen']


def test_options_of_proposals_reach_the_configuration(folder: Path, tmp_path: Path) -> None:
    words = ['evaluate', 'proposals', str(folder), *FEW, '--num-prompts', '12']
    words += ['--nms-iou', '0.6', '--max-proposals', '3', '--report', str(tmp_path / 'r')]
    assert main(words) == 0
    record = json.loads((tmp_path / 'r' / 'pyramids' / 'proposals.json').read_text())
    wanted = {'num_prompts': 12, 'nms_iou': 0.6, 'max_proposals': 3}
    assert {name: record['config'][name] for name in wanted} == wanted
    assert all(0 < part['num_found'] <= 3 for part in record['parts'])


def test_figures_of_others_stand_beside_ours(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    objects = {name: {'points20k': value} for name, value in (('flat', 80.0), ('steep', 60.0))}
    published = {'published_methods': {'Theirs': {'objects': objects}}}
    (folder / 'baselines.json').write_text(json.dumps(published))
    words = ['evaluate', 'parts', str(folder), *FEW, '--mesh', '--scan', '--num-prompts', '16']
    assert main([*words, '--report', str(tmp_path / 'r')]) == 0
    said = capsys.readouterr().out
    rows = {
        row.split('|')[1].strip(): row.split('|')[2:-1] for row in said.splitlines() if '|' in row
    }
    assert [float(cell) for cell in rows['Theirs']] == [70.0, 80.0, 60.0]
    record = json.loads((tmp_path / 'r' / 'pyramids' / 'parts.json').read_text())
    ours = [float(cell) for cell in rows['compact-tiny, mesh, scan']]
    assert ours[0] == pytest.approx(record['summary']['mIoU per object'], abs=0.1)
    assert float(rows['one part'][0]) == pytest.approx(20.0)  # five parts cover all
    assert record['config']['settings']['num_prompts'] == 16
    assert all(part['granularity'] in np.arange(1, 11) / 10 for part in record['parts'])


@pytest.mark.parametrize('protocol', ['clicks', 'parts'])
def test_published_layout_is_found_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], protocol: str
) -> None:
    points = np.random.default_rng(0).uniform(size=(400, 3)).astype(np.float32)
    is_red = points[:, 0] > 0.5
    colors = np.where(is_red[:, None], [1.0, 0, 0], [0, 0, 1.0])
    cloud = PointCloud(points=points, colors=colors)
    write_cloud(tmp_path / 'halves.ply', CloudFile(cloud=cloud))
    words = ['evaluate', protocol, 'colored', '--root', str(tmp_path), *FEW]
    assert main([*words, '--report', str(tmp_path / 'r')]) == 0
    assert capsys.readouterr().out.splitlines()[-1].startswith('| colored')
    record = json.loads((tmp_path / 'r' / 'colored' / f'{protocol}.json').read_text())
    names = [part['object_name'] for part in record['parts']]
    assert names == ['halves', 'halves']


def test_mistakes_are_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words, message in (
        (['clicks', 'nowhere', *FEW], 'no .npz objects in nowhere'),
        (['clicks', str(folder), *FEW, '--max-points', '100'], 'raise --max-points'),
        (['clicks', 'colored', *FEW], 'say where it lies: --root DIR'),
        (['clicks', 'a', 'b', '--root', str(folder), *FEW], 'goes with one DATASET, got 2'),
        (['clicks', 'a', '--root', str(folder), *FEW], 'a is no layout; with --root give one of'),
        (['clicks', 'held_out', *FEW, '--objects-per-family', '0'], 'at least 1'),
    ):
        assert main(['evaluate', *words]) == 2
        assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ('protocol', 'option'),
    [('parts', '--granularity'), ('clicks', '--mesh'), ('names', '--scan'), ('names', '--cases')],
)
def test_options_of_another_protocol_are_unknown(
    folder: Path, capsys: pytest.CaptureFixture[str], protocol: str, option: str
) -> None:
    with pytest.raises(SystemExit, match='2'):
        main(['evaluate', protocol, str(folder), option])
    assert f'unrecognized arguments: {option}' in capsys.readouterr().err


@pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in ('open3d', 'sam2')),
    reason='sam2 or open3d is not installed',
)
def test_masks_of_the_front_view_are_prompted(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / 'report'
    words = ['evaluate', 'parts', str(folder), '--model', 'sam2_multiview-tiny', '--mesh']
    words += ['--num-points', '300', '--report', str(report)]
    assert main([*words, '--front-masks', 'rest']) == 0
    record = json.loads((report / 'pyramids' / 'parts.json').read_text())
    assert record['config']['front_masks'] == 'rest' and record['config']['on_mesh']
    # The rest is a part, so that every true part has an overlap with some predicted one.
    assert all(part['face_iou'] > 0 for part in record['parts'])
    assert main([*words, '--front-masks', 'open', '--scan']) == 2
    assert 'leave out --scan' in capsys.readouterr().err
