# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg bench` measures what it reports."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from part_seg_ros.cli.main import main

_TIMES = ('encode', 'first_click', 'prompts')


def _bench(folder: Path, *words: str) -> dict[str, Any]:
    out = folder / 'reports' / 'bench.json'
    assert main(['bench', '--threads', '1', '--repeats', '2', '-o', str(out), *words]) == 0
    return json.loads(out.read_text())


def _check_times(times: dict[str, float]) -> None:
    assert 0 < times['min_ms'] <= times['p10_ms'] <= times['median_ms'] <= times['p90_ms']
    assert 0 < times['cpu_min_ms'] <= times['cpu_median_ms']
    assert times['runs'] == 2


def test_the_bundled_system_is_measured_with_what_surrounds_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ['--model', 'compact-tiny', '--num-points', '1000', '--num-targets', '3000']
    report = _bench(tmp_path, *words, '--num-objects', '3')
    assert report['config']['num_points'] == [1000]
    assert report['machine']['cores'] >= 1
    network, surroundings = report['networks'][0], report['surroundings']
    for name in (*_TIMES, 'next_click', 'new_granularity', 'find_named', 'normals', 'every_part'):
        _check_times(network[name])
    assert network['num_every_part'] == report['config']['every_part'] == 512
    assert network['every_part']['min_ms'] > network['prompts']['min_ms']  # 512 clicks, not 64
    assert 'every part, 512 prompts' in capsys.readouterr().out
    assert 0 < surroundings['propagation']['min_ms']
    assert surroundings['message_conversion']['both_ways_ms'] > 0
    assert surroundings['propagation_speedup'] > 1
    assert surroundings['objects_per_second'] > 1


@pytest.mark.parametrize(
    ('model', 'others'),
    [
        ('point_sam-tiny', {'next_click'}),
        ('partsam-tiny', {'next_click', 'normals'}),
        ('s2am3d-tiny', {'new_granularity'}),
    ],
)
def test_every_system_is_measured_by_what_it_does(
    model: str, others: set[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ['--random-weights', '5', '--num-points', '300', '--num-prompts', '4']
    report = _bench(tmp_path, '--model', model, *words)
    (network,) = report['networks']
    assert report['config']['every_part'] == 0
    stages = {name for name, value in network.items() if isinstance(value, dict)} - {'memory'}
    assert stages == {*_TIMES, *others}
    for name in stages:
        _check_times(network[name])
    assert (network['num_points'], network['num_network_points']) == (300, 300)
    assert (network['num_prompts'], network['device']) == (4, 'cpu')
    assert network['weights_sha256'] == ''
    assert 'surroundings' not in report
    memory = network['memory']
    assert memory['peak_mib'] >= memory['encode_peak_mib'] >= memory['weights_mib'] > 50
    assert memory['embedding_mib'] > 0
    table = capsys.readouterr().out
    assert f'{model} with random weights of seed 5 on cpu' in table
    for label in ('300 points', '4 prompts', 'first click', 'peak of the process'):
        assert label in table


def test_the_peak_of_one_size_does_not_hide_that_of_the_next(tmp_path: Path) -> None:
    words = ['--model', 'point_sam-tiny', '--num-points', '40000', '300', '--num-prompts', '32']
    large, small = _bench(tmp_path, *words, '--seconds', '0')['networks']
    assert (large['num_points'], small['num_points']) == (40_000, 300)
    assert large['memory']['peak_mib'] > small['memory']['peak_mib'] + 20


def test_the_network_may_get_fewer_points(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ['--model', 's2am3d-tiny', '--num-points', '2000', '--max-points', '200']
    (network,) = _bench(tmp_path, *words, '--num-prompts', '1')['networks']
    assert (network['num_points'], network['num_network_points']) == (2000, 200)
    assert 'points of the network' in capsys.readouterr().out


def test_random_weights_are_never_taken_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv('PART_SEG_WEIGHTS', str(tmp_path))
    for model in ('point_sam', 'partsam', 's2am3d'):
        assert main(['bench', '--model', model]) == 2
        printed = capsys.readouterr()
        assert 'no weights at' in printed.err
        assert '--random-weights' in printed.err
        assert printed.out == ''


@pytest.mark.parametrize(
    ('words', 'message'),
    [
        (['--random-weights', '--checkpoint', 'x.pt'], 'not both'),
        (['--threads', '0'], 'threads must be at least 1'),
        (['--repeats', '0'], 'repeats must be at least 1'),
        (['--setting', 'patch_size=0'], 'patch_size must be at least 1'),
        (['--num-prompts', '0'], 'num_prompts must be at least 1'),
        (['--num-points', '3'], 'num_points must be at least 16, got 3'),
    ],
)
def test_what_cannot_be_measured_is_refused(
    words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(['bench', '--model', 'point_sam-tiny', *words]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.skipif(
    not all(importlib.util.find_spec(name) for name in ('open3d', 'sam2')),
    reason='sam2 or open3d is not installed',
)
@pytest.mark.parametrize('model', ['geosam2-tiny', 'sam2_multiview-tiny'])
def test_a_system_of_views_is_measured_on_a_mesh_stage_by_stage(
    model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ['--model', model, '--num-faces', '500', '--num-points', '300', '400']
    report = _bench(tmp_path, *words)
    (network,) = report['networks']
    assert 400 < network['num_faces'] < 600 and network['num_views'] == 12
    for name in ('render', 'encode_view', 'view_click', 'lift'):
        _check_times(network[name])
    parts = network['render'], network['view_click'], network['lift']
    per_view = network['encode_view'], network['follow_view']
    for kind in ('median_ms', 'cpu_median_ms'):
        total = sum(part[kind] for part in parts) + 12 * sum(view[kind] for view in per_view)
        assert network['object'][kind] == pytest.approx(total, rel=1e-3)
    assert network['memory']['embedding_mib'] > 1
    said = capsys.readouterr().out
    assert f'{network["num_faces"]} faces' in said and 'about 30 s for an object' in said
