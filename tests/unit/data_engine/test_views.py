# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What is taken of a picture, how masks are brought to agree, and the whole engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from part_seg_ros.data_engine.engine import UnsuitableShapeError, shape_seed
from part_seg_ros.data_engine.image_proposals import ImageProposalSettings, propose
from part_seg_ros.data_engine.image_segmenter import ImageMasks, ImageSegmenter
from part_seg_ros.data_engine.native_parts import read_native_parts
from part_seg_ros.data_engine.rendered_views import FusedViews, RenderedView
from part_seg_ros.data_engine.view_lifting import LiftingSettings, agree, revise
from part_seg_ros.data_engine.views import ViewEngine, ViewSettings, mask_faces
from part_seg_ros.errors import ConfigError
from part_seg_ros.models import build_model
from part_seg_ros.models.system import Capabilities, Embedding
from part_seg_ros.segmenter import Segmenter, SegmenterConfig
from part_seg_ros.structures import MaskCandidates, Mesh, PointCloud, PointPrompt

SIZE = 20
SEED = shape_seed(0, 'lamp.glb')


class AnswersByTable:
    """A model of images whose masks for a click are told beforehand."""

    name = 'table'
    weights_sha256 = ''

    def __init__(self, answer: Callable[[int, int], ImageMasks]) -> None:
        self.answer = answer
        self.asked: list[tuple[int, int]] = []
        self.fed_back: list[np.ndarray | None] = []

    def set_image(self, rgb: np.ndarray) -> None:
        raise AssertionError('no picture is set here')

    def predict(
        self, points_px: np.ndarray, labels: np.ndarray, previous: np.ndarray | None = None
    ) -> ImageMasks:
        assert labels.tolist() == [1]
        column, row = points_px[0].astype(int).tolist()
        self.asked.append((column, row))
        self.fed_back.append(previous)
        return self.answer(column, row)


def masks(*logits: np.ndarray, iou_pred: float = 0.9) -> ImageMasks:
    stacked = np.stack(logits).astype(np.float32)
    scores = np.full(len(logits), iou_pred, np.float32)
    return ImageMasks(mask_logits=stacked, iou_pred=scores, feedback=stacked)


def columns(begin: int, end: int, inside: float = 9.0, outside: float = -9.0) -> np.ndarray:
    """Logits of a mask of some columns of a picture."""
    return np.where(
        (np.arange(SIZE) >= begin) & (np.arange(SIZE) < end), inside, outside
    ) * np.ones((SIZE, 1))


@pytest.fixture
def flat() -> FusedViews:
    """Two pictures of the same plate, which fills columns 4 to 16 of them; a point a pixel."""
    row, column = np.mgrid[:SIZE, :SIZE]
    rows = np.where((column >= 4) & (column < 16), row * 12 + column - 4, -1)
    points = np.stack([column[rows >= 0], row[rows >= 0], np.zeros(SIZE * 12)], axis=1)
    rgb = np.zeros((SIZE, SIZE, 3), np.uint8)
    second = np.where(rows >= 0, rows + SIZE * 12, -1)
    views = (RenderedView(rgb=rgb, rows=rows), RenderedView(rgb=rgb, rows=second))
    cloud = PointCloud(points=np.concatenate([points, points + [0, 0, 1]]))
    return FusedViews(views=views, cloud=cloud, face_idx=np.zeros(len(cloud), np.int64))


SETTINGS = ImageProposalSettings(grid=5, min_pixels=1)


def test_clicks_are_on_the_shape_alone_and_equal_masks_count_once(flat: FusedViews) -> None:
    model = AnswersByTable(lambda column, row: masks(columns(0, 8)))
    found = propose(model, flat.views[0], SETTINGS)
    assert {column for column, _ in model.asked} == {6, 10, 14}
    assert {row for _, row in model.asked} == {2, 6, 10, 14, 18}
    np.testing.assert_array_equal(found, [(columns(0, 8) > 0) & flat.views[0].is_hit])


@pytest.mark.parametrize(
    ('answer', 'taken'),
    [
        (masks(columns(0, 8), iou_pred=0.8), 1),
        (masks(columns(0, 8), iou_pred=0.79), 0),
        (masks(columns(0, 8, outside=-0.9)), 0),  # falls apart when the threshold moves
        (masks(columns(0, 8, inside=0.9)), 0),
        (masks(columns(0, 4)), 0),  # beside the shape
        (masks(columns(0, SIZE)), 0),  # all of it
        (masks(columns(0, 8), columns(8, SIZE)), 2),
        (masks(columns(0, 11), columns(0, 12)), 1),  # 7 of 8 columns are the same
    ],
)
def test_masks_are_sure_stable_parts_and_different(
    flat: FusedViews, answer: ImageMasks, taken: int
) -> None:
    found = propose(AnswersByTable(lambda column, row: answer), flat.views[0], SETTINGS)
    assert len(found) == taken


def test_specks_are_left_out(flat: FusedViews) -> None:
    model = AnswersByTable(lambda column, row: masks(columns(4, 5)))
    assert len(propose(model, flat.views[0], replace(SETTINGS, min_pixels=20))) == 1
    assert len(propose(model, flat.views[0], replace(SETTINGS, min_pixels=21))) == 0


def test_refined_masks_come_from_the_feedback_of_the_first(flat: FusedViews) -> None:
    first, second = masks(columns(0, 7)), masks(columns(0, 10))
    model = AnswersByTable(lambda column, row: first if model.fed_back[-1] is None else second)
    (found,) = propose(model, flat.views[0], replace(SETTINGS, refine=True))
    np.testing.assert_array_equal(found, (columns(0, 10) > 0) & flat.views[0].is_hit)
    np.testing.assert_array_equal(model.fed_back[1], first.feedback[0])


class ColumnSystem:
    """Answers with the columns of the clicks on the part, less those of the clicks off it."""

    name, device, weights_sha256, part_names = 'columns', 'cpu', '', ()
    capabilities = Capabilities()

    def __init__(self, reach: float = 0.5) -> None:
        self.reach = reach
        self.prompts: list[PointPrompt] = []
        self.previous: list[np.ndarray | None] = []

    def encode(self, shape: PointCloud) -> Embedding:
        return Embedding(points=shape.points, point_features=None, state=None, num_bytes=0)

    def predict(
        self, embedding: Embedding, prompt: PointPrompt, previous: np.ndarray | None = None
    ) -> MaskCandidates:
        self.prompts.append(prompt)
        self.previous.append(previous)
        away = np.abs(embedding.points[:, :1] - prompt.prompt_coords[:, 0])
        is_on = prompt.prompt_labels == 1
        is_in = (away[:, is_on] <= self.reach).any(axis=1)
        is_in &= ~(away[:, ~is_on] <= 0.5).any(axis=1)
        logits = np.where(is_in, 1.0, -1.0).astype(np.float32)[None]
        return MaskCandidates(mask_logits=logits, iou_pred=np.ones(1, np.float32))


def test_clicks_go_where_the_picture_is_wrong_until_it_is_right(flat: FusedViews) -> None:
    system = ColumnSystem()
    segmenter = Segmenter(system)
    session = segmenter.open(segmenter.encode(flat.cloud))
    wanted = (columns(6, 10) > 0) & flat.views[0].is_hit
    settings = LiftingSettings(agreement_iou=0.9, max_clicks=4)
    found = agree(session, flat, flat.views[0], wanted, settings, np.random.default_rng(0))
    assert found is not None
    np.testing.assert_array_equal(flat.views[0].shown(found.prediction.mask), wanted)
    last = system.prompts[-1]
    assert sorted(last.prompt_coords[:, 0].tolist()) == [6, 7, 8, 9]  # one in each column
    assert last.prompt_labels.tolist() == [1] * 4
    assert [previous is None for previous in system.previous] == [True, False, False, False]
    fewer = replace(settings, max_clicks=3)
    assert agree(session, flat, flat.views[0], wanted, fewer, np.random.default_rng(0)) is None


def test_what_is_too_much_is_clicked_away(flat: FusedViews) -> None:
    system = ColumnSystem(reach=1.0)
    segmenter = Segmenter(system)
    session = segmenter.open(segmenter.encode(flat.cloud))
    wanted = (columns(8, 9) > 0) & flat.views[0].is_hit
    settings = LiftingSettings(agreement_iou=0.9)
    found = agree(session, flat, flat.views[0], wanted, settings, np.random.default_rng(0))
    assert found is not None
    labels = system.prompts[-1].prompt_labels.tolist()
    assert labels == [1, 0, 0]
    assert sorted(system.prompts[-1].prompt_coords[1:, 0].tolist()) == [7, 9]


def test_agreement_must_be_above_its_limit(flat: FusedViews) -> None:
    segmenter = Segmenter(ColumnSystem())
    session = segmenter.open(segmenter.encode(flat.cloud))
    wanted = (columns(6, 10) > 0) & flat.views[0].is_hit
    settings = LiftingSettings(agreement_iou=0.5)
    found = agree(session, flat, flat.views[0], wanted, settings, np.random.default_rng(0))
    assert found is not None
    assert (
        flat.views[0].shown(found.prediction.mask).sum() == 3 * SIZE
    )  # 2 columns are exactly half


def test_another_picture_may_confirm_change_or_drop_a_mask(flat: FusedViews) -> None:
    segmenter = Segmenter(ColumnSystem())
    opened = segmenter.open(segmenter.encode(flat.cloud))
    wanted = (columns(6, 10) > 0) & flat.views[0].is_hit
    settings, rng = LiftingSettings(agreement_iou=0.9), np.random.default_rng(0)
    session = agree(opened, flat, flat.views[0], wanted, settings, rng)
    other = flat.views[1]

    def asked(*logits: np.ndarray, **changes: float) -> tuple[object, AnswersByTable]:
        model = AnswersByTable(lambda column, row: masks(*logits))
        return revise(session, flat, other, model, replace(settings, **changes), rng), model

    same, model = asked(columns(6, 10))
    np.testing.assert_array_equal(same.prediction.mask, session.prediction.mask)
    assert 6 <= model.asked[0][0] < 10  # a pixel of the mask's picture
    changed, _ = asked(columns(0, SIZE), columns(6, 11))  # the one most like the mask
    np.testing.assert_array_equal(
        other.shown(changed.prediction.mask), (columns(6, 11) > 0) & other.is_hit
    )
    dropped, _ = asked(columns(6, 8), min_view_iou=0.51)
    assert dropped is None
    kept, _ = asked(columns(6, 8), min_view_iou=0.5)
    assert kept is not None
    silent, model = asked(columns(6, 8), min_pixels=4 * SIZE + 1)
    assert silent is session and not model.asked


def test_faces_follow_most_of_their_points_or_the_nearest() -> None:
    corners = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], float)
    mesh = Mesh(
        vertices=np.concatenate([corners + [x, 0, 0] for x in (0, 10, 20, 9)]),
        faces=np.arange(12).reshape(4, 3),
    )
    points = np.array(
        [[0.1, 0, 0], [0.2, 0, 0], [0.3, 0, 0], [10, 0, 0], [20, 0, 0], [20.1, 0, 0]]
    )
    fused = FusedViews(
        views=(), cloud=PointCloud(points=points), face_idx=np.array([0, 0, 0, 1, 2, 2])
    )
    given = np.array([[1, 1, 0, 0, 1, 0], [1, 0, 0, 1, 0, 0]], bool)
    found = mask_faces(given, fused, mesh)
    assert found.tolist() == [[True, False, False, False], [False, True, False, True]]


def test_both_models_together_find_the_parts_of_a_lamp(
    lamp: Path, color_regions: ImageSegmenter
) -> None:
    settings = ViewSettings(size_px=96, proposals=replace(ViewSettings().proposals, grid=12))
    segmenter = Segmenter(build_model('compact'), SegmenterConfig(max_points=1500))
    engine = ViewEngine(segmenter, color_regions, settings)
    labels = engine.label(lamp, SEED)
    assert len(color_regions.pictures) == 12
    assert labels.face_part_ids is None
    true = read_native_parts(lamp)
    np.testing.assert_array_equal(labels.mesh.vertices, true.mesh.vertices)
    for part_id in range(3):
        part = true.face_part_ids == part_id
        overlap = [(part & mask).sum() / (part | mask).sum() for mask in labels.face_masks]
        assert max(overlap) > 0.75
    assert len(labels.face_masks) == 3
    assert engine.provenance['image_model'] == 'color regions'


def test_shapes_without_a_mask_are_left_out(lamp: Path, color_regions: ImageSegmenter) -> None:
    settings = ViewSettings(
        size_px=40, proposals=replace(ViewSettings().proposals, min_iou_pred=1.1)
    )
    engine = ViewEngine(Segmenter(build_model('compact-tiny')), color_regions, settings)
    with pytest.raises(UnsuitableShapeError, match='no mask of any picture'):
        engine.label(lamp, SEED)
    for picture in color_regions.pictures:  # of a lamp that stands, though its file has y up
        foot, shade = (
            np.nonzero((picture[..., own] > 60) & (picture.sum(axis=2) == picture[..., own]))[0]
            for own in (0, 2)
        )
        assert foot.mean() > shade.mean() + 5


def test_systems_that_cannot_be_corrected_are_refused(color_regions: ImageSegmenter) -> None:
    with pytest.raises(ConfigError, match='s2am3d-tiny cannot be corrected'):
        ViewEngine(Segmenter(build_model('s2am3d-tiny')), color_regions)
