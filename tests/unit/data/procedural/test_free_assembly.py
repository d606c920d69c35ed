# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Free assemblies hang together, repeat exactly, and are labelled rightly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from part_seg_ros.data.procedural import free_assembly, random_object, sample_surface
from part_seg_ros.data.procedural.assembly import surface_points
from part_seg_ros.data.procedural.object import Part, ProceduralObject

SEEDS = range(40)


def assembly(seed: int) -> ProceduralObject:
    return replace(free_assembly(np.random.default_rng(seed)), finish=None)


def all_vertices(part: Part) -> np.ndarray:
    return np.concatenate([primitive.vertices for primitive in part.primitives])


def surface_of(part: Part) -> np.ndarray:
    points, _ = surface_points(part.primitives, 600, np.random.default_rng(0))
    return np.concatenate([all_vertices(part), points])


def is_inside(part: Part, points: np.ndarray) -> np.ndarray:
    return np.any([primitive.inside(points) for primitive in part.primitives], axis=0)


@pytest.mark.parametrize('seed', SEEDS)
def test_every_part_touches_its_parent_or_rests_on_others(seed: int) -> None:
    parts = assembly(seed).parts
    assert len(parts) >= 2
    size = np.ptp(np.concatenate([all_vertices(part) for part in parts]), axis=0).max()
    skins = [surface_of(part) for part in parts]
    away = [
        idx
        for idx, part in enumerate(parts)
        if part.parent >= 0 and not are_close(parts, skins, idx, part.parent, 0.03 * size)
    ]
    for idx in away:  # a heap's upper things lie on the lower ones
        others = [other for other in range(len(parts)) if other != idx]
        assert any(are_close(parts, skins, idx, other, 0.03 * size) for other in others)
    assert len(away) <= 0.5 * len(parts)


def are_close(
    parts: tuple[Part, ...], skins: list[np.ndarray], one: int, other: int, gap: float
) -> bool:
    if is_inside(parts[other], skins[one]).any() or is_inside(parts[one], skins[other]).any():
        return True
    return bool(cKDTree(skins[one]).query(skins[other])[0].min() < gap)


@pytest.mark.parametrize('seed', SEEDS)
def test_copies_in_a_group_are_congruent(seed: int) -> None:
    groups: dict[int, list[Part]] = {}
    for part in assembly(seed).parts:
        groups.setdefault(part.group, []).append(part)
    for copies in groups.values():
        own = min(len(copy.primitives) for copy in copies)  # what is merged in comes after
        copies = [replace(copy, primitives=copy.primitives[:own]) for copy in copies]
        reference = all_vertices(copies[0])
        spread = np.linalg.norm(reference - reference.mean(axis=0), axis=1)
        for copy in copies[1:]:
            vertices = all_vertices(copy)
            np.testing.assert_allclose(
                np.linalg.norm(vertices - vertices.mean(axis=0), axis=1), spread, atol=1e-4
            )
            assert np.abs(vertices - reference).max() > 1e-3, 'two copies coincide'


@pytest.mark.parametrize('seed', SEEDS)
def test_no_sampled_point_is_hidden(seed: int) -> None:
    obj = assembly(seed)
    sample = sample_surface(obj, 1500, np.random.default_rng(seed))
    size = np.linalg.norm(np.ptp(obj.mesh()[0], axis=0))
    above = sample.points + 1.05e-3 * size * sample.normals  # free space, but for corners
    for part_idx, part in enumerate(obj.parts):
        others = sample.part_ids != part_idx
        assert np.count_nonzero(is_inside(part, above[others])) < 0.02 * len(above)


@pytest.mark.parametrize('seed', SEEDS)
def test_matter_below_a_point_is_that_of_its_part(seed: int) -> None:
    obj = assembly(seed)
    sample = sample_surface(obj, 600, np.random.default_rng(seed))
    size = np.linalg.norm(np.ptp(obj.mesh()[0], axis=0))
    # faces cut curved surfaces, so a hollow wall begins up to 1 % of its radius deeper
    depths = size * np.array([1e-4, 1e-3, 2e-3, 4e-3, 8e-3])[:, None, None]
    below = (sample.points - depths * sample.normals).reshape(-1, 3)
    found = np.stack([is_inside(part, below).reshape(5, -1).any(axis=0) for part in obj.parts])
    assert np.mean(~found.any(axis=0)) < 0.03  # the rest is at corners
    for part_idx, part in enumerate(obj.parts):
        own = sample.part_ids == part_idx
        is_groove = all(p.body is not None for p in part.primitives) and not found[part_idx].any()
        if is_groove:  # its matter is that of the part which it is cut into
            assert np.count_nonzero(~found[part.parent, own]) <= 1 + 0.05 * own.sum()
        else:
            assert np.count_nonzero(~found[part_idx, own]) <= 2 + 0.12 * own.sum()


@pytest.mark.parametrize('seed', SEEDS)
def test_every_part_shows(seed: int) -> None:
    obj = assembly(seed)
    sample = sample_surface(obj, 16384, np.random.default_rng(seed))
    assert np.bincount(sample.part_ids, minlength=len(obj.parts)).min() >= 8


def test_assemblies_differ_and_repeat_by_seed() -> None:
    first, again, other = assembly(1), assembly(1), assembly(2)
    np.testing.assert_array_equal(first.mesh()[0], again.mesh()[0])
    assert first.mesh()[0].shape != other.mesh()[0].shape


def test_variety_of_structure() -> None:
    objects = [assembly(seed) for seed in range(120)]
    num_parts = np.array([len(obj.parts) for obj in objects])
    has_copies = [len({part.group for part in obj.parts}) < len(obj.parts) for obj in objects]
    has_detail = [any(part.parent > 0 for part in obj.parts) for obj in objects]
    assert num_parts.min() >= 2 and num_parts.max() <= 28
    assert 0.25 < np.mean(has_copies) < 0.8
    assert 0.25 < np.mean(has_detail) < 0.9
    assert all(obj.family == 'free' for obj in objects)


def test_masks_of_random_objects_are_valid() -> None:
    rng = np.random.default_rng(9)
    for _ in range(25):
        obj = random_object(rng)
        sample = sample_surface(obj, 2048, rng)
        masks = obj.masks(sample.part_ids)
        assert masks, obj.family
        assert len({mask.tobytes() for _, _, mask in masks}) == len(masks)
        for _, granularity, mask in masks:
            assert 8 <= mask.sum() <= 0.92 * 2048 and 0.0 < granularity <= 1.0
