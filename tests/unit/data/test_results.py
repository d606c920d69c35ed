# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Segmentations in files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from part_seg_ros.data.files import CloudFile, read_cloud
from part_seg_ros.data.results import check_result_path, write_segmentation
from part_seg_ros.errors import InputError
from part_seg_ros.structures import OrientedBox, PartSegmentation, PointCloud, SegmentedPart


@pytest.fixture
def file() -> CloudFile:
    points = np.random.default_rng(0).normal(size=(6, 3))
    points[2] = np.nan
    return CloudFile(cloud=PointCloud(points=points, frame_id='camera'), height=2, width=3)


@pytest.fixture
def segmentation() -> PartSegmentation:
    box = OrientedBox(
        center=np.array([1.0, 2.0, 3.0]), axes=np.eye(3)[:, [1, 2, 0]], size=np.array([3, 2, 1.0])
    )
    parts = (
        SegmentedPart(part_id=0, score=0.9, box=box, prompt_coord=np.float32([0.5, 0, 0])),
        SegmentedPart(part_id=1, score=0.5, name='handle', name_probability=0.75),
    )
    return PartSegmentation(part_ids=np.array([1, 0, -1, 0, -1, 1], np.int32), parts=parts)


@pytest.mark.parametrize('suffix', ['ply', 'npz'])
def test_every_row_keeps_its_part(
    tmp_path: Path, file: CloudFile, segmentation: PartSegmentation, suffix: str
) -> None:
    write_segmentation(tmp_path / f'out.{suffix}', file, segmentation)
    back = read_cloud(tmp_path / f'out.{suffix}')
    np.testing.assert_array_equal(back.part_ids, segmentation.part_ids)
    np.testing.assert_array_equal(back.cloud.points, file.cloud.points)


def test_json_holds_indices_and_boxes(
    tmp_path: Path, file: CloudFile, segmentation: PartSegmentation
) -> None:
    write_segmentation(tmp_path / 'new' / 'out.json', file, segmentation)
    summary = json.loads((tmp_path / 'new' / 'out.json').read_text())
    assert summary['num_points'] == 6
    assert summary['frame_id'] == 'camera'
    first, second = summary['parts']
    assert first['point_indices'] == [1, 3]
    assert second['point_indices'] == [0, 5]
    assert second['name'] == 'handle' and 'box' not in second
    assert (first['name_probability'], second['name_probability']) == (0.0, 0.75)
    assert first['box']['axes'][0] == [0.0, 1.0, 0.0]
    assert first['prompt_coord'] == [0.5, 0.0, 0.0]


def test_part_ids_of_another_cloud_are_refused(
    tmp_path: Path, file: CloudFile, segmentation: PartSegmentation
) -> None:
    other = CloudFile(cloud=PointCloud(points=file.cloud.points[:5]))
    with pytest.raises(InputError, match='one entry per point: 5'):
        write_segmentation(tmp_path / 'out.npz', other, segmentation)


def test_unknown_result_suffix_is_named() -> None:
    with pytest.raises(InputError, match=r"must end in \.ply, \.npz, \.json, got '\.pcd'"):
        check_result_path('out.pcd')
