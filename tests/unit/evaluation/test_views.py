# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What is seen of an object from all sides, by one camera and by twelve."""

import dataclasses

import numpy as np
import pytest
import trimesh
from scipy.spatial import cKDTree

from part_seg_ros.data.labeled_clouds import LabeledCloud
from part_seg_ros.data.labeled_meshes import LabeledMesh
from part_seg_ros.errors import ConfigError, InputError
from part_seg_ros.evaluation.datasets import LabeledObject, held_out_objects
from part_seg_ros.evaluation.views import ViewConfig, directions_around, see_object
from part_seg_ros.structures import Mesh, PointCloud


@pytest.fixture(scope='module')
def machine():
    """Any closed object."""
    return held_out_objects(1).objects[0]


def test_full_view_samples_every_part_with_its_normal(squares):
    seen = see_object(squares(), ViewConfig(num_points=500))
    points = seen.cloud.points
    np.testing.assert_allclose(points[:, 2], 0.0, atol=1e-6)
    assert ((points[:, 0] > 5) == (seen.part_ids == 1)).all()
    np.testing.assert_allclose(seen.cloud.normals, np.tile([0, 0, 1.0], (500, 1)))
    assert abs(seen.part_ids.mean() - 0.5) < 0.1
    assert seen.cloud.viewpoint is None


@pytest.mark.parametrize('num_points', [700, 12_000])
def test_camera_sees_about_as_many_points_as_wanted_and_never_more(squares, machine, num_points):
    for obj in (squares(gap=2.0), machine):
        for has_noise in (False, True):
            config = ViewConfig(view='single', num_points=num_points, has_noise=has_noise)
            assert 0.85 * num_points <= len(see_object(obj, config).cloud) <= num_points


def test_perfect_camera_sees_points_of_the_surface_towards_it(squares):
    config = ViewConfig(view='single', num_points=600, has_noise=False, exact_normals=True)
    seen = see_object(squares(gap=2.0), config)
    cloud = seen.cloud
    np.testing.assert_allclose(cloud.points[:, 2], 0.0, atol=1e-5)
    assert ((cloud.points[:, 0] > 1.5) == (seen.part_ids == 1)).all()
    side = np.sign(cloud.viewpoint[2])
    np.testing.assert_allclose(cloud.normals, np.tile([0, 0, side], (len(cloud), 1)), atol=1e-5)


def test_camera_sees_only_one_side_and_noise_moves_the_points(machine):
    perfect = ViewConfig(view='single', num_points=800, has_noise=False, exact_normals=True)
    seen = see_object(machine, perfect).cloud
    towards = ((seen.viewpoint - seen.points) * seen.normals).sum(1)
    assert towards.min() > -1e-6
    everything = see_object(machine, ViewConfig(num_points=20_000)).cloud.points
    off = nearest_distances(seen.points, everything)
    noisy = see_object(machine, dataclasses.replace(perfect, has_noise=True)).cloud
    assert np.median(nearest_distances(noisy.points, everything)) > 1.05 * np.median(off)
    np.testing.assert_array_equal(noisy.viewpoint, seen.viewpoint)


def nested_boxes():
    """A cube of edge 2 with a cube of edge 1 inside."""
    boxes = [trimesh.creation.box(extents=[edge] * 3) for edge in (2.0, 1.0)]
    mesh = trimesh.util.concatenate(boxes)
    labeled = LabeledMesh(
        name='nested',
        mesh=Mesh(vertices=mesh.vertices, faces=mesh.faces),
        face_part_ids=np.repeat([0, 1], 12),
        part_names=(),
    )
    return LabeledObject(name='nested', kind='', group='', part_names=(), shape=labeled)


def test_cameras_around_stand_as_far_from_each_other_as_twelve_can():
    first, other = (directions_around(np.random.default_rng(seed)) for seed in (0, 1))
    cosines = [-1.0] + 5 * [-1 / np.sqrt(5)] + 5 * [1 / np.sqrt(5)] + [1.0]
    np.testing.assert_allclose(np.sort(first @ first.T, axis=1), 12 * [cosines], atol=1e-12)
    assert np.abs(first - other).max() > 0.1


def test_cameras_around_see_every_outer_side_evenly_and_nothing_inside():
    config = ViewConfig(view='fused', num_points=2_000, exact_normals=True)
    seen = see_object(nested_boxes(), config)
    points = seen.cloud.points
    assert len(points) == 2_000
    assert (seen.part_ids == 0).all()
    np.testing.assert_allclose(np.abs(points).max(axis=1), 1.0, atol=1e-5)
    side = np.abs(points).argmax(axis=1)
    outwards = np.zeros_like(points)
    rows = np.arange(len(points))
    outwards[rows, side] = np.sign(points[rows, side])
    in_middle = np.sort(np.abs(points), axis=1)[:, 1] < 0.99  # edges belong to two sides
    np.testing.assert_allclose(seen.cloud.normals[in_middle], outwards[in_middle], atol=1e-6)
    counts = np.bincount(2 * side + (points[rows, side] > 0), minlength=6)
    assert counts.min() > 0.8 * 2_000 / 6
    # farthest-point sampling: nothing crowds, as drawing at random would
    spacing = cKDTree(points).query(points, k=2)[0][:, 1]
    assert spacing.min() > 0.4 * np.sqrt(24 / 2_000)
    assert 'spread over what 12 perfect depth cameras see' in config.describe()


def test_cameras_around_show_flat_objects_from_both_sides(squares):
    few = see_object(squares(gap=2.0), ViewConfig(view='fused', num_points=500))
    assert len(few.cloud) == 500
    np.testing.assert_allclose(few.cloud.points[:, 2], 0.0, atol=1e-5)
    assert ((few.cloud.points[:, 0] > 1.5) == (few.part_ids == 1)).all()
    assert abs(few.part_ids.mean() - 0.5) < 0.05


def nearest_distances(points, others):
    return cKDTree(others).query(points)[0]


@pytest.mark.parametrize('view', ['full', 'single', 'fused'])
def test_seed_and_name_alone_decide(machine, squares, view):
    for obj in (machine, squares(gap=2.0)):
        config = ViewConfig(view=view, num_points=300)
        first, again = see_object(obj, config), see_object(obj, config)
        np.testing.assert_array_equal(first.cloud.points, again.cloud.points)
        np.testing.assert_array_equal(first.part_ids, again.part_ids)
        other = see_object(obj, dataclasses.replace(config, seed=1))
        assert not np.array_equal(first.cloud.points[:9], other.cloud.points[:9])


def test_each_object_is_seen_from_a_direction_of_its_own(squares):
    config = ViewConfig(view='single', num_points=300)
    one, other = (see_object(squares(name=name), config).cloud for name in ('x', 'y'))
    assert not np.allclose(one.viewpoint, other.viewpoint, atol=0.1)


@pytest.mark.parametrize(
    ('view', 'exact_normals', 'given'),
    [
        ('full', None, True),
        ('full', False, False),
        ('single', None, False),
        ('single', True, True),
        ('fused', None, False),
        ('fused', True, True),
    ],
)
def test_normals_are_given_by_default_in_the_full_view_only(squares, view, exact_normals, given):
    config = ViewConfig(view=view, num_points=100, exact_normals=exact_normals)
    cloud = see_object(squares(), config).cloud
    assert (cloud.normals is not None) == given
    assert (cloud.viewpoint is not None) == (view == 'single')
    assert ('exact normals' in config.describe()) == given


def test_bad_settings_are_refused():
    with pytest.raises(ConfigError, match='view'):
        ViewConfig(view='half')
    with pytest.raises(ConfigError, match='num_points'):
        ViewConfig(num_points=1)


def test_cloud_shows_its_points_and_no_camera():
    points = np.arange(60, dtype=np.float32).reshape(20, 3)
    shape = LabeledCloud(cloud=PointCloud(points=points), part_ids=np.arange(20))
    obj = LabeledObject(name='c', kind='', group='', part_names=(), shape=shape)
    few = see_object(obj, ViewConfig(num_points=16, seed=1))
    assert len(set(few.part_ids)) == 16
    np.testing.assert_array_equal(few.cloud.points, points[few.part_ids])
    again = see_object(obj, ViewConfig(num_points=16, seed=1))
    np.testing.assert_array_equal(few.part_ids, again.part_ids)
    every = see_object(obj, ViewConfig(num_points=100))
    np.testing.assert_array_equal(every.part_ids, np.arange(20))
    for view in ('single', 'fused'):
        with pytest.raises(InputError, match='use --view full'):
            see_object(obj, ViewConfig(view=view))
    with pytest.raises(InputError, match=r'one entry per point \(20\)'):
        LabeledCloud(cloud=shape.cloud, part_ids=np.arange(3))
