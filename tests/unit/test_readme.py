# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What the README shows works as it stands there."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from part_seg_ros.cli.main import COMMANDS
from part_seg_ros.data.demo_scan import mug_on_table
from part_seg_ros.data.files import write_cloud
from part_seg_ros.models import MODEL_SPECS

ROOT = Path(__file__).parents[2]
README = (ROOT / 'README.md').read_text()


def test_the_python_lines_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan = mug_on_table(np.random.default_rng(0))
    write_cloud(tmp_path / 'demo_out' / 'scan.npz', scan.file)
    positive, negative = scan.prompt.prompt_coords.tolist()
    clicks = {'positive': positive, 'negative': negative}
    (tmp_path / 'demo_out' / 'clicks.json').write_text(json.dumps(clicks))
    monkeypatch.chdir(tmp_path)
    (lines,) = re.findall(r'```python\n(.*?)```', README, re.DOTALL)
    names: dict[str, object] = {}
    exec(lines, names)
    assert names['handle'].shape == names['parts'].shape == (len(scan.file.cloud),)
    assert names['handle'].dtype == bool


def test_links_and_pictures_are_there() -> None:
    targets = re.findall(r'\]\((?!http)([^)#]+)\)', README)
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_tables_name_every_command_and_model() -> None:
    first_words = set(re.findall(r'^\| `([\w-]+)', README, re.MULTILINE))
    assert first_words == COMMANDS.keys() | MODEL_SPECS.keys()


def test_the_tree_names_only_what_exists() -> None:
    (tree,) = re.findall(r'## What is where\n\n```\n(.*?)```', README, re.DOTALL)
    for line in tree.splitlines():
        folder = ROOT / 'part_seg_ros' if line.startswith('  ') else ROOT
        names = re.split(r'  +', line.strip())[0].split()
        assert [name for name in names if not (folder / name).exists()] == []
