# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Commands, errors and exit codes of `part-seg`."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from part_seg_ros.cli.main import COMMANDS, main


def test_every_command_has_a_parser_with_help(capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        with pytest.raises(SystemExit) as ended:
            main([command, '--help'])
        assert ended.value.code == 0
        assert f'part-seg {command}' in capsys.readouterr().out


def test_help_lists_all_commands(part_seg) -> None:
    done = part_seg('--help')
    assert done.returncode == 0
    assert all(f'    {name}' in done.stdout for name in COMMANDS)


def test_a_users_mistake_is_one_line_and_exit_code_2(part_seg) -> None:
    done = part_seg('parts', 'nowhere.ply', '-o', 'out.ply', '--model', 'compact-tiny')
    assert done.returncode == 2
    assert done.stdout == ''
    assert done.stderr == (
        'part-seg: error: nowhere.ply: no such file; give the path of a cloud or a mesh\n'
    )


def test_an_unknown_command_names_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(['segmnt'])
    assert ended.value.code == 2
    assert 'segment' in capsys.readouterr().err


def test_only_the_commands_own_module_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    imported = []
    real = importlib.import_module
    monkeypatch.setattr(
        'part_seg_ros.cli.main.importlib.import_module',
        lambda name: imported.append(name) or real(name),
    )
    with pytest.raises(SystemExit):
        main(['doctor', '--help'])
    assert imported == ['part_seg_ros.cli.doctor']


def test_numbers_with_negative_exponents_are_no_options(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ['segment', 'nowhere.ply', '--point', '-1e-05', '-2.5E-3', '-1', '-o', 'a.ply']
    assert main(words) == 2
    assert 'no such file' in capsys.readouterr().err


def test_a_missing_package_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / 'needy_command.py').write_text('import a_package_that_is_not_there\n')
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(COMMANDS, 'needy', ('needy_command', 'needs something'))
    assert main(['needy']) == 2
    assert 'needs the Python package a_package_that_is_not_there' in capsys.readouterr().err


def test_ctrl_c_ends_quietly(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    module = importlib.import_module('part_seg_ros.cli.doctor')

    def interrupted(args: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, 'run', interrupted)
    assert main(['doctor']) == 130
    assert capsys.readouterr().err == ''


def test_doctor_names_versions(part_seg) -> None:
    done = part_seg('doctor')
    assert done.returncode == 0, done.stderr
    lines = dict(line[4:].split(maxsplit=1) for line in done.stdout.splitlines())
    assert lines['python'].startswith('.'.join(map(str, sys.version_info[:3])))
    assert {'torch', 'rclpy', 'sam2', 'open3d'} <= lines.keys()


def test_models_are_listed_with_their_state(part_seg) -> None:
    done = part_seg('models')
    assert done.returncode == 0, done.stderr
    tiny = next(line for line in done.stdout.splitlines() if line.startswith('compact-tiny'))
    assert tiny.endswith('ready')
