# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Cores with insets, slices and contents are what their names say."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from part_seg_ros.data.procedural.assembly import Node, covered, expand, surface_points
from part_seg_ros.data.procedural.free_bases import random_base
from part_seg_ros.data.procedural.free_details import lattice_copies, letter, random_detail
from part_seg_ros.data.procedural.free_hollows import cabinet, crate, filled_vessel
from part_seg_ros.data.procedural.free_insets import inset_base, split_base
from part_seg_ros.data.procedural.free_limbs import jointed_limb
from part_seg_ros.data.procedural.free_shapes import ALL, Shape
from part_seg_ros.data.procedural.node_building import moved_nodes, repeated_node, root_node
from part_seg_ros.data.procedural.primitives import box, cylinder
from part_seg_ros.data.procedural.sampling import sample_surface

SEEDS = range(15)


def shift(x: float, y: float, z: float) -> np.ndarray:
    matrix = np.eye(4)
    matrix[:3, 3] = x, y, z
    return matrix


def plate() -> Node:
    return root_node(Shape(primitives=(box([1.0, 1.0, 0.1]),), mirrors=ALL))


@pytest.mark.parametrize('maker', [inset_base, split_base, filled_vessel, crate, cabinet])
def test_cores_repeat_by_seed_and_have_a_sound_tree(maker) -> None:
    for seed in SEEDS:
        obj, again = (expand(maker(np.random.default_rng(seed)), 'free') for _ in range(2))
        np.testing.assert_array_equal(obj.mesh()[0], again.mesh()[0])
        assert 1 <= len(obj.parts) <= 40
        assert 0.3 < np.ptp(obj.mesh()[0], axis=0).max() < 2.5


def test_insets_stand_in_their_pockets_without_touching_the_walls() -> None:
    seen = 0
    for seed in range(40):
        obj = expand(inset_base(np.random.default_rng(seed)), 'free')
        sample = sample_surface(obj, 3000, np.random.default_rng(0))
        body = obj.parts[0].primitives
        for idx, part in enumerate(obj.parts[1:], 1):
            own = sample.part_ids == idx
            if part.parent != 0 or own.sum() < 20:
                continue
            within = covered(part.primitives, sample.points[sample.part_ids == 0]).any()
            assert not within
            middle = np.concatenate([p.vertices for p in part.primitives]).mean(axis=0)
            seen += bool(covered(part.primitives, middle[None])[0])
            if covered(part.primitives, middle[None])[0]:  # no groove
                above = covered(body, (sample.points + 3e-4 * sample.normals)[own])
                assert above.mean() < 0.02
    assert seen > 40


def test_slices_are_parted_by_gaps_along_one_axis() -> None:
    for seed in SEEDS:
        obj = expand(split_base(np.random.default_rng(seed)), 'free')
        boxes = []
        for part in obj.parts:
            vertices = np.concatenate([p.vertices for p in part.primitives])
            boxes.append((vertices.min(axis=0), vertices.max(axis=0)))
        for (_, high), (low, _) in pairwise(boxes):
            gap = (low - high).max()
            assert 0.003 < gap < 0.016


def test_contents_lie_in_the_vessel() -> None:
    for seed in range(40):
        obj = expand(filled_vessel(np.random.default_rng(seed)), 'free')
        vessel = obj.parts[0].primitives[0].vertices
        height = vessel[:, 2].max()
        for part in obj.parts[1:]:
            vertices = np.concatenate([p.vertices for p in part.primitives])
            if part.parent == 0:
                assert vertices[:, 2].min() > -0.02
                assert vertices[:, 2].min() < height + 0.013
                middle = vertices.mean(axis=0)
                assert np.hypot(*middle[:2]) < 0.6


def test_furniture_fronts_stand_before_their_carcass() -> None:
    fronts = 0
    for seed in range(30):
        obj = expand(cabinet(np.random.default_rng(seed)), 'free')
        carcass = np.concatenate([p.vertices for p in obj.parts[0].primitives])
        for part in obj.parts:
            if part.parent <= 0:
                continue
            handle = np.concatenate([p.vertices for p in part.primitives])
            assert handle[:, 1].min() < carcass[:, 1].max()
            fronts += bool(handle[:, 1].min() < carcass[:, 1].min() - 1e-3)
    assert fronts > 20


def test_rows_stand_on_the_surface_clear_of_each_other() -> None:
    parent = plate()
    counts = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        foot = np.array([*rng.uniform(-0.4, 0.4, 2), 0.05])
        detail = Shape(primitives=(box([0.1, 0.08, 0.06]).transformed(shift(*foot)),), mirrors=ALL)
        copies = lattice_copies(detail, parent, foot, np.array([0.0, 0.0, 1.0]), rng)
        np.testing.assert_array_equal(copies[0], np.eye(4))
        counts.append(len(copies))
        feet = foot + np.array([copy[:3, 3] for copy in copies])
        assert np.abs(feet[:, :2]).max() <= 0.5 and np.all(feet[:, 2] == 0.05)
        apart = np.abs(feet[:, None] - feet[None])[..., :2] - [0.1, 0.08]
        apart = apart.max(axis=2)[~np.eye(len(feet), dtype=bool)]
        assert np.all(apart > 0.0)
    assert min(counts) >= 1 and max(counts) >= 7


def test_a_row_stays_on_a_round_parent() -> None:
    parent = root_node(Shape(primitives=(cylinder(0.3, 1.0),), mirrors=ALL, is_round=True))
    foot, normal = np.array([0.3, 0.0, 0.0]), np.array([1.0, 0.0, 0.0])
    stud = Shape(primitives=(box([0.1, 0.1, 0.1]).transformed(shift(*foot)),), mirrors=ALL)
    for seed in range(20):
        for copy in lattice_copies(stud, parent, foot, normal, np.random.default_rng(seed)):
            assert abs(copy[1, 3]) < 0.15  # along z, hardly around


def test_details_stand_on_the_plane_and_letters_join() -> None:
    for seed in range(40):
        detail = random_detail(np.random.default_rng(seed), 0.1, 0.5)
        low, high = detail.bounds()
        assert low[2] < 0.0 < high[2] < 0.12 and (high - low)[0] < 0.12
        strokes = letter(np.random.default_rng(seed), 1.0)
        assert 2 <= len(strokes.primitives) <= 4
        low, high = strokes.bounds()
        assert high[1] - low[1] < 3.0


def test_limb_segments_follow_each_other_from_the_surface() -> None:
    start, normal = np.array([0.0, 0.0, 0.5]), np.array([0.0, 0.0, 1.0])
    ends = set()
    for seed in range(30):
        segments = jointed_limb(start, normal, 1.0, np.random.default_rng(seed))
        ends.add(len(segments))
        assert covered(segments[0].primitives, start[None])[0]
        for one, other in pairwise(segments):
            points = np.random.default_rng(0)
            skin = surface_points(one.primitives, 600, points)[0]
            next_skin = surface_points(other.primitives, 600, points)[0]
            gap = np.linalg.norm(skin[:, None] - next_skin[None], axis=2).min()
            joined = (
                covered(one.primitives, next_skin).any() or covered(other.primitives, skin).any()
            )
            assert joined or gap < 0.03
    assert len(ends) >= 4


def test_repeated_nodes_stand_where_they_are_put_and_move_together() -> None:
    shape = Shape(primitives=(box([0.1, 0.2, 0.3]),), mirrors=ALL)
    places = [shift(1, 0, 0), shift(0, 2, 0)]
    nodes = [plate(), repeated_node(shape, places, 0)]
    turn = np.array([[0.0, -1, 0, 3], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]])
    for moved, wanted in ((nodes, np.eye(4)), (moved_nodes(nodes, turn), turn)):
        parts = expand(moved, 'free').parts
        for part, place in zip(parts[1:], places, strict=True):
            middle = part.primitives[0].vertices.mean(axis=0)
            np.testing.assert_allclose(middle, (wanted @ place)[:3, 3], atol=1e-6)


def test_all_kinds_of_core_are_drawn() -> None:
    sizes = [len(expand(random_base(np.random.default_rng(s)), 'free').parts) for s in range(60)]
    assert min(sizes) == 1 and max(sizes) > 10 and 0.25 < np.mean(np.array(sizes) == 1) < 0.6
