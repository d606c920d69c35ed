# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Parts by name: known ones are found exactly, ranked as told, and none where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from part_seg_ros.errors import CanceledError, ConfigError, InputError, PartNotFoundError
from part_seg_ros.models.system import Capabilities
from part_seg_ros.segmenter import FindNamedSettings, NamedParts, Prediction, Segmenter, Stage
from part_seg_ros.segmenter.find_named import is_good, likely_places, shortlist
from part_seg_ros.structures import MaskCandidates, NamePrompt, PointCloud, PointPrompt

_NAMES = ('body', 'handle', 'lid')


def _candidates(masks: list[list[int]], iou_pred: list[float], handle: list[float]):
    """Candidates over ten points whose second name, handle, has the given probabilities."""
    logits = np.full((len(masks), 10), -1, np.float32)
    for row, mask in zip(logits, masks, strict=True):
        row[mask] = 1
    probs = np.float32([[(1 - p) * 0.6, p, (1 - p) * 0.4] for p in handle])
    return MaskCandidates(mask_logits=logits, iou_pred=np.float32(iou_pred), name_probs=probs)


_LINE = np.stack([np.arange(10.0), np.zeros(10), np.zeros(10)], 1).astype(np.float32)
_MIXED = _candidates(
    #  poor copy of 1    best         low quality  other name    second best
    [[0, 1, 2], [0, 1, 2, 3], [8, 9], [4, 5], [6, 7]],
    [0.9, 0.9, 0.2, 0.9, 0.8],
    [0.3, 0.8, 0.9, 0.1, 0.7],
)


def _settings(**changes) -> FindNamedSettings:
    return FindNamedSettings(**({'min_probability': 0.25, 'min_points': 1} | changes))


def test_the_shortlist_has_distinct_good_masks_best_first() -> None:
    assert shortlist(_MIXED, _LINE, 1, _settings()).tolist() == [1, 4]
    assert shortlist(_MIXED, _LINE, 1, _settings(min_score=0.0)).tolist() == [1, 4, 2]
    assert shortlist(_MIXED, _LINE, 1, _settings(min_probability=0.05)).tolist() == [1, 4, 3]
    assert shortlist(_MIXED, _LINE, 1, _settings(max_parts=1)).tolist() == [1]
    together = _settings(nms_iou=1.0, max_overlap=1.0)
    assert shortlist(_MIXED, _LINE, 1, together).tolist() == [1, 4, 0]
    nested = _settings(nms_iou=1.0, max_overlap=0.9)
    assert shortlist(_MIXED, _LINE, 1, nested).tolist() == [1, 4]


def test_the_shortlist_is_the_best_alone_where_none_is_good() -> None:
    assert is_good(_MIXED, 1, _settings()).tolist() == [True, True, False, False, True]
    assert shortlist(_MIXED, _LINE, 1, _settings(min_probability=0.95)).tolist() == [1]
    nothing = _MIXED.select(np.zeros(0, int))
    assert shortlist(nothing, _LINE, 1, _settings()).tolist() == []


@pytest.mark.parametrize(('place', 'expected'), [(9.0, [4, 1]), (-5.0, [1, 4]), (4.9, [1, 4])])
def test_near_orders_by_distance_to_the_nearest_point(place: float, expected: list[int]) -> None:
    near = np.array([place, 0.1, 0.0])
    if place == 4.9:  # 1.1 from point 6, 1.9 from point 3
        expected = expected[::-1]
    assert shortlist(_MIXED, _LINE, 1, _settings(), near=near).tolist() == expected


def test_the_nearest_is_not_cut_off_by_better_ones() -> None:
    near = np.array([9.0, 0.0, 0.0])
    assert shortlist(_MIXED, _LINE, 1, _settings(max_parts=1), near=near).tolist() == [4]


@pytest.mark.parametrize('field', ['min_probability', 'min_score', 'nms_iou', 'max_overlap'])
def test_thresholds_are_shares(field: str) -> None:
    with pytest.raises(ConfigError, match=f'{field} must be at most 1'):
        FindNamedSettings(**{field: 1.5})


def _blob_of(points: np.ndarray) -> np.ndarray:
    """Blobs stand one metre apart along x."""
    return np.round(points[:, 0]).astype(int)


def _whole(points: np.ndarray) -> np.ndarray:
    return np.zeros(len(points), int)


def _name_of_blob(points: np.ndarray, mask: np.ndarray) -> list[float]:
    """Blob 0 is a body, blobs 1 and 2 are handles, the second the surer; all together nothing."""
    if mask.all():
        return [0.4, 0.3, 0.3]
    handle = [0.1, 0.6, 0.8][int(np.round(points[mask, 0].mean()))]
    return [0.9 * (1 - handle), handle, 0.1 * (1 - handle)]


@pytest.fixture
def blobs(sphere: np.ndarray) -> np.ndarray:
    """Three ellipsoids of 800, 400 and 200 points along x, and an invalid row in front."""
    parts = [sphere, sphere[:400] + np.float32([1, 0, 0]), sphere[:200] + np.float32([2, 0, 0])]
    return np.concatenate([np.full((1, 3), np.nan, np.float32), *parts])


@pytest.fixture
def segmenter(truth_system) -> Segmenter:
    return Segmenter(
        truth_system(
            levels=(_whole, _blob_of),
            iou_pred=(0.95, 0.9),
            capabilities=Capabilities(names=True, granularity=True),
            part_names=_NAMES,
            names=_name_of_blob,
        )
    )


def _is_blob(points: np.ndarray, number: int) -> np.ndarray:
    return np.round(points[:, 0]) == number


def test_all_parts_of_a_name_are_found_the_surest_first(segmenter, blobs) -> None:
    encoded = segmenter.encode(PointCloud(points=blobs))
    found = segmenter.find_named(encoded, NamePrompt(name='handles'))
    assert found.name == 'handle' and found.check() is found
    assert len(found.parts) == 2 and found.best is found.parts[0]
    for part, number, probability in zip(found.parts, (2, 1), (0.8, 0.6), strict=True):
        np.testing.assert_array_equal(part.mask, _is_blob(blobs, number))
        assert (part.name, part.score) == ('handle', pytest.approx(0.9))
        assert part.name_probability == pytest.approx(probability)
    body = segmenter.find_named(encoded, NamePrompt(name='body'))
    np.testing.assert_array_equal(body.parts[0].mask, _is_blob(blobs, 0))
    assert len(body.parts) == 1


def test_clicks_go_where_the_name_is_probable_and_are_spread(segmenter, blobs) -> None:
    encoded = segmenter.encode(PointCloud(points=blobs))
    handle = _NAMES.index('handle')
    places = likely_places(segmenter.system, encoded, handle, FindNamedSettings(num_prompts=96))
    numbers = _blob_of(places)
    assert np.unique(places, axis=0).shape == (96, 3)
    num_likely = np.count_nonzero(numbers > 0)
    assert set(numbers[:num_likely]) == {1, 2}  # 0.6 and 0.8
    assert set(numbers[num_likely:]) == {0}  # 0.1
    few = likely_places(segmenter.system, encoded, handle, FindNamedSettings(num_prompts=6))
    assert set(_blob_of(few)) == {1, 2}
    np.testing.assert_array_equal(few, places[:6])
    lid = likely_places(segmenter.system, encoded, _NAMES.index('lid'), FindNamedSettings())
    assert set(_blob_of(lid)) == {0}  # 0.09, 0.04 and 0.02


def test_the_nearest_comes_first(segmenter, blobs) -> None:
    encoded = segmenter.encode(PointCloud(points=blobs))
    for place, order in ((-9.0, [1, 2]), (9.0, [2, 1])):
        prompt = NamePrompt(name='handle', near=np.array([place, 0.3, 0.0]))
        parts = segmenter.find_named(encoded, prompt).parts
        assert [round(float(blobs[part.mask, 0].mean())) for part in parts] == order


def test_a_part_that_is_near_is_found_even_where_no_other_click_falls(truth_system, blobs) -> None:
    system = truth_system(
        levels=(_blob_of,),
        iou_pred=(0.9,),
        capabilities=Capabilities(names=True),
        part_names=_NAMES,
        names=_name_of_blob,
    )
    segmenter, settings = Segmenter(system), FindNamedSettings(num_prompts=1)
    encoded = segmenter.encode(PointCloud(points=blobs))
    for number in (1, 2):
        prompt = NamePrompt(name='handle', near=np.array([number, 5.0, 0.0]))
        found = segmenter.find_named(encoded, prompt, settings)
        np.testing.assert_array_equal(found.parts[0].mask, _is_blob(blobs, number))


def test_the_labelling_of_named_parts(segmenter, blobs) -> None:
    encoded = segmenter.encode(PointCloud(points=blobs))
    segmentation = segmenter.find_named(encoded, NamePrompt(name='handle')).as_segmentation(blobs)
    expected = np.where(_is_blob(blobs, 2), 0, np.where(_is_blob(blobs, 1), 1, -1))
    np.testing.assert_array_equal(segmentation.part_ids, expected)
    assert [part.part_id for part in segmentation.parts] == [0, 1]
    assert {part.name for part in segmentation.parts} == {'handle'}
    probabilities = [part.name_probability for part in segmentation.parts]
    assert probabilities == pytest.approx([0.8, 0.6])
    for part in segmentation.parts:
        assert np.abs(part.box.center[0] - blobs[expected == part.part_id, 0].mean()) < 0.1


def test_where_parts_overlap_the_first_has_the_points() -> None:
    def part(mask: list[int]) -> Prediction:
        candidate = _candidates([mask], [0.9], [0.7])
        return Prediction(
            candidates=candidate,
            network_logits=candidate.mask_logits,
            prompt=PointPrompt(prompt_coords=_LINE[mask[:1]], prompt_labels=[1]),
            snap_distances=np.zeros(1, np.float32),
            decode_ms=0.0,
            part_names=_NAMES,
            wanted_name='handle',
        )

    parts = (part([2, 3, 4, 5]), part([3, 4]), part([5, 6, 7]))
    found = NamedParts(
        name='handle', parts=parts, best=parts[0], settings=_settings(), search_ms=0.0
    )
    segmentation = found.as_segmentation(_LINE)
    assert segmentation.part_ids.tolist() == [-1, -1, 0, 0, 0, 0, 1, 1, -1, -1]
    assert [part.part_id for part in segmentation.parts] == [0, 1]
    assert [part.box.center[0] for part in segmentation.parts] == pytest.approx([3.5, 6.5])


@pytest.mark.parametrize(
    ('name', 'changes', 'message'),
    [
        ('lid', {}, r'no lid found; .* 30% for lid and 40% for body; wanted are 35%'),
        ('handle', {'min_probability': 0.85}, r'80% for handle; wanted are 85% \(min_probability'),
        ('handle', {'min_score': 0.97}, r'80% for handle, but .* IoU of 0.90 only; .* 0.97'),
        ('handle', {'min_points': 401}, r'80% for handle, but 200 points only; wanted are 401'),
    ],
)
def test_where_there_is_none_the_best_candidate_is_described(
    segmenter, blobs, name: str, changes: dict, message: str
) -> None:
    settings = FindNamedSettings(**({'min_probability': 0.35} | changes))
    encoded = segmenter.encode(PointCloud(points=blobs))
    found = segmenter.find_named(encoded, NamePrompt(name=name), settings)
    assert found.parts == () and found.best is not None
    with pytest.raises(PartNotFoundError, match=message):
        found.check()
    assert (found.as_segmentation(blobs).part_ids == -1).all()


def test_clicks_refine_what_a_name_found(segmenter, blobs) -> None:
    encoded = segmenter.encode(PointCloud(points=blobs))
    part = segmenter.find_named(encoded, NamePrompt(name='handle')).parts[1]
    assert (part.prompt.prompt_labels == 1).all()
    assert part.mask[np.linalg.norm(blobs - part.prompt.prompt_coords[0], axis=1).argsort()[0]]
    more = part.prompt.with_point(blobs[1], 0)
    refined = segmenter.predict(encoded, more, part)
    assert len(refined.mask) == len(blobs)


class _SecondLook:
    """Wraps a system: with a previous mask, the wanted blob comes with the given estimates."""

    def __init__(self, system, iou_pred: float, handle: float) -> None:
        self.__dict__.update(vars(system))
        self._system, self._second = system, (iou_pred, handle)
        self.asked: list = []

    def encode(self, shape):
        return self._system.encode(shape)

    def predict_batch(self, embedding, prompts):
        return self._system.predict_batch(embedding, prompts)

    def name_probs_at(self, embedding, coords):
        return self._system.name_probs_at(embedding, coords)

    def predict(self, embedding, prompt, previous=None):
        self.asked.append((prompt, previous))
        iou_pred, handle = self._second
        logits = np.where(embedding.points[:, 1] > 0, previous, -1.0)[None].astype(np.float32)
        probs = np.float32([[1 - handle, handle, 0.0]])
        return MaskCandidates(
            mask_logits=logits, iou_pred=np.float32([iou_pred]), name_probs=probs
        )


@pytest.mark.parametrize(
    ('iou_pred', 'handle', 'is_taken'),
    [(0.95, 0.9, True), (0.9, 0.8, False), (0.7, 0.9, False), (1.0, 0.75, True)],
)
def test_a_second_look_counts_if_it_is_rated_higher(
    segmenter, blobs, iou_pred: float, handle: float, is_taken: bool
) -> None:
    system = _SecondLook(segmenter.system, iou_pred, handle)
    looking = Segmenter(system)
    encoded = looking.encode(PointCloud(points=blobs))
    settings = FindNamedSettings(max_parts=1)
    (part,) = looking.find_named(encoded, NamePrompt(name='handle'), settings).parts
    ((prompt, previous),) = system.asked
    blob = _is_blob(blobs, 2)
    assert (previous > 0).sum() == blob.sum() and prompt.prompt_labels.tolist() == [1, 1]
    assert _blob_of(prompt.prompt_coords).tolist() == [2, 2]
    expected = blob & (blobs[:, 1] > 0) if is_taken else blob
    np.testing.assert_array_equal(part.mask, expected)
    assert len(part.prompt.prompt_coords) == (2 if is_taken else 1)


def test_a_second_look_does_not_change_the_order(segmenter, blobs) -> None:
    class OnlyTheFirst(_SecondLook):
        """Nothing better for blob 2; blob 1 is rated above it at the second look."""

        def predict(self, embedding, prompt, previous=None):
            if _blob_of(prompt.prompt_coords)[0] == 2:
                return self._system.predict(embedding, prompt, previous)
            return super().predict(embedding, prompt, previous)

    looking = Segmenter(OnlyTheFirst(segmenter.system, 1.0, 0.9))
    encoded = looking.encode(PointCloud(points=blobs))
    parts = looking.find_named(encoded, NamePrompt(name='handle')).parts
    assert [part.name_probability for part in parts] == pytest.approx([0.8, 0.9])
    assert [round(float(blobs[part.mask, 0].mean())) for part in parts] == [2, 1]


def test_a_second_look_never_loses_a_part(segmenter, blobs) -> None:
    # Rated higher, but below the threshold of the name's probability.
    system = _SecondLook(segmenter.system, 1.0, 0.75)
    looking = Segmenter(system)
    encoded = looking.encode(PointCloud(points=blobs))
    settings = FindNamedSettings(max_parts=1, min_probability=0.78)
    (part,) = looking.find_named(encoded, NamePrompt(name='handle'), settings).parts
    np.testing.assert_array_equal(part.mask, _is_blob(blobs, 2))


def test_work_stops_within_one_chunk_and_progress_never_falls(segmenter, blobs) -> None:
    encoded = segmenter.encode(PointCloud(points=blobs))
    reports: list[tuple[Stage, float, int]] = []
    settings = FindNamedSettings(num_prompts=96, batch_size=16)
    found = segmenter.find_named(
        encoded,
        NamePrompt(name='handle'),
        settings,
        progress=lambda *report: reports.append(report),
    )
    shares = [share for _, share, _ in reports]
    assert shares == sorted(shares) and (shares[0], shares[-1]) == (0.0, 1.0)
    assert len(shares) >= 8 and reports[-1][2] == len(found.parts)
    segmenter.system.batches.clear()
    answers = iter([False, False])
    with pytest.raises(CanceledError):
        segmenter.find_named(
            encoded,
            NamePrompt(name='handle'),
            settings,
            should_stop=lambda: next(answers, True),
        )
    assert segmenter.system.batches == [16, 16]


def test_a_granularity_reaches_the_network(segmenter, blobs) -> None:
    encoded = segmenter.encode(PointCloud(points=blobs))
    segmenter.find_named(encoded, NamePrompt(name='handle', granularity=0.3))
    assert set(segmenter.system.granularities) == {0.3}


def test_a_system_without_names_is_told(ball_system, sphere) -> None:
    segmenter = Segmenter(ball_system)
    with pytest.raises(InputError, match='ball takes no part name'):
        segmenter.find_named(segmenter.encode(PointCloud(points=sphere)), NamePrompt(name='lid'))


def test_a_real_network_finds_what_it_is_sure_of_and_says_what_it_saw(
    confident_system, blobs
) -> None:
    segmenter = Segmenter(confident_system)
    encoded = segmenter.encode(PointCloud(points=blobs))
    anything = FindNamedSettings(num_prompts=24, min_probability=0.0, min_score=0.0)
    found = segmenter.find_named(encoded, NamePrompt(name='handle'), anything)
    assert found.parts
    ratings = [part.name_probability * min(max(part.score, 0.0), 1.0) for part in found.parts]
    assert ratings == sorted(ratings, reverse=True) and ratings[-1] > 0
    for part in found.parts:
        assert part.mask.sum() >= 20 and not part.mask[0]
        assert part.name == 'handle' and part.candidates.mask_logits.shape == (1, len(blobs))
        refined = segmenter.predict(encoded, part.prompt.with_point(blobs[1], 0), part)
        assert refined.mask.shape == part.mask.shape
    certain = FindNamedSettings(num_prompts=24, min_probability=1.0)
    nothing = segmenter.find_named(encoded, NamePrompt(name='handle'), certain)
    assert nothing.parts == ()
    with pytest.raises(PartNotFoundError, match='no handle found; the best candidate has'):
        nothing.check()
