# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Which part of the package may import which: the table below is the architecture."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / 'part_seg_ros'
BASE = {'errors', 'structures', 'config'}
ALLOWED = {
    '__init__': set(),
    'errors': set(),
    'structures': {'errors', 'config'},
    'config': {'errors'},
    'geometry': BASE,
    'names': {'errors'},
    'layers': BASE | {'geometry'},
    'models': BASE | {'layers', 'geometry', 'names'},
    'segmenter': BASE | {'models', 'geometry', 'names'},
    'data': BASE | {'geometry', 'names'},
    'evaluation': BASE | {'segmenter', 'data', 'geometry', 'names'},
    'data_engine': BASE
    | {'layers', 'models', 'segmenter', 'data', 'evaluation', 'geometry', 'names'},
    'training': BASE
    | {'layers', 'models', 'segmenter', 'data', 'evaluation', 'geometry', 'names'},
    # For what is played as a camera would: scan_publisher reads files (`data`), bag_replay bags
    # (`evaluation`).
    'nodes': BASE
    | {'segmenter', 'data', 'evaluation', 'geometry', 'names', 'msg', 'srv', 'action'},
    'viewer': BASE | {'segmenter', 'models', 'geometry', 'data'},
    'cli': BASE
    | {'viewer', 'layers', 'models', 'segmenter', 'data', 'data_engine', 'evaluation', 'training'}
    | {'geometry', 'names'},
}
TORCH_FREE = {'errors', 'structures', 'config', 'geometry', 'names'}
ROS = {'rclpy', 'tf2_ros', 'builtin_interfaces', 'std_srvs'}
FILES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob('*.py'))


def imported_modules(source: str) -> Iterator[str]:
    """Yield every dotted name a source imports; from-imports with the imported name appended."""
    for statement in ast.walk(ast.parse(source)):
        if isinstance(statement, ast.Import):
            yield from (alias.name for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom):
            assert statement.level == 0, f'relative import in line {statement.lineno}'
            yield from (f'{statement.module}.{alias.name}' for alias in statement.names)


def violations(path: Path, source: str) -> list[str]:
    """Return the imports that the file at `path`, relative to the package, must not have."""
    room = path.parts[0].removesuffix('.py')
    systems = {folder.name for folder in (PACKAGE / 'models').iterdir() if folder.is_dir()}
    own_system = path.parts[1] if room == 'models' else None
    bad = []
    for name in imported_modules(source):
        top, *below = name.split('.')
        if name == 'part_seg_ros':
            continue  # the package itself, to ask where it lies
        if top == 'part_seg_ros':
            foreign_room = below[0] != room and below[0] not in ALLOWED[room]
            foreign_system = below[0] == 'models' and not set(below[1:2]).isdisjoint(
                systems - {own_system}
            )
            if foreign_room or (foreign_system and room in {'models', 'segmenter'}):
                bad.append(name)
        elif room != 'nodes' and (top in ROS or top.endswith('_msgs')):
            bad.append(name)
        elif room in TORCH_FREE and top == 'torch':
            bad.append(name)
    return bad


@pytest.mark.parametrize('path', FILES, ids=str)
def test_file_imports_only_what_its_place_allows(path: Path) -> None:
    assert violations(path, (PACKAGE / path).read_text()) == []


@pytest.mark.parametrize(
    ('path', 'source'),
    [
        ('geometry/normals.py', 'import torch'),
        ('geometry/normals.py', 'from part_seg_ros.segmenter import Segmenter'),
        ('models/other/model.py', 'from part_seg_ros.models.compact.model import CompactNet'),
        ('segmenter/segmenter.py', 'import part_seg_ros.models.compact'),
        ('segmenter/segmenter.py', 'def later():\n    from sensor_msgs.msg import PointCloud2'),
        ('nodes/worker.py', 'from part_seg_ros import models'),
        ('cli/demo.py', 'from part_seg_ros.nodes.worker import Worker'),
        ('cli/demo.py', 'from part_seg_ros.srv import SegmentPart'),
    ],
)
def test_wrong_direction_is_found(path: str, source: str) -> None:
    assert len(violations(Path(path), source)) == 1
