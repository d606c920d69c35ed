# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What docs/models.md shows works as it stands there, and its tables are complete."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from part_seg_ros.models import MODEL_SPECS, build_model

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / 'docs' / 'models.md').read_text()
PAPERS = ('point_sam', 'partsam', 's2am3d')


def test_the_python_lines_run() -> None:
    (lines,) = re.findall(r'```python\n(.*?)```', DOCUMENT, re.DOTALL)
    names: dict[str, object] = {}
    exec(lines, names)
    num_points = len(names['points'])
    assert (names['row_in_other'] == np.arange(num_points)).mean() > 0.98
    assert names['spread'].shape == (num_points,)
    np.testing.assert_array_equal(names['spread'][:40], names['labels'])


def test_the_table_of_settings_names_all_of_each_system() -> None:
    (row,) = re.findall(r'^\| settings \| (.*) \|$', DOCUMENT, re.MULTILINE)
    listed = [set(re.findall(r'`(\w+)`', cell)) for cell in row.split(' | ')]
    systems = [build_model(f'{name}-tiny', device='cpu') for name in PAPERS]
    assert listed == [set(system.settings.__dataclass_fields__) for system in systems]


def test_links_are_there_and_systems_with_files_to_fetch_are_listed() -> None:
    targets = re.findall(r'\]\((?!http)([^)#]+)', DOCUMENT)
    assert [target for target in targets if not (ROOT / 'docs' / target).exists()] == []
    for name in PAPERS:
        for file in MODEL_SPECS[name].released:
            assert f'`{file.name}`' in DOCUMENT and f'`{file.repository}`' in DOCUMENT
