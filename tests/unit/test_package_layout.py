# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The files that tie the repository together agree with each other."""

import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEADER = '# Copyright 2026 part_seg_ros developers\n# SPDX-License-Identifier: Apache-2.0\n'
SOURCES = sorted(
    path.relative_to(ROOT)
    for folder in ('launch', 'part_seg_ros', 'tests', 'tools')
    for path in (ROOT / folder).rglob('*.py')
)
IMPORT_ALL_BUT = """
import pkgutil, sys
for name in {blocked!r}:
    sys.modules[name] = None
import part_seg_ros.{room} as room
for module in pkgutil.walk_packages(room.__path__, room.__name__ + '.'):
    __import__(module.name)
    print(module.name)
"""


def normalized(name: str) -> str:
    return re.sub(r'[-_.]+', '-', name).lower()


def requirement_names(path: Path) -> list[str]:
    lines = path.read_text().splitlines()
    return [normalized(re.split(r'[=\[]', line)[0]) for line in lines if re.match(r'\w', line)]


def test_version_is_the_same_everywhere() -> None:
    package = ElementTree.parse(ROOT / 'package.xml').getroot()
    version = re.search(r"^version = '(.+)'$", (ROOT / 'pyproject.toml').read_text(), re.M)
    assert version is not None
    assert package.findtext('version') == version[1]


@pytest.mark.parametrize('name', ['bags', 'runtime', 'ros', 'test', 'views'])
def test_every_requirement_is_pinned(name: str) -> None:
    pins = (ROOT / 'requirements' / 'constraints.txt').read_text()
    pinned = [normalized(pin) for pin in re.findall(r'^(\S+)==\S+$', pins, re.M)]
    assert len(pinned) == len(set(pinned))
    assert set(requirement_names(ROOT / 'requirements' / f'{name}.txt')) <= set(pinned)


@pytest.mark.parametrize('path', SOURCES, ids=str)
def test_source_has_licence_header_and_a_topic_for_a_name(path: Path) -> None:
    assert (ROOT / path).read_text().startswith(HEADER)
    assert path.stem not in {'utils', 'helpers', 'common', 'misc'}


def test_executables_can_be_started_in_any_environment() -> None:
    for path in (ROOT / 'scripts').iterdir():
        assert path.read_text().startswith(f'#!/usr/bin/env python3\n{HEADER}')
        assert os.access(path, os.X_OK)


@pytest.mark.parametrize(
    ('room', 'blocked'),
    [
        ('geometry', ['fpsample', 'open3d', 'rclpy', 'torch', 'trimesh', 'yaml']),
        ('segmenter', ['matplotlib', 'rclpy', 'rosbags', 'sensor_msgs', 'std_msgs', 'trimesh']),
    ],
)
def test_every_module_imports_without(room: str, blocked: list[str]) -> None:
    script = IMPORT_ALL_BUT.format(room=room, blocked=blocked)
    run = subprocess.run(
        [sys.executable, '-c', script], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert run.returncode == 0, run.stderr
    assert len(run.stdout.splitlines()) >= 2
