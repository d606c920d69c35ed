# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What training clouds show."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.data.procedural import Part, ProceduralObject, SurfaceSample
from part_seg_ros.data.procedural.primitives import box, cylinder
from part_seg_ros.training.config import SampleConfig
from part_seg_ros.training.seen_object import LEAST_POINTS, SeenObject, see_object, thin_out


def hammer() -> ProceduralObject:
    top = np.eye(4)
    top[2, 3] = 1.0
    parts = [
        Part(name='handle', primitives=(cylinder(0.15, 2.0),), group=0, parent=-1),
        Part(name='head', primitives=(box([1.2, 0.4, 0.4]).transformed(top),), group=1, parent=0),
    ]
    return ProceduralObject(parts=tuple(parts), family='test')


def seen(partial: float, table: float, count: int, num_points: int = 3000) -> list[SeenObject]:
    config = SampleConfig(partial_share=partial, table_share=table)
    return [
        see_object(hammer(), config, num_points, np.random.default_rng(seed))
        for seed in range(count)
    ]


@pytest.mark.parametrize('partial', [0.0, 1.0])
def test_some_clouds_hold_pieces_of_other_objects(partial: float) -> None:
    clouds = seen(partial, 0.5, 40)
    has_context = [(cloud.part_ids == -1).any() for cloud in clouds]
    assert 3 < sum(has_context) < 30
    for cloud in clouds:
        assert cloud.is_partial == bool(partial)
        assert len(cloud.points) == len(cloud.normals) == len(cloud.part_ids) <= 3000
        assert cloud.points.dtype == cloud.normals.dtype == np.float32
        assert cloud.part_ids.dtype == np.int32
        assert -1 <= cloud.part_ids.min() and cloud.part_ids.max() < len(cloud.obj.parts)
        np.testing.assert_allclose(np.linalg.norm(cloud.normals, axis=1), 1.0, atol=1e-4)
        for _, _, mask in cloud.obj.masks(cloud.part_ids):
            assert not mask[cloud.part_ids == -1].any()


def test_a_crop_cuts_what_surrounds_the_object() -> None:
    radius = np.linalg.norm([0.6, 0.2, 1.1])
    centre = [0.0, 0.0, 0.1]
    for cloud in seen(1.0, 1.0, 20) + seen(0.0, 0.0, 20):
        if (cloud.part_ids == -1).any() or cloud.is_partial:
            # a box reaches at most sqrt(3) radii
            assert np.linalg.norm(cloud.points - centre, axis=1).max() < 1.5 * 1.74 * radius
    reach = [np.linalg.norm(c.points - centre, axis=1).max() for c in seen(1.0, 0.0, 20)]
    assert max(reach) < 1.5 * 1.74 * radius and min(reach) < 1.1 * radius


def test_tables_and_walls_are_parts() -> None:
    clouds = seen(0.0, 1.0, 30)
    names = [[part.name for part in cloud.obj.parts] for cloud in clouds]
    assert all(name[:3] == ['handle', 'head', 'table'] for name in names)
    assert {name[3] for name in names if len(name) > 3} == {'wall'}
    assert 2 < sum('wall' in name for name in names) < 18


def test_clouds_have_as_many_points_as_asked() -> None:
    assert max(len(c.points) for c in seen(0.0, 0.0, 6, 100_000)) == 100_000
    assert max(len(c.points) for c in seen(1.0, 0.0, 6, 40_000)) > 20_000
    assert all(len(c.points) <= 1000 for c in seen(1.0, 0.3, 12, 1000))


def spacing_ratio(points: np.ndarray) -> float:
    """Points per cell of a coarse grid: 90 % quantile over 10 % quantile."""
    cells = np.histogram2d(points[:, 0], points[:, 1], bins=8, range=[[0, 1], [0, 1]])[0].ravel()
    return float(np.quantile(cells, 0.9) / max(np.quantile(cells, 0.1), 1.0))


def test_thinning_out_is_sometimes_uneven() -> None:
    rng = np.random.default_rng(0)
    points = rng.random((8000, 3), dtype=np.float32)
    points[:, 2] = 0.0
    sheet = SurfaceSample(
        points=points,
        normals=np.tile(np.float32([0, 0, 1]), (8000, 1)),
        part_ids=np.zeros(8000, dtype=np.int32),
    )
    kept = [thin_out(sheet, 6000, rng) for _ in range(60)]
    assert all(LEAST_POINTS <= len(cloud.points) <= 6000 for cloud in kept)
    ratios = np.array([spacing_ratio(cloud.points) for cloud in kept])
    assert np.median(ratios) < 1.6
    assert np.count_nonzero(ratios > 2.0) >= 4
    exact = {tuple(point) for point in points.tolist()}
    averaged = [tuple(cloud.points[0].tolist()) not in exact for cloud in kept]
    assert 5 <= sum(averaged) <= 28  # voxel grids move points


def test_small_clouds_stay_whole() -> None:
    rng = np.random.default_rng(0)
    points = rng.random((300, 3), dtype=np.float32)
    part_ids = np.arange(300, dtype=np.int32)
    sample = SurfaceSample(points=points, normals=points, part_ids=part_ids)
    for _ in range(10):
        kept = thin_out(sample, 5000, rng)
        assert sorted(kept.part_ids) == list(range(300))
        np.testing.assert_array_equal(kept.points, points[kept.part_ids])
