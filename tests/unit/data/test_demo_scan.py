# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The demo's scan is what a depth camera would see, with the truth on the right points."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.data.demo_scan import (
    CAMERA_DISTANCE,
    FOCAL_PX,
    PART_NAMES,
    REGION_PX,
    DemoScan,
    mug_on_table,
)


@pytest.fixture(params=[0, 2, 7])
def scan(request: pytest.FixtureRequest) -> DemoScan:
    return mug_on_table(np.random.default_rng(request.param))


def test_points_lie_on_the_rays_of_their_pixels(scan: DemoScan) -> None:
    points = scan.file.cloud.points.reshape(REGION_PX[1], REGION_PX[0], 3)
    rows, columns = np.mgrid[: REGION_PX[1], : REGION_PX[0]]
    valid = np.isfinite(points).all(axis=2)
    x, y, z = np.moveaxis(points, 2, 0)
    expected_x = (columns - (REGION_PX[0] - 1) / 2) / FOCAL_PX
    expected_y = (rows - (REGION_PX[1] - 1) / 2) / FOCAL_PX
    np.testing.assert_allclose((x / z)[valid], expected_x[valid], atol=1e-6)
    np.testing.assert_allclose((y / z)[valid], expected_y[valid], atol=1e-6)
    assert abs(np.median(z[valid]) - CAMERA_DISTANCE) < 0.1


def test_truth_marks_the_table_as_a_plane_and_nothing_where_nothing_is_seen(
    scan: DemoScan,
) -> None:
    points, part_ids = scan.file.cloud.points, scan.file.part_ids
    np.testing.assert_array_equal(part_ids == -1, ~np.isfinite(points).all(axis=1))
    table = points[part_ids == PART_NAMES.index('table')].astype(np.float64)
    centered = table - np.median(table, axis=0)
    normal = np.linalg.svd(centered, full_matrices=False)[2][2]
    heights = centered @ normal
    assert np.abs(heights - np.median(heights)).max() < 0.006  # noise alone, no point of the mug
    counts = np.bincount(part_ids[part_ids >= 0], minlength=3)
    assert counts[0] > 3000 and counts[1] > 200 and counts[2] > 2000


def test_clicks_are_points_of_handle_and_body(scan: DemoScan) -> None:
    for coord, label, name in zip(
        scan.prompt.prompt_coords, scan.prompt.prompt_labels, ('handle', 'body'), strict=True
    ):
        distances = np.linalg.norm(scan.file.cloud.points - coord, axis=1)
        row = np.nanargmin(distances)
        assert distances[row] == 0
        assert PART_NAMES[scan.file.part_ids[row]] == name
        assert label == (name == 'handle')
