# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0

import numpy as np
import pytest
from scipy.spatial import cKDTree

from part_seg_ros.data.procedural.families import FAMILIES, PART_NAME_OF, part_name_index
from part_seg_ros.data.procedural.families.held_out import HELD_OUT_FAMILIES
from part_seg_ros.data.procedural.families.vocabulary import _LABELS_OF_NAME
from part_seg_ros.data.procedural.object import ProceduralObject
from part_seg_ros.data.procedural.sampling import sample_surface
from part_seg_ros.data.procedural.support import on_support
from part_seg_ros.errors import InputError
from part_seg_ros.names import PART_NAMES

ALL_FAMILIES = FAMILIES | HELD_OUT_FAMILIES
NUM_SEEDS = 20
NUM_SAMPLED = 3
# Objects with pieces that lie beside each other and touch nothing.
LOOSE = {'gate', 'pen', 'piano'}


def build(family: str, seed: int) -> ProceduralObject:
    return ALL_FAMILIES[family](np.random.default_rng(seed))


def touching_groups(obj: ProceduralObject, seed: int) -> int:
    """Counts the sets of parts that hang together within 3 % of the diagonal."""
    sample = sample_surface(obj, 6000, np.random.default_rng(seed), keep_hidden=True)
    reach = 0.03 * float(np.linalg.norm(np.ptp(sample.points, axis=0)))
    clouds = [
        np.concatenate(
            [sample.points[sample.part_ids == part_idx], *(p.vertices for p in part.primitives)]
        )
        for part_idx, part in enumerate(obj.parts)
    ]
    trees = [cKDTree(cloud) for cloud in clouds]
    left, groups = set(range(len(clouds))), 0
    while left:
        groups += 1
        front = [left.pop()]
        while front:
            one = front.pop()
            near = {
                other
                for other in left
                if trees[other].query(clouds[one], distance_upper_bound=reach)[0].min() < reach
                or any(p.inside(clouds[one]).any() for p in obj.parts[other].primitives)
                or any(p.inside(clouds[other]).any() for p in obj.parts[one].primitives)
            }
            left -= near
            front += near
    return groups


def test_there_are_enough_families() -> None:
    assert len(FAMILIES) >= 25


def test_every_name_of_the_vocabulary_has_labels_and_every_label_one_name() -> None:
    labels = [label for listed in _LABELS_OF_NAME.values() for label in listed.split()]
    assert len(set(labels)) == len(labels)
    assert list(_LABELS_OF_NAME) == list(PART_NAMES)
    assert set(PART_NAME_OF.values()) == set(PART_NAMES)


@pytest.mark.parametrize(
    ('label', 'name'),
    [('grip', 'handle'), ('mast', 'pole'), ('handle', 'handle'), ('caster', 'wheel')],
)
def test_a_label_has_the_index_of_its_name(label: str, name: str) -> None:
    assert PART_NAMES[part_name_index(label)] == name


def test_a_part_without_a_name_has_no_index_and_an_unknown_label_is_refused() -> None:
    assert part_name_index('') == -1
    with pytest.raises(InputError, match='banana'):
        part_name_index('banana')


def test_the_support_is_a_table() -> None:
    rng = np.random.default_rng(0)
    support = on_support(build('mug', 0), rng).parts[-1]
    assert PART_NAMES[part_name_index(support.name)] == 'table'


@pytest.mark.parametrize('family', ALL_FAMILIES)
def test_every_seed_builds_named_parts_with_earlier_parents(family: str):
    for seed in range(NUM_SEEDS):
        obj = build(family, seed)
        assert obj.family == family
        assert len(obj.parts) >= 2
        assert {part.name for part in obj.parts} <= PART_NAME_OF.keys() - {'table'}
        for part_idx, part in enumerate(obj.parts):
            assert -1 <= part.parent < part_idx or (part.parent, part_idx) == (-1, 0)
        for group in {part.group for part in obj.parts}:
            assert len({part.name for part in obj.parts if part.group == group}) == 1
        vertices, faces, _, corner_normals = obj.mesh()
        assert np.isfinite(vertices).all()
        assert faces.max() < len(vertices)
        np.testing.assert_allclose(np.linalg.norm(corner_normals, axis=-1), 1.0, atol=1e-3)


@pytest.mark.parametrize('family', ALL_FAMILIES)
def test_two_parts_or_more_are_seen(family: str):
    for seed in range(NUM_SAMPLED):
        obj = build(family, seed)
        sample = sample_surface(obj, 4096, np.random.default_rng(seed))
        counts = np.bincount(sample.part_ids, minlength=len(obj.parts))
        assert np.count_nonzero(counts >= 8) >= 2
        assert np.isfinite(sample.normals).all()
        assert obj.masks(sample.part_ids)


@pytest.mark.parametrize(
    ('family', 'seed'),
    [(name, 1) for name in FAMILIES if name not in LOOSE]
    + [(name, seed) for name in HELD_OUT_FAMILIES for seed in range(5)],
)
def test_parts_hang_together(family: str, seed: int):
    assert touching_groups(build(family, seed), seed) == 1


@pytest.mark.parametrize('family', ALL_FAMILIES)
def test_a_seed_decides_the_object_and_another_seed_changes_it(family: str):
    first, again, other = (build(family, seed).mesh()[0] for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert first.shape != other.shape or not np.allclose(first, other, atol=1e-3)
