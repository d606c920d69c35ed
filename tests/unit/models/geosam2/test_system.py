# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""GeoSAM2 in its small size, from shapes to masks and parts."""

import dataclasses

import numpy as np
import pytest
import torch

from part_seg_ros.errors import CanceledError, InputError
from part_seg_ros.models.geosam2.config import PRESETS
from part_seg_ros.models.geosam2.objects import enlarged
from part_seg_ros.models.geosam2.settings import BOTH, ROUND, GeoSam2Settings, ProposalSettings
from part_seg_ros.models.geosam2.system import random_system
from part_seg_ros.segmenter import Segmenter
from part_seg_ros.structures import (
    BoxPrompt,
    MaskPrompt,
    NamePrompt,
    PointPrompt,
    ViewClickPrompt,
)

TINY = PRESETS['tiny']
SIZE = TINY.image_size
EASY = ProposalSettings(
    num_clicks=8, clicks_at_once=4, min_iou=0.0, min_stability=0.0, max_growth=1e6
)


@pytest.fixture(scope='module')
def system():
    return random_system(TINY, 'cpu', settings=GeoSam2Settings(proposals=EASY))


@pytest.fixture(scope='module')
def embedding(system, mesh):
    return system.encode(mesh)


@pytest.fixture(scope='module')
def scanned(system, scan):
    return system.encode(scan)


def click(embedding, *rows, labels=None):
    return PointPrompt(
        prompt_coords=embedding.points[list(rows)],
        prompt_labels=np.ones(len(rows)) if labels is None else labels,
    )


def true_mask(embedding, parts, part, view):
    """The picture of a part of the mesh in a view."""
    shown = embedding.state.shape.views[view]
    return shown.is_shape & (parts == part)[shown.element_idx]


def test_the_embedding_holds_the_views(embedding, mesh):
    assert embedding.points.shape == (len(mesh.faces), 3)
    assert embedding.point_features is None
    state = embedding.state
    assert len(state.features) == len(state.shape.views) == 12 and state.is_ring
    assert embedding.num_bytes > state.features.num_bytes > 12 * 32 * 8 * 8 * 4


def test_the_views_of_an_embedding_are_what_the_network_saw(system, embedding):
    view = embedding.state.shape.views[5]
    scaled = view.normals[None].astype(np.float32) / 255
    normals = (scaled - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]
    points = view.point_map()[None]
    maps = (torch.from_numpy(np.float32(m).transpose(0, 3, 1, 2)) for m in (normals, points))
    with torch.inference_mode():
        wanted = system.net.encode(*maps)
    found = embedding.state.features.view(5)
    torch.testing.assert_close(found.coarse, wanted.coarse, atol=1e-4, rtol=0)


def test_a_click_is_the_click_on_the_view_that_sees_it_best(system, embedding):
    row = int(embedding.points[:, 1].argmin())
    answer = system.predict(embedding, click(embedding, row))
    assert answer.mask_logits.shape == (1, len(embedding.points))
    shape = embedding.state.shape
    # The frontmost point of the ball faces view 0.
    place = shape.views[0].camera.project(shape.positions[[row]])[0] - 0.5
    on_view = ViewClickPrompt(view_idx=0, coords_px=place, prompt_labels=[1])
    same = system.predict(embedding, on_view)
    np.testing.assert_allclose(answer.mask_logits, same.mask_logits, atol=1e-4)
    np.testing.assert_allclose(answer.iou_pred, same.iou_pred, atol=1e-5)


def test_the_logit_is_that_of_the_mean_of_the_pixels(system, embedding, mesh_parts):
    mask = true_mask(embedding, mesh_parts, 1, 0)
    state = embedding.state
    prompt = MaskPrompt(view_idx=0, mask=mask)
    answer = system.predict(embedding, prompt)
    (found,) = system._follow(state, [system._request(state, prompt)], lambda: None)
    inside = np.zeros(len(embedding.points))
    total = np.zeros(len(embedding.points))
    for view, logits in zip(state.shape.views, found.logits, strict=True):
        probs = 1 / (1 + np.exp(-np.float64(enlarged(logits, view))))
        np.add.at(inside, view.element_idx[view.is_shape], probs[view.is_shape])
        np.add.at(total, view.element_idx[view.is_shape], 1)
    wanted = np.log((inside + 0.5) / (total - inside + 0.5))
    has_pixel = total > 0
    np.testing.assert_allclose(answer.mask_logits[0, has_pixel], wanted[has_pixel], atol=1e-4)
    assert not answer.masks[0, ~state.shape.links.is_seen].any()


def test_a_batch_equals_its_prompts_one_by_one(system, embedding):
    prompts = [click(embedding, row) for row in range(0, len(embedding.points), 301)]
    answers = system.predict_batch(embedding, prompts)
    assert len(answers) == len(prompts) > 4
    for prompt, found in zip(prompts, answers, strict=True):
        alone = system.predict(embedding, prompt)
        is_same = found.masks == alone.masks
        assert is_same.mean() > 0.99
        np.testing.assert_allclose(found.iou_pred, alone.iou_pred, atol=1e-4)


def test_the_mask_before_and_clicks_off_the_part_count(system, embedding):
    rows = embedding.points[:, 1].argsort()[[0, 40]].tolist()
    first = system.predict(embedding, click(embedding, rows[0]))
    previous = np.where(embedding.points[:, 2] > 0.6, 6.0, -6.0).astype(np.float32)
    answers = [
        first,
        system.predict(embedding, click(embedding, rows[0]), previous=previous),
        system.predict(embedding, click(embedding, *rows, labels=[1, 0])),
        system.predict(embedding, click(embedding, *rows)),
    ]
    scores = {round(float(answer.iou_pred[0]), 6) for answer in answers}
    assert len(scores) == len(answers)
    with pytest.raises(InputError, match='one logit for each'):
        system.predict(embedding, click(embedding, rows[0]), previous=previous[:-1])


def test_a_first_click_may_have_candidates(system, embedding, mesh):
    other = random_system(TINY, 'cpu', settings=GeoSam2Settings(num_candidates=3))
    other_embedding = other.encode(mesh)
    row = int(embedding.points[:, 1].argmin())
    answer = other.predict(other_embedding, click(embedding, row))
    assert answer.mask_logits.shape == (3, len(embedding.points))
    alone = system.predict(embedding, click(embedding, row))
    np.testing.assert_allclose(answer.iou_pred[:1], alone.iou_pred, atol=1e-4)
    assert (answer.masks[0] == alone.masks[0]).mean() > 0.99
    assert (answer.masks[0] != answer.masks[1]).any()
    refined = other.predict(other_embedding, click(embedding, row), previous=answer.mask_logits[1])
    assert len(refined.mask_logits) == 1


def test_which_way_round_makes_a_difference_and_both_ways_cover_all(system, embedding, mesh):
    results = []
    for ways in (ROUND, BOTH):
        other = random_system(TINY, 'cpu', settings=GeoSam2Settings(ways=ways))
        state = other.encode(mesh).state
        prompt = ViewClickPrompt(view_idx=2, coords_px=[[SIZE / 2, SIZE / 2]], prompt_labels=[1])
        (found,) = other._follow(state, [other._request(state, prompt)], lambda: None)
        assert len(found.logits) == 12
        results.append(found.logits)
    same = [np.allclose(a, b, atol=1e-3) for a, b in zip(*results, strict=True)]
    assert same[2] and same[3] and not same[1]
    default = system.predict(embedding, prompt).iou_pred
    np.testing.assert_allclose(default, found.iou_pred, atol=1e-5)


def test_several_prompts_and_what_lies_behind(system, embedding, mesh_parts):
    prompts = [
        MaskPrompt(view_idx=0, mask=true_mask(embedding, mesh_parts, 1, 0)),
        BoxPrompt(view_idx=0, box_px=[SIZE * 0.3, SIZE * 0.5, SIZE * 0.7, SIZE * 0.95]),
        ViewClickPrompt(view_idx=4, coords_px=[[SIZE / 2, SIZE / 2]], prompt_labels=[1]),
    ]
    told = []
    found = system.segment_prompted(
        embedding, prompts, progress=lambda share, num: told.append((share, num))
    )
    assert found.part_ids.shape == (len(embedding.points),) and found.part_ids.dtype == np.int32
    ids = [part.part_id for part in found.parts]
    assert ids == list(range(len(ids))) and len(ids) >= 3
    assert set(np.unique(found.part_ids)) <= {-1, *ids}
    assert set(range(3, len(ids))) <= set(np.unique(found.part_ids))
    assert (found.part_ids[~embedding.state.shape.links.is_seen] == -1).all()
    assert told[-1][0] == 1.0 and [share for share, _ in told] == sorted(s for s, _ in told)
    alone = system.segment_prompted(embedding, prompts, looks_behind=False)
    assert len(alone.parts) == 3
    within = embedding.points[:, 2] > np.median(embedding.points[:, 2])
    divided = system.segment_prompted(embedding, prompts, looks_behind=False, within=within)
    assert (divided.part_ids[~within] == -1).all()
    np.testing.assert_array_equal(divided.part_ids[within], alone.part_ids[within])
    with pytest.raises(InputError, match='within must say'):
        system.segment_prompted(embedding, prompts[:1], looks_behind=False, within=within[:-1])


def test_every_part_is_looked_for_in_front_and_behind(system, scanned, embedding):
    for each in (embedding, scanned):
        found = system.segment_all(each)
        ids = [part.part_id for part in found.parts]
        assert ids == list(range(len(ids))) and len(ids) >= 1
        assert set(np.unique(found.part_ids)) - {-1} == set(ids)
    nothing = system.segment_all(embedding, dataclasses.replace(EASY, min_iou=1.0))
    assert nothing.parts == () and (nothing.part_ids == -1).all()


def test_it_stops_when_told(system, embedding):
    asked = iter([False, False, True])
    with pytest.raises(CanceledError):
        system.segment_all(embedding, should_stop=lambda: next(asked))


def test_scans_are_clicked_refined_and_segmented_by_the_segmenter(system, scan):
    segmenter = Segmenter(system)
    encoded = segmenter.encode(scan)
    assert 6 not in encoded.embedding.state.shape.view_numbers
    session = segmenter.open(encoded).add(scan.points[7])
    first = session.prediction
    assert first.mask.shape == (len(scan),)
    refined = session.add(scan.points[900], 0).prediction
    assert not np.array_equal(refined.network_logits, first.network_logits)
    assert segmenter.segment_all(encoded).part_ids.shape == (len(scan),)


@pytest.mark.parametrize(
    ('prompt', 'words'),
    [
        (ViewClickPrompt(view_idx=12, coords_px=[[1, 1]], prompt_labels=[1]), '0 … 11, got 12'),
        (ViewClickPrompt(view_idx=-1, coords_px=[[1, 1]], prompt_labels=[1]), '0 … 11, got -1'),
        (BoxPrompt(view_idx=1.5, box_px=[0, 0, 5, 5]), 'a whole number in 0 … 11, got 1.5'),
        (MaskPrompt(view_idx=np.nan, mask=np.ones((SIZE, SIZE), bool)), '0 … 11, got nan'),
        (
            ViewClickPrompt(view_idx=0, coords_px=[[1, 1]], prompt_labels=[1]),
            'click at 1, 1 in view 0 lies on the background; click on the shape',
        ),
        (
            ViewClickPrompt(view_idx=0, coords_px=[[1, SIZE]], prompt_labels=[1]),
            f'within the picture, 0 … {SIZE}, got',
        ),
        (
            BoxPrompt(view_idx=0, box_px=[0, 0, SIZE + 1, 5]),
            rf'within the picture, 0 … {SIZE}, got \[0.0, 0.0, {SIZE + 1}.0',
        ),
        (BoxPrompt(view_idx=0, box_px=[-1, 0, 5, 5]), 'within the picture'),
        (BoxPrompt(view_idx=0, box_px=[9, 0, 9, 5]), 'x0 < x1'),
        (BoxPrompt(view_idx=0, box_px=[9, 0, 12]), 'x0 y0 x1 y1'),
        (
            MaskPrompt(view_idx=0, mask=np.ones((5, 7), bool)),
            rf'must be {SIZE} x {SIZE}, got \(5, 7\)',
        ),
        (
            MaskPrompt(view_idx=0, mask=np.zeros((SIZE, SIZE), bool)),
            'covers nothing of the shape in view 0; draw it on the shape',
        ),
        (NamePrompt(name='handle'), 'takes no part name'),
        (
            PointPrompt(prompt_coords=[[1, -2, 0.7]], prompt_labels=[0]),
            'needs a click on the part',
        ),
    ],
)
def test_prompts_that_make_no_sense_are_refused(system, embedding, prompt, words):
    with pytest.raises(InputError, match=words):
        system.predict(embedding, prompt)
    if not isinstance(prompt, PointPrompt | NamePrompt):
        with pytest.raises(InputError, match=words):
            system.segment_prompted(embedding, [prompt])


def test_a_view_that_does_not_show_the_scan_cannot_be_prompted(system, scanned):
    shown = scanned.state.shape.view_numbers
    prompt = ViewClickPrompt(view_idx=6, coords_px=[[SIZE / 2, SIZE / 2]], prompt_labels=[1])
    with pytest.raises(InputError, match=f'view 6 .* views {shown[0]}, {shown[1]}'):
        system.predict(scanned, prompt)
    with pytest.raises(InputError, match='at least one prompt'):
        system.segment_prompted(scanned, [])
