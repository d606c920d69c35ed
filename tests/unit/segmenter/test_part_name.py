# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Names of masks, worked out by hand, and in step with the masks of a real network."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.errors import InputError
from part_seg_ros.segmenter import Segmenter, SegmenterConfig
from part_seg_ros.segmenter.part_name import known_name, likeliest_name, name_scores
from part_seg_ros.structures import MaskCandidates, PointCloud, PointPrompt

_NAMES = ('body', 'handle', 'lid')
_CANDIDATES = MaskCandidates(
    mask_logits=np.ones((3, 4), np.float32),
    iou_pred=np.float32([0.5, 1.2, -0.1]),
    name_probs=np.float32([[0.2, 0.7, 0.1], [0.4, 0.35, 0.25], [0.0, 0.0, 1.0]]),
)


def test_the_likeliest_name_must_be_likely_enough() -> None:
    assert likeliest_name(_CANDIDATES, 0, _NAMES) == ('handle', pytest.approx(0.7))
    assert likeliest_name(_CANDIDATES, 0, _NAMES, 0.69)[0] == 'handle'
    assert likeliest_name(_CANDIDATES, 0, _NAMES, 0.71) == ('', 0.0)
    assert likeliest_name(_CANDIDATES, 1, _NAMES) == ('body', pytest.approx(0.4))
    nameless = MaskCandidates(mask_logits=np.ones((1, 4)), iou_pred=np.ones(1))
    assert likeliest_name(nameless, 0, ()) == ('', 0.0)


def test_the_rating_is_probability_times_squared_iou_within_its_range() -> None:
    np.testing.assert_allclose(name_scores(_CANDIDATES, 1), [0.175, 0.35, 0.0])
    np.testing.assert_allclose(name_scores(_CANDIDATES, 2), [0.025, 0.25, 0.0], rtol=1e-6)


def test_free_wording_finds_its_name(tiny_system) -> None:
    assert known_name(tiny_system, 'the Handle') == 'handle'
    with pytest.raises(InputError, match=r"'hxqzw' is no known part.*compact-tiny knows antenna"):
        known_name(tiny_system, 'hxqzw')
    segmenter = Segmenter(tiny_system)
    known = [segmenter.knows_name(wording) for wording in ('the Handle', 'hxqzw', '')]
    assert known == [True, False, False]


def test_a_name_that_the_weights_were_not_trained_with_is_refused(truth_system) -> None:
    from part_seg_ros.models.system import Capabilities

    few = truth_system(
        levels=(), iou_pred=(), part_names=('lid', 'body'), capabilities=Capabilities(names=True)
    )
    assert known_name(few, 'lids') == 'lid'
    with pytest.raises(InputError, match="'handle'; truth knows lid, body"):
        known_name(few, 'handle')
    with pytest.raises(InputError, match='takes no part name'):
        known_name(truth_system(levels=(), iou_pred=()), 'lid')


@pytest.fixture
def encoded(confident_system, sphere):
    return Segmenter(confident_system).encode(PointCloud(points=sphere))


def _click(points: np.ndarray, idx: int) -> PointPrompt:
    return PointPrompt(prompt_coords=points[[idx]], prompt_labels=[1])


def test_sorting_keeps_names_and_masks_together(confident_system, encoded, sphere) -> None:
    raw = confident_system.predict(encoded.embedding, _click(sphere, 7))
    answer = Segmenter(confident_system).predict(encoded, _click(sphere, 7))
    order = [
        int(np.flatnonzero((raw.mask_logits == logits).all(axis=1))[0])
        for logits in answer.network_logits
    ]
    assert sorted(order) == list(range(len(raw.iou_pred)))
    np.testing.assert_array_equal(answer.candidates.name_probs, raw.name_probs[order])
    np.testing.assert_array_equal(answer.candidates.iou_pred, raw.iou_pred[order])


def test_an_answer_is_named_by_the_chosen_candidate(confident_system, encoded, sphere) -> None:
    lax, strict = (
        Segmenter(confident_system, SegmenterConfig(min_name_probability=p)) for p in (0.0, 1.0)
    )
    answer = lax.predict(encoded, _click(sphere, 7))
    for idx in range(len(answer.network_logits)):
        chosen = answer.refine_from(idx)
        probs = answer.candidates.name_probs[idx]
        assert chosen.name == confident_system.part_names[probs.argmax()]
        assert chosen.name_probability == probs.max()
    unsure = strict.predict(encoded, _click(sphere, 7))
    assert (unsure.name, unsure.name_probability) == ('', 0.0)
    assert unsure.likeliest_name == answer.likeliest_name


def test_a_name_chooses_among_the_candidates_of_a_click(confident_system, encoded, sphere) -> None:
    segmenter = Segmenter(confident_system)
    chosen = set()
    for name in ('handle', 'wheel', 'lid', 'seat', 'leg', 'roof'):
        plain = segmenter.predict(encoded, _click(sphere, 7))
        named = segmenter.predict(encoded, _click(sphere, 7), name=f'the {name}')
        name_idx = confident_system.part_names.index(name)
        ratings = name_scores(plain.candidates, name_idx)
        best = plain.network_logits[ratings.argmax()]
        np.testing.assert_array_equal(named.network_logits[0], best)
        assert (np.diff(name_scores(named.candidates, name_idx)) <= 0).all()
        assert named.name == name
        assert named.name_probability == plain.candidates.name_probs[ratings.argmax(), name_idx]
        chosen.add(int(ratings.argmax()))
    session = segmenter.open(encoded, name='handle').add(sphere[7])
    assert session.prediction.name == 'handle'
    assert session.add(sphere[100], 0).prediction.name == 'handle'
    with pytest.raises(InputError, match='no known part'):
        segmenter.predict(encoded, _click(sphere, 7), name='hxqzw')


def test_every_part_gets_its_own_name(confident_system, encoded) -> None:
    from part_seg_ros.segmenter import SegmentAllSettings

    settings = SegmentAllSettings(num_prompts=24, min_score=0.0, min_points=1)
    lax, strict = (
        Segmenter(confident_system, SegmenterConfig(min_name_probability=p)) for p in (0.0, 1.0)
    )
    found = lax.segment_all(encoded, settings)
    assert found.parts
    for part in found.parts:
        prompt = PointPrompt(prompt_coords=part.prompt_coord[None], prompt_labels=[1])
        answer = lax.predict(encoded, prompt)
        idx = int(np.abs(np.clip(answer.candidates.iou_pred, 0, 1) - part.score).argmin())
        chosen = answer.refine_from(idx)
        assert part.name == chosen.name
        assert part.name_probability == pytest.approx(chosen.name_probability, rel=1e-3)
    assert {part.name for part in strict.segment_all(encoded, settings).parts} == {''}
