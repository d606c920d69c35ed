# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The launch files that measure: they run to their end and leave their reports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from part_seg_ros.data.bags.recipe import BagRecipe

RECIPE = BagRecipe(
    objects=('mug', 'bottle'), num_frames=4, rate_hz=2.0, seed=3, resolution=(80, 60)
)


@pytest.fixture
def launch(tmp_path: Path):
    """Run a launch file in a process of its own and return what was printed."""
    pytest.importorskip('launch_ros', reason='launch tests need launch_ros, as in apt ROS')

    def run(name: str, **arguments: object) -> str:
        words = [f'{key}:={value}' for key, value in arguments.items()]
        environment = os.environ | {
            'ROS_DOMAIN_ID': '18',
            'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
            'ROS_LOG_DIR': str(tmp_path / 'log'),
            'OMP_NUM_THREADS': '1',
        }
        done = subprocess.run(
            [sys.executable, str(Path(__file__).parent / 'run_launch_file.py'), name, *words],
            env=environment,
            capture_output=True,
            text=True,
            timeout=250,
            check=False,
        )
        printed = done.stdout + done.stderr
        assert done.returncode == 0, printed
        assert 'process has died' not in printed, printed
        return printed

    return run


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    pytest.importorskip('rosbags', reason='bags need the Python package rosbags')
    from part_seg_ros.data.bags.writer import write_bag

    write_bag(tmp_path / 'bag', RECIPE)
    return tmp_path / 'bag'


def test_a_benchmark_writes_its_figures(launch, tmp_path: Path) -> None:
    output = tmp_path / 'bench.json'
    launch(
        'benchmark.launch.py',
        model='compact-tiny',
        num_points=600,
        device='cpu',
        seconds=0.5,
        output=output,
    )
    config = json.loads(output.read_text())['config']
    assert (config['model'], config['num_points'], config['device']) == (
        'compact-tiny',
        [600],
        'cpu',
    )


@pytest.mark.parametrize('prompt_topic', ['/clicked_point', 'none'])
def test_a_bag_is_read_offline(launch, bag: Path, tmp_path: Path, prompt_topic: str) -> None:
    printed = launch(
        'bag_evaluation.launch.py',
        bag=bag,
        model='compact-tiny',
        device='cpu',
        prompt_topic=prompt_topic,
        annotated=tmp_path / 'annotated',
        storage='mcap',
        report=tmp_path / 'report',
    )
    assert 'process has finished cleanly' in printed
    assert (tmp_path / 'report' / 'bag.json').is_file()
    # Parts that were clicked on are numbered; without clicks every true part is listed.
    assert ('| 1 (' in printed) == (prompt_topic != 'none')
    assert list((tmp_path / 'annotated').glob('*.mcap'))


def test_a_bag_is_played_in_real_time(launch, bag: Path, tmp_path: Path) -> None:
    launch(
        'bag_evaluation.launch.py',
        bag=bag,
        model='compact-tiny',
        device='cpu',
        realtime='true',
        report=tmp_path / 'report',
    )
    report = json.loads((tmp_path / 'report' / 'replay.json').read_text())
    assert report['frames'] == report['played']['/camera/points'] == RECIPE.num_frames
    assert report['frames_answered'] >= 1 and report['age_ms']['median'] > 0.0
    assert report['errors'] == 0, report['records']
