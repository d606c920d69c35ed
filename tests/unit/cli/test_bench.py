# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg bench` measures what it reports."""

from __future__ import annotations

import json
from pathlib import Path

from part_seg_ros.cli.main import main


def test_the_report_holds_times_and_what_made_them(tmp_path: Path) -> None:
    words = ['--num-points', '1000', '--num-targets', '3000', '--repeats', '2', '--threads', '1']
    words += ['--num-objects', '3']
    out = tmp_path / 'bench.json'
    assert main(['bench', '--model', 'compact-tiny', *words, '-o', str(out)]) == 0
    report = json.loads(out.read_text())
    assert report['config']['num_points'] == 1000
    assert report['machine']['cores'] >= 1
    for name in ('encode', 'first_click', 'next_click', 'find_named', 'normals', 'propagation'):
        times = report['results'][name]
        assert 0 < times['min_ms'] <= times['p10_ms'] <= times['median_ms'] <= times['p90_ms']
    assert report['results']['message_conversion']['both_ways_ms'] > 0
    assert report['results']['propagation_speedup'] > 1
    assert report['results']['memory_peak_mib'] > 50
    assert report['results']['objects_per_second'] > 1


def test_a_system_that_refines_no_answer_is_timed_without(tmp_path: Path) -> None:
    words = ['--num-points', '300', '--num-targets', '300', '--repeats', '1', '--threads', '1']
    out = tmp_path / 'bench.json'
    words += ['--num-objects', '1', '-o', str(out)]
    assert main(['bench', '--model', 's2am3d-tiny', *words]) == 0
    results = json.loads(out.read_text())['results']
    assert results['first_click']['min_ms'] > 0
    assert 'next_click' not in results
