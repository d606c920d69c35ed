# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The classifier of label quality."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
import trimesh
from safetensors.torch import save_file

from part_seg_ros.data.labeled_meshes import LabeledMesh
from part_seg_ros.data_engine.quality import (
    LearnedQuality,
    QualityNet,
    load_quality,
    quality_inputs,
)
from part_seg_ros.data_engine.quality_training import QualityTraining, train_quality
from part_seg_ros.errors import CheckpointError, InputError
from part_seg_ros.structures import Mesh

SMALL = QualityTraining(num_steps=50, batch_size=8, num_points=128, learning_rate=3e-3)


def table(rng: np.random.Generator, *, is_reliable: bool) -> LabeledMesh:
    """A top on four legs, with a label each, or with the labels of the faces mixed up."""
    width, depth, height = rng.uniform(0.6, 1.4, 3)
    boxes = [trimesh.creation.box(bounds=[[0, 0, height], [width, depth, height + 0.1]])]
    for x in (0, width - 0.1):
        for y in (0, depth - 0.1):
            boxes.append(trimesh.creation.box(bounds=[[x, y, 0], [x + 0.1, y + 0.1, height]]))
    mesh = trimesh.util.concatenate(boxes)
    labels = np.repeat(np.arange(5, dtype=np.int32), 12)
    if not is_reliable:
        labels = rng.permutation(labels)
    return LabeledMesh(
        name='table',
        mesh=Mesh(vertices=mesh.vertices, faces=mesh.faces),
        face_part_ids=labels,
        part_names=(),
    )


def tables(seed: int, count: int, *, is_reliable: bool) -> list[LabeledMesh]:
    rng = np.random.default_rng(seed)
    return [table(rng, is_reliable=is_reliable) for _ in range(count)]


def test_training_tells_tables_never_seen_apart(tmp_path: Path) -> None:
    net, losses = train_quality(
        tables(0, 8, is_reliable=True), tables(1, 8, is_reliable=False), SMALL
    )
    assert np.mean(losses[-10:]) < 0.3 * np.mean(losses[:5])
    save_file(net.state_dict(), tmp_path / 'quality.safetensors')
    quality = load_quality(tmp_path / 'quality.safetensors')
    assert len(quality.weights_sha256) == 64
    for seed, is_reliable in ((5, True), (6, False)):
        for shape in tables(seed, 5, is_reliable=is_reliable):
            rng = np.random.default_rng(seed)
            face_idx = rng.integers(60, size=400)
            weights = rng.dirichlet(np.ones(3), 400)
            corners = shape.mesh.vertices[shape.mesh.faces[face_idx]]
            points = np.einsum('nc,ncd->nd', weights, corners)
            score = quality(points, shape.face_part_ids[face_idx])
            assert 0.0 <= score <= 1.0
            assert (score > 0.5) == is_reliable


def test_training_is_the_same_for_the_same_seed() -> None:
    shapes = tables(0, 2, is_reliable=True), tables(1, 2, is_reliable=False)
    short = QualityTraining(num_steps=2, batch_size=2, num_points=64)
    nets = [train_quality(*shapes, short)[0] for _ in range(2)]
    for one, other in zip(*(net.parameters() for net in nets), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


def test_the_score_knows_neither_order_nor_numbers_nor_place_nor_size() -> None:
    torch.manual_seed(0)
    quality = LearnedQuality(QualityNet())
    rng = np.random.default_rng(0)
    points, labels = rng.normal(size=(200, 3)), rng.integers(4, size=200)
    score = quality(points, labels)
    order = rng.permutation(200)
    for other in (
        quality(points[order], labels[order]),
        quality(points, np.array([7, 2, 9, 0])[labels]),
        quality(40.0 * points + [3, 1, 2], labels),
    ):
        assert other == pytest.approx(score, abs=1e-5)
    assert abs(quality(points, rng.permutation(labels)) - score) > 1e-5


def test_inputs_tell_each_point_about_its_part() -> None:
    points = np.array([[-1.0, 0, 0], [0, 0, 0], [1, 0, 0], [0, 0, 0]])
    found = quality_inputs(points, np.array([5, 5, 8, 5]))
    np.testing.assert_allclose(found[0], [-1, 0, 0, -2 / 3, 0, 0, 0.75, 4 / 9], atol=1e-6)
    np.testing.assert_allclose(found[2], [1, 0, 0, 0, 0, 0, 0.25, 0], atol=1e-6)


def test_examples_and_files_that_do_not_fit_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match='got 2 accepted and 0 rejected'):
        train_quality(tables(0, 2, is_reliable=True), [], SMALL)
    save_file({'a': torch.zeros(1)}, tmp_path / 'a.safetensors')
    with pytest.raises(CheckpointError, match='does not fit QualityNet'):
        load_quality(tmp_path / 'a.safetensors')
