# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What a page can ask of one cloud, with the bundled network and with one that looks at views."""

import numpy as np
import pytest

from part_seg_ros.data.procedural import FAMILIES, sample_surface
from part_seg_ros.errors import ConfigError, InputError, PromptTooFarError
from part_seg_ros.models import build_model
from part_seg_ros.segmenter import SegmentAllSettings, Segmenter, SegmenterConfig
from part_seg_ros.structures import PointCloud
from part_seg_ros.viewer.board import Board


def mug(num_points: int = 3000) -> PointCloud:
    rng = np.random.default_rng(0)
    points = sample_surface(FAMILIES['mug'](rng), num_points, rng).points
    points[7] = np.nan
    return PointCloud(points=points)


@pytest.fixture(scope='module')
def segmenter():
    return Segmenter(build_model('compact', device='cpu'), SegmenterConfig(max_points=2000))


@pytest.fixture
def board(segmenter):
    return Board(segmenter, mug())


@pytest.fixture(scope='module')
def viewed():
    pytest.importorskip('open3d')
    system = build_model('geosam2-tiny', device='cpu')
    return Segmenter(system, SegmenterConfig(max_points=2000))


def test_clicks_answer_as_a_session_does(board):
    points = board.encoded.cloud.points
    session = board.segmenter.open(board.encoded).add(points[0])
    assert np.array_equal(board.click(points[0], 1).part_ids == 0, session.prediction.mask)
    session = session.add(points[100], 0)
    shown = board.click(points[100], 0)
    assert np.array_equal(shown.part_ids == 0, session.prediction.mask)
    assert shown.prompt.prompt_labels.tolist() == [1, 0]
    assert f'{session.prediction.score:.2f}' in shown.text


def test_undo_and_clear_go_back(board):
    first = board.shown
    points = board.encoded.cloud.points
    one = board.click(points[0], 1)
    board.click(points[100], 1)
    assert board.undo() is one
    board.every_part(0.6)
    assert board.clear() is first and (first.part_ids == -1).all()
    with pytest.raises(InputError, match='nothing to take back'):
        board.undo()


def test_the_same_click_once_more_changes_nothing(board):
    first, points = board.shown, board.encoded.cloud.points
    one = board.click(points[0], 1)
    assert board.click(points[0], 1) is one
    assert board.undo() is first
    board.click(points[0], 1)
    assert board.click(points[0], 0).prompt.prompt_labels.tolist() == [1, 0]


def test_an_error_leaves_what_is_shown(board):
    one = board.click(board.encoded.cloud.points[0], 1)
    with pytest.raises(PromptTooFarError):
        board.click(np.full(3, 50.0), 1)
    with pytest.raises(ConfigError, match='granularity'):
        board.every_part(1.5)
    assert board.shown is one


def test_every_part_and_names_come_from_the_segmenter(board):
    wanted = board.segmenter.segment_all(board.encoded, SegmentAllSettings(granularity=0.4))
    shown = board.every_part(0.4)
    assert np.array_equal(shown.part_ids, wanted.part_ids)
    assert f'{len(wanted.parts)} found' in shown.text
    named = board.find('handle')
    assert (named.part_ids >= 0).any() and named.text.startswith('handle: ')
    with pytest.raises(InputError, match='xylophone'):
        board.find('xylophone')


def test_a_system_with_a_way_of_its_own_finds_every_part_by_it(monkeypatch):
    system = build_model('s2am3d-tiny', device='cpu')
    found, own_way = [], system.segment_all

    def watched(*args, **options):
        found.append(own_way(*args, **options))
        return found[-1]

    monkeypatch.setattr(system, 'segment_all', watched)
    board = Board(Segmenter(system, SegmenterConfig(max_points=600)), mug(600))
    shown = board.every_part(0.4)
    assert len(found) == 1
    assert np.array_equal(shown.part_ids[board.encoded.network_idx], found[0].part_ids)


def test_a_click_after_every_part_begins_anew(board):
    board.every_part(0.6)
    point = board.encoded.cloud.points[0]
    shown = board.click(point, 1)
    assert len(shown.prompt.prompt_coords) == 1


def test_a_system_of_one_click_takes_the_last(segmenter):
    one = Segmenter(build_model('s2am3d-tiny', device='cpu'), SegmenterConfig(max_points=500))
    board = Board(one, mug(600))
    board.click(board.encoded.cloud.points[0], 1)
    shown = board.click(board.encoded.cloud.points[50], 1)
    assert np.array_equal(shown.prompt.prompt_coords, board.encoded.cloud.points[[50]])


def test_only_systems_on_views_show_any(board):
    assert board.views == ()
    with pytest.raises(InputError, match='no prompts on views'):
        board.click_view(0, np.array([5, 5]), 1)


def test_clicks_on_a_view_add_up_until_another_view(viewed):
    board = Board(viewed, mug())
    assert [view.view_idx for view in board.views] == list(range(12))
    rows, columns = np.nonzero(board.views[0].point_idx >= 0)
    places = np.stack([columns, rows], axis=1)[[0, len(rows) // 2]]
    board.click_view(0, places[0], 1)
    shown = board.click_view(0, places[1], 0)
    assert np.array_equal(shown.view_prompt.coords_px, places.astype(np.float32))
    assert shown.view_prompt.prompt_labels.tolist() == [1, 0] and shown.prompt is None
    rows, columns = np.nonzero(board.views[3].point_idx >= 0)
    shown = board.click_view(3, np.array([columns[0], rows[0]]), 1)
    assert len(shown.view_prompt.coords_px) == 1
    with pytest.raises(InputError, match='background'):
        board.click_view(0, np.zeros(2), 1)
    assert board.shown is shown


def test_a_box_on_a_view_is_what_the_system_answers(viewed):
    board = Board(viewed, mug())
    size = len(board.views[2].picture)
    shown = board.box_view(2, np.array([0, 0, size, size]))
    found = viewed.system.predict(board.encoded.embedding, shown.view_prompt)
    mask = board.encoded.to_all(found.mask_logits[[found.best_idx]])[0] > 0
    assert np.array_equal(shown.part_ids == 0, mask)
