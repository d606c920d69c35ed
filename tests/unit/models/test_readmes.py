# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What the pages of the systems show works, at their smallest size, and names what is there."""

import re
from pathlib import Path

import numpy as np
import pytest

from part_seg_ros import models
from part_seg_ros.models import build_model
from part_seg_ros.structures import Mesh, PointCloud, PointPrompt

FOLDER = Path(models.__file__).resolve().parent


@pytest.fixture(params=['point_sam', 'partsam', 's2am3d'])
def system(request):
    return request.param


@pytest.fixture
def text(system):
    return (FOLDER / system / 'README.md').read_text()


def test_the_python_lines_run(system, text, monkeypatch):
    (lines,) = re.findall(r'```python\n(.*?)```', text, re.DOTALL)
    mesh_settings = {'mesh_points': 300} if system == 'partsam' else None
    monkeypatch.setattr(
        models, 'build_model', lambda name: build_model(f'{name}-tiny', settings=mesh_settings)
    )
    normals = np.random.default_rng(0).normal(size=(200, 3))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    cloud = PointCloud(points=normals * [1.0, 0.7, 0.4], normals=normals)
    names = {
        'cloud': cloud,
        'prompt': PointPrompt(prompt_coords=cloud.points[:1], prompt_labels=[1]),
        'coord': cloud.points[9],
        'mesh': Mesh(vertices=np.eye(4, 3), faces=[[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]]),
    }
    exec(lines, names)
    assert names['system'].name == f'{system}-tiny'
    assert names['answer'].mask_logits.shape[1] == len(cloud)


def test_the_files_and_the_settings_that_it_names_are_there(system, text):
    rows = re.findall(r'^\| (`[\w.]+`(?:, `[\w.]+`)*) \|', text, re.MULTILINE)
    files = re.findall(r'`([\w.]+)`', ' '.join(rows))
    assert [name for name in files if not (FOLDER / system / name).is_file()] == []
    settings = build_model(f'{system}-tiny', device='cpu').settings
    first = next(name for name in settings.__dataclass_fields__ if not name.startswith('mesh'))
    assert first in text


def test_it_says_what_was_not_verified_and_what_the_licence_is(text):
    for heading in ('## What was not verified', '## Licence'):
        assert heading in text
    assert re.search(r'released weight files? (itself|themselves)', text)
