# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What `part-seg view` refuses; the page itself is used in tests/unit/viewer."""

import sys

from part_seg_ros.cli.main import EXIT_ERROR, main


def test_without_dash_it_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, 'dash', None)
    assert main(['view', 'scan.ply']) == EXIT_ERROR
    assert 'pip install dash' in capsys.readouterr().err


def test_a_missing_file_is_told_before_anything_is_served(capsys):
    assert main(['view', 'missing.ply']) == EXIT_ERROR
    assert 'missing.ply' in capsys.readouterr().err
