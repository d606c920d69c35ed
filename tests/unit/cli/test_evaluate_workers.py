# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`part-seg evaluate` by several workers, killed half-way, and with objects that fail."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from part_seg_ros.cli.main import main

FEW = ('--model', 'compact-tiny', '--num-points', '200')
_COMMAND = (sys.executable, '-m', 'part_seg_ros.cli.main')


def write_pyramid(path: Path, height: float) -> None:
    np.savez(
        path,
        vertices=np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0.5, 0.5, height]]),
        faces=[[0, 2, 1], [0, 3, 2], [0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4]],
        labels=[0, 0, 1, 2, 3, 4],
        names=['base', 'front_panel', 'panel_2', 'part_3', 'shade'],
    )


def pyramids(folder: Path, count: int) -> Path:
    folder.mkdir()
    for k in range(count):
        write_pyramid(folder / f'pyramid_{k:02}.npz', 0.5 + 0.1 * k)
    return folder


def report_bytes(folder: Path) -> dict[str, bytes]:
    """All files of a report but those that tell times, which no two runs have in common."""
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    return {name: data for name, data in files.items() if '_times.' not in name}


def test_four_workers_write_the_report_of_one(tmp_path: Path) -> None:
    folder = pyramids(tmp_path / 'pyramids', 5)
    words = ['evaluate', 'clicks', str(folder), *FEW, '--report']
    assert main([*words, str(tmp_path / 'one')]) == 0
    assert main([*words, str(tmp_path / 'four'), '--workers', '4']) == 0
    one = report_bytes(tmp_path / 'one' / 'pyramids')
    assert {'clicks.json', 'clicks.csv', 'clicks.md', 'clicks.png'} <= one.keys()
    assert report_bytes(tmp_path / 'four' / 'pyramids') == one


def test_a_local_ray_cluster_writes_the_report_of_one_worker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip('ray')
    pyramids(tmp_path / 'pyramids', 3)
    monkeypatch.chdir(tmp_path)  # the workers find relative paths, too
    words = ['evaluate', 'clicks', 'pyramids', *FEW, '--report']
    assert main([*words, 'one']) == 0
    assert main([*words, 'ray', '--ray', 'local', '--workers', '2']) == 0
    one = report_bytes(tmp_path / 'one' / 'pyramids')
    assert report_bytes(tmp_path / 'ray' / 'pyramids') == one


def test_a_killed_evaluation_goes_on_and_writes_the_same_report(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = pyramids(tmp_path / 'pyramids', 10)
    words = ['evaluate', 'clicks', str(folder), *FEW, '--report']
    assert main([*words, str(tmp_path / 'whole')]) == 0
    table = capfd.readouterr().out

    items = tmp_path / 'broken' / 'pyramids' / 'clicks_items'
    process = subprocess.Popen([*_COMMAND, *words, str(tmp_path / 'broken'), '--workers', '2'])
    while not list(items.glob('*.item.json')):
        assert process.poll() is None, 'it ended before an object was finished'
        time.sleep(0.002)
    children = Path(f'/proc/{process.pid}/task/{process.pid}/children').read_text().split()
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    finished = sorted(items.glob('*.item.json'))
    assert 1 <= len(finished) < 10
    capfd.readouterr()

    entry = json.loads(finished[0].read_text())
    assert main([*words, str(tmp_path / 'broken')]) == 0
    said = capfd.readouterr()
    assert f'pyramids: goes on after {len(finished)} objects' in said.err
    assert said.out == table
    whole, broken = (report_bytes(tmp_path / name / 'pyramids') for name in ('whole', 'broken'))
    assert broken == whole
    assert not items.exists()
    # The times of a finished object are those of the first run: it was not measured again.
    times = json.loads((tmp_path / 'broken' / 'pyramids' / 'clicks_times.json').read_text())
    assert entry['record'][0]['encode_ms'] in times['objects'][entry['name']].values()

    deadline = time.monotonic() + 30
    while any(os.path.exists(f'/proc/{child}') for child in children):
        assert time.monotonic() < deadline, 'workers outlive the command that was killed'
        time.sleep(0.05)


def test_an_object_that_fails_is_told_and_tried_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, report = pyramids(tmp_path / 'pyramids', 3), tmp_path / 'report'
    np.savez(folder / 'bad.npz', vertices=np.eye(3))
    words = ['evaluate', 'parts', str(folder), *FEW, '--report', str(report)]
    assert main(words) == 0
    said = capsys.readouterr()
    assert 'pyramids: bad failed: InputError: ' in said.err and 'lacks' in said.err
    found = report / 'pyramids'
    record = json.loads((found / 'parts.json').read_text())
    assert {part['object_name'] for part in record['parts']} == {f'pyramid_0{k}' for k in range(3)}
    failed = json.loads((found / 'parts_failed.json').read_text())
    assert list(failed) == ['bad'] and 'lacks' in failed['bad']
    assert (found / 'parts.md').read_text().count('\n- bad: InputError: ') == 1

    assert main([*words, '--seed', '1']) == 2
    assert 'differs in config.view.seed (0 there, 1 now)' in capsys.readouterr().err
    write_pyramid(folder / 'bad.npz', 2.0)
    assert main(words) == 0
    assert 'pyramids: goes on after 3 objects' in capsys.readouterr().err
    record = json.loads((found / 'parts.json').read_text())
    assert len({part['object_name'] for part in record['parts']}) == 4
    assert json.loads((found / 'parts_failed.json').read_text()) == {}
    assert 'Not measured' not in (found / 'parts.md').read_text()
    assert not (found / 'parts_items').exists()


def test_all_objects_failing_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / 'pyramids'
    folder.mkdir()
    np.savez(folder / 'bad.npz', vertices=np.eye(3))
    assert main(['evaluate', 'clicks', str(folder), *FEW]) == 2
    assert 'none of the 1 objects of pyramids could be measured; bad: ' in capsys.readouterr().err


@pytest.mark.parametrize('option', ['--workers', '--threads'])
def test_no_worker_and_no_thread_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str
) -> None:
    folder = pyramids(tmp_path / 'pyramids', 1)
    assert main(['evaluate', 'clicks', str(folder), *FEW, option, '0']) == 2
    assert f'{option} must be at least 1, got 0' in capsys.readouterr().err
