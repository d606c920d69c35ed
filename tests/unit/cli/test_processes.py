# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Children are always ended, and their failures are shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from part_seg_ros.cli.processes import ProcessFailedError, ProcessGroup

_FOREVER = 'import time\nprint("alive", flush=True)\nwhile True: time.sleep(1)\n'
_DEAF = 'import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n' + _FOREVER
_FAILING = 'raise SystemExit("no camera")\n'


@pytest.fixture
def group(tmp_path: Path) -> ProcessGroup:
    for name, text in (
        ('forever', _FOREVER),
        ('failing', _FAILING),
        ('done', ''),
        ('deaf', _DEAF),
    ):
        (tmp_path / f'{name}.py').write_text(text)
    return ProcessGroup(tmp_path / 'logs', os.environ | {'PYTHONPATH': str(tmp_path)})


def test_a_good_end_is_waited_for_and_the_others_are_ended(group: ProcessGroup) -> None:
    with group:
        server = group.start('server', 'forever')
        group.wait(group.start('client', 'done'), 20)
        assert server.process.poll() is None
    assert server.process.poll() is not None


def test_a_failure_shows_the_log(group: ProcessGroup) -> None:
    with group, pytest.raises(ProcessFailedError, match=r'(?s)exit code 1.*client: no camera'):
        group.wait(group.start('client', 'failing'), 20)


def test_a_server_that_dies_ends_the_wait(group: ProcessGroup) -> None:
    with group:
        group.start('server', 'failing')
        client = group.start('client', 'forever')
        with pytest.raises(ProcessFailedError, match='server ended before client'):
            group.wait(client, 20)
    assert client.process.poll() is not None


def test_time_out(group: ProcessGroup) -> None:
    with group:
        client = group.start('client', 'forever')
        with pytest.raises(ProcessFailedError, match='longer than 0 s'):
            group.wait(client, 0.2)
    assert client.process.poll() is not None


def test_a_process_that_ignores_interrupts_is_killed(
    group: ProcessGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('part_seg_ros.cli.processes._GRACE_S', 0.3)
    with group:
        server = group.start('server', 'deaf')
        while 'alive' not in server.log_path.read_text():
            assert server.process.poll() is None
    assert server.process.returncode == -9
