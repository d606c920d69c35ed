# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""PartSAM's second stage: what is proposed, what is accepted."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from part_seg_ros.data_engine.curation import CurationEngine, CurationSettings
from part_seg_ros.data_engine.engine import Labels, UnsuitableShapeError, shape_seed
from part_seg_ros.data_engine.part_rules import PartRules
from part_seg_ros.errors import BackendMissingError
from part_seg_ros.models.system import Capabilities, Embedding
from part_seg_ros.segmenter import Segmenter
from part_seg_ros.structures import MaskCandidates, PointCloud, PointPrompt

pytest.importorskip('sklearn')

SEED = shape_seed(0, 'a.glb')
RULES = PartRules(num_points=3000)
GROUP_SPACING = 10.0
NUM_GROUPS = 12


def group_of(coords: np.ndarray) -> np.ndarray:
    """Which group of boxes each place (N, 3) belongs to; groups follow each other along x."""
    return np.rint(coords[:, 0] / GROUP_SPACING).astype(int)


class GroupSystem:
    """Answers with the groups of the positive clicks, but nothing before `clicks_needed`."""

    name = 'groups'
    weights_sha256 = 'ab'
    device = 'cpu'
    part_names: tuple[str, ...] = ()

    def __init__(self, clicks_needed: int = 1, max_points: int | None = None) -> None:
        self.clicks_needed = clicks_needed
        self.capabilities = Capabilities(max_points=max_points)

    def encode(self, shape: PointCloud) -> Embedding:
        features = np.eye(100, dtype=np.float32)[group_of(shape.points)]
        return Embedding(points=shape.points, point_features=features, state=None, num_bytes=0)

    def predict(
        self, embedding: Embedding, prompt: PointPrompt, previous: np.ndarray | None = None
    ) -> MaskCandidates:
        clicked = group_of(prompt.prompt_coords[prompt.prompt_labels == 1])
        is_in = np.isin(group_of(embedding.points), clicked)
        if len(prompt.prompt_coords) < self.clicks_needed:
            is_in = np.zeros_like(is_in)
        logits = np.where(is_in, 1.0, -1.0).astype(np.float32)[None]
        return MaskCandidates(mask_logits=logits, iou_pred=np.ones(1, np.float32))


def groups(boxes_per_group: int) -> list[tuple[tuple[float, ...], tuple[float, ...]]]:
    """12 groups of unit cubes that do not touch."""
    return [
        ((1, 1, 1), (GROUP_SPACING * group, 2.0 * number, 0))
        for group in range(NUM_GROUPS)
        for number in range(boxes_per_group)
    ]


def engine(system: GroupSystem | None = None, **changes: object) -> CurationEngine:
    settings = CurationSettings(rules=RULES, cluster_counts=(NUM_GROUPS,), samples_per_face=2)
    return CurationEngine(Segmenter(system or GroupSystem()), replace(settings, **changes))


@pytest.fixture
def fragments(write_single_node: Callable[..., Path]) -> Path:
    """One node of 60 cubes, that is 60 parts, in 12 groups."""
    return write_single_node('a.glb', groups(5))


def check_groups(labels: Labels, repeats: int = 1) -> None:
    group = group_of(labels.mesh.vertices)[labels.mesh.faces[:, 0]]
    wanted = sorted((group == number).tolist() for number in range(NUM_GROUPS)) * repeats
    assert sorted(labels.face_masks.tolist()) == sorted(wanted)


def test_groups_of_fragments_become_masks(fragments: Path) -> None:
    labels = engine().label(fragments, SEED)
    assert labels.face_masks.dtype == bool
    assert labels.face_part_ids is None
    check_groups(labels)


def test_equal_masks_of_several_granularities_count_each(fragments: Path) -> None:
    settings = {'cluster_counts': (NUM_GROUPS, NUM_GROUPS), 'min_masks': 24}
    check_groups(engine(**settings).label(fragments, SEED), repeats=2)


@pytest.mark.parametrize(
    ('first', 'last', 'fits'), [(1.0, 1.0, False), (0.99, 1.0, True), (1.0, 0.99, True)]
)
def test_either_click_may_convince_and_both_limits_are_strict(
    fragments: Path, first: float, last: float, fits: bool
) -> None:
    curation = engine(first_iou=first, last_iou=last)
    if fits:
        assert len(curation.label(fragments, SEED).face_masks) == NUM_GROUPS
    else:
        with pytest.raises(UnsuitableShapeError, match='0 of 12 masks were found'):
            curation.label(fragments, SEED)


def test_the_last_of_ten_clicks_counts(fragments: Path) -> None:
    assert len(engine(GroupSystem(clicks_needed=10)).label(fragments, SEED).face_masks) == 12
    with pytest.raises(UnsuitableShapeError):
        engine(GroupSystem(clicks_needed=10), num_clicks=9).label(fragments, SEED)


def test_a_shape_needs_six_masks(fragments: Path) -> None:
    """Of 8 clusters of 12 groups, those of two or more groups are not found by one click."""
    single = GroupSystem(max_points=1)
    counts = {'cluster_counts': (8,)}
    found = engine(single, **counts, min_masks=1).label(fragments, SEED).face_masks
    assert 4 <= len(found) <= 7
    engine(single, **counts, min_masks=len(found)).label(fragments, SEED)
    with pytest.raises(
        UnsuitableShapeError, match=f'{len(found)} of 8 .* at least {len(found) + 1}'
    ):
        engine(single, **counts, min_masks=len(found) + 1).label(fragments, SEED)
    assert CurationSettings().min_masks == 6
    assert (CurationSettings().first_iou, CurationSettings().last_iou) == (0.60, 0.90)


def test_clusters_without_a_fair_share_are_not_asked_for(fragments: Path) -> None:
    with pytest.raises(UnsuitableShapeError, match='0 of 0 masks'):
        engine(rules=replace(RULES, max_share=0.06)).label(fragments, SEED)


def test_shapes_of_fair_parts_or_few_are_left_to_their_own_labels(
    write_single_node: Callable[..., Path],
) -> None:
    with pytest.raises(UnsuitableShapeError, match='has 48 native parts'):
        engine().label(write_single_node('few.glb', groups(4)), SEED)
    specks = [((0.01,) * 3, (0, 100.0 + number, 0)) for number in range(60)]
    path = write_single_node('specks.glb', groups(1) + specks)
    with pytest.raises(UnsuitableShapeError, match='12 of its native parts are of fair size'):
        engine().label(path, SEED)


def test_shapes_of_specks_alone_are_fragmented(write_single_node: Callable[..., Path]) -> None:
    fine = [
        ((0.2, 0.2, 0.2), (GROUP_SPACING * group, 0.4 * (number % 6), 0.4 * (number // 6)))
        for group in range(NUM_GROUPS)
        for number in range(30)
    ]  # 360 boxes of 0.28 % each
    check_groups(engine().label(write_single_node('a.glb', fine), SEED))


def test_a_missing_package_is_named_before_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, 'sklearn.cluster', None)
    with pytest.raises(BackendMissingError, match='scikit-learn'):
        engine()


def test_the_recipe_names_the_system(fragments: Path) -> None:
    provenance = engine().provenance
    assert (provenance['system'], provenance['weights_sha256']) == ('groups', 'ab')
    assert provenance['settings']['cluster_counts'] == [NUM_GROUPS]
    assert CurationSettings().cluster_counts == (10, 20, 30)
