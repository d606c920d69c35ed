# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The parts of one name, by prompting everywhere and asking what each mask is."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import cast

import numpy as np

from part_seg_ros.config import check_limits, setting
from part_seg_ros.errors import PartNotFoundError
from part_seg_ros.geometry.boxes import oriented_box
from part_seg_ros.geometry.interior import deepest_point
from part_seg_ros.models.system import NamingSystem, System
from part_seg_ros.segmenter.encoded_cloud import EncodedCloud
from part_seg_ros.segmenter.part_name import known_name, name_scores
from part_seg_ros.segmenter.prediction import Prediction
from part_seg_ros.segmenter.proposals import (
    PROMPTING_SHARE,
    Progress,
    Proposals,
    Stage,
    check_stop,
    joined,
    propose,
    silent,
    spread_clicks,
    stacked,
)
from part_seg_ros.segmenter.suppression import distinct
from part_seg_ros.structures import (
    MaskCandidates,
    NamePrompt,
    PartSegmentation,
    PointPrompt,
    SegmentedPart,
)

_MOST_COMPARED = 128  # masks whose overlaps are looked at, best first


@dataclass(frozen=True, slots=True, kw_only=True)
class FindNamedSettings:
    """Thresholds of the search for parts of one name."""

    num_places: int = setting(
        96, 'Places spread over the cloud that are looked at.', minimum=1, maximum=100_000
    )
    num_prompts: int = setting(
        24,
        'Clicks, at those of the places where the name is probable.',
        minimum=1,
        maximum=100_000,
    )
    min_probability: float = setting(
        0.01,
        'A part is found only if the network holds the wanted name at least this probable.',
        minimum=0.0,
        maximum=1.0,
    )
    min_score: float = setting(
        0.3,
        'Masks whose predicted IoU is lower are not taken for a part.',
        minimum=0.0,
        maximum=1.0,
    )
    nms_iou: float = setting(
        0.5,
        'Of two masks that overlap by more than this IoU the worse is dropped.',
        minimum=0.0,
        maximum=1.0,
    )
    max_overlap: float = setting(
        0.5,
        'Of two masks that share more than this part of the smaller one, the worse is dropped.',
        minimum=0.0,
        maximum=1.0,
    )
    min_points: int = setting(20, 'Parts with fewer input points are dropped.', minimum=1)
    max_parts: int = setting(8, 'At most so many parts, best first.', minimum=1, maximum=1000)
    batch_size: int = setting(32, 'Clicks decoded at once.', minimum=1, maximum=4096)

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NamedParts:
    """What a cloud has of one name.

    Attributes:
        name: Of the system's vocabulary.
        parts: One answer with one mask each, best first, or nearest first where the prompt said
            near what; empty where there is none. Clicks refine each as any other answer.
        best: The answer that comes nearest to being found, or is; None where no mask has a point.
        settings: What `parts` had to reach.
        search_ms: Time of the search, propagation to all points included [ms].
    """

    name: str
    parts: tuple[Prediction, ...]
    best: Prediction | None
    settings: FindNamedSettings
    search_ms: float

    def check(self) -> NamedParts:
        """Return the same if there is such a part.

        Raises:
            PartNotFoundError: there is none; the message describes the best candidate.
        """
        if not self.parts:
            raise PartNotFoundError(f'no {self.name} found; {self._why_not()}')
        return self

    def as_segmentation(self, points: np.ndarray) -> PartSegmentation:
        """Label the (N, 3) `points` of the cloud; where parts overlap, the first of them wins."""
        part_ids = np.full(len(points), -1, np.int32)
        parts: list[SegmentedPart] = []
        for found in self.parts:
            is_free = found.mask & (part_ids < 0)
            if not is_free.any():
                continue
            part = SegmentedPart(
                part_id=len(parts),
                score=float(np.clip(found.score, 0.0, 1.0)),
                name=self.name,
                name_probability=found.name_probability,
                box=oriented_box(points[is_free]),
                prompt_coord=found.prompt.prompt_coords[-1],
            )
            part_ids[is_free] = part.part_id
            parts.append(part)
        return PartSegmentation(part_ids=part_ids, parts=tuple(parts))

    def _why_not(self) -> str:
        best, settings = self.best, self.settings
        if best is None:
            return 'the network drew no mask at all'
        likeliest, probability = best.likeliest_name
        other = '' if likeliest == self.name else f' and {probability:.0%} for {likeliest}'
        seen = f'the best candidate has {best.name_probability:.0%} for {self.name}{other}'
        if best.name_probability < settings.min_probability:
            return f'{seen}; wanted are {settings.min_probability:.0%} (min_probability)'
        if max(best.score, 0.0) < settings.min_score:
            return (
                f'{seen}, but a predicted IoU of {best.score:.2f} only; wanted are'
                f' {settings.min_score:.2f} (min_score)'
            )
        return (
            f'{seen}, but {np.count_nonzero(best.mask)} points only; wanted are'
            f' {settings.min_points} (min_points)'
        )


def find_named(
    system: System,
    encoded: EncodedCloud,
    prompt: NamePrompt,
    settings: FindNamedSettings,
    *,
    min_name_probability: float,
    progress: Progress,
    should_stop: Callable[[], bool],
) -> NamedParts:
    """Find the parts of one name in an encoded cloud.

    Clicks at the likeliest places are decoded in batches. Their masks are rated by
    `part_name.name_scores`, from the probability of the wanted name and the predicted IoU; of
    masks that overlap, the best stays. Each that is left is refined: a click at its deepest
    point, together with the mask, asks again, and the answer counts if its rating is higher. The
    order stays that of the first answers, which were all asked for in the same way.

    Args:
        system: Answers the clicks.
        encoded: The cloud.
        prompt: The name, and perhaps near what.
        settings: Thresholds.
        min_name_probability: As for `segment_all`.
        progress: Told stage, share done in [0, 1] and number of candidates kept so far.
        should_stop: Asked between chunks of work.

    Raises:
        CanceledError: `should_stop` returned True.
        InputError: the system takes no names, or does not know this one.
    """
    start = time.perf_counter()
    name = known_name(system, prompt.name)
    naming = cast(NamingSystem, system)  # it knows the name
    name_idx = system.part_names.index(name)
    points = encoded.embedding.points
    propose_at = partial(
        _propose_any, system, encoded, settings, prompt.granularity, should_stop=should_stop
    )
    proposals = propose_at(likely_places(naming, encoded, name_idx, settings), progress=progress)
    if prompt.near is not None:
        nearest = points[[np.linalg.norm(points - prompt.near, axis=1).argmin()]]
        proposals = joined([propose_at(nearest, progress=silent), proposals])
    kept = proposals.select(
        shortlist(proposals.candidates, points, name_idx, settings, near=prompt.near)
    )
    answers = []
    for idx, coord in enumerate(kept.prompt_coords):
        check_stop(should_stop)
        share = PROMPTING_SHARE + 0.19 * idx / len(kept)
        progress(Stage.MERGING, share, len(kept))
        first = _Answer(
            prompt=_clicks(coord[None], prompt.granularity, system),
            candidate=kept.candidates.select(np.array([idx])),
        )
        answers.append(_refined(system, encoded, first, name_idx, settings))
    if answers:
        masks = stacked([answer.candidate for answer in answers])
        ratings = name_scores(kept.candidates, name_idx)
        order = shortlist(masks, points, name_idx, settings, ratings=ratings, near=prompt.near)
        answers = [answers[idx] for idx in order]
    predictions = [
        _as_prediction(encoded, answer, name, system.part_names, min_name_probability)
        for answer in answers
    ]
    search_ms = 1e3 * (time.perf_counter() - start)
    predictions = [dataclasses.replace(found, decode_ms=search_ms) for found in predictions]
    parts = tuple(found for found in predictions if _is_part(found, settings))
    progress(Stage.MERGING, 1.0, len(parts))
    return NamedParts(
        name=name,
        parts=parts,
        best=max(predictions, key=partial(_rating, name_idx=name_idx), default=None),
        settings=settings,
        search_ms=search_ms,
    )


def shortlist(
    candidates: MaskCandidates,
    points: np.ndarray,
    name_idx: int,
    settings: FindNamedSettings,
    *,
    ratings: np.ndarray | None = None,
    near: np.ndarray | None = None,
) -> np.ndarray:
    """Choose the masks that are distinct parts of one name.

    Args:
        candidates: M masks over `points`, none empty.
        points: (S, 3).
        name_idx: Place of the name in the vocabulary.
        settings: Thresholds.
        ratings: (M,) what is best; `name_scores` of the candidates if None.
        near: (3,) in the frame of `points`, or None.

    Returns:
        (K,) int64, best first, or those with a point nearest to `near` first; where none is good
        enough the best of all, and none only where there are no masks.
    """
    scores = name_scores(candidates, name_idx) if ratings is None else ratings
    best = np.argsort(-scores, kind='stable')[:_MOST_COMPARED]
    kept = best[
        distinct(
            candidates.masks[best],
            scores[best],
            nms_iou=settings.nms_iou,
            max_overlap=settings.max_overlap,
        )
    ]
    good = kept[is_good(candidates, name_idx, settings)[kept]]
    if len(good) == 0:
        return kept[:1]
    if near is not None:
        distances = np.linalg.norm(points - near, axis=1)
        nearest = np.where(candidates.masks[good], distances, np.inf).min(axis=1)
        good = good[np.argsort(nearest, kind='stable')]
    return good[: settings.max_parts]


def is_good(candidates: MaskCandidates, name_idx: int, settings: FindNamedSettings) -> np.ndarray:
    """Return (M,) bool, which masks reach both thresholds."""
    assert candidates.name_probs is not None
    is_named = candidates.name_probs[:, name_idx] >= settings.min_probability
    return is_named & (np.maximum(candidates.iou_pred, 0.0) >= settings.min_score)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Answer:
    """Clicks and the one mask over the network's points that they gave."""

    prompt: PointPrompt
    candidate: MaskCandidates


def likely_places(
    system: NamingSystem, encoded: EncodedCloud, name_idx: int, settings: FindNamedSettings
) -> np.ndarray:
    """Return (C, 3) places to click for a name [m].

    Of `num_places` spread by farthest-point sampling, those come first at which the name is at
    least half as probable as where it is most so, in the order of the sampling, so that all parts
    of the name get some; then the others by their probability, up to `num_prompts`.
    """
    places = spread_clicks(encoded, settings.num_places)
    probs = system.name_probs_at(encoded.embedding, places)[:, name_idx]
    is_likely = probs >= 0.5 * probs.max()
    order = np.lexsort((np.where(is_likely, 0.0, -probs), ~is_likely))
    return places[order[: settings.num_prompts]]


def _propose_any(
    system: System,
    encoded: EncodedCloud,
    settings: FindNamedSettings,
    granularity: float | None,
    coords: np.ndarray,
    *,
    progress: Progress,
    should_stop: Callable[[], bool],
) -> Proposals:
    """Return the masks that have a point, of clicks at `coords` (C, 3); they are of any name."""
    return propose(
        system,
        encoded,
        coords,
        lambda candidates: np.asarray(candidates.masks.any(axis=1)),
        granularity=granularity,
        batch_size=settings.batch_size,
        progress=progress,
        should_stop=should_stop,
    )


def _refined(
    system: System,
    encoded: EncodedCloud,
    first: _Answer,
    name_idx: int,
    settings: FindNamedSettings,
) -> _Answer:
    """Click once more, at the deepest point of the mask; keep the better of both answers."""
    points, mask = encoded.embedding.points, first.candidate.masks[0]
    deepest, _ = deepest_point(points, mask)
    if deepest < 0 or not system.capabilities.mask_feedback:
        return first
    prompt = first.prompt.with_point(points[deepest], 1)
    found = system.predict(encoded.embedding, prompt, first.candidate.mask_logits[0])
    second = found.select(np.array([name_scores(found, name_idx).argmax()]))
    is_better = name_scores(second, name_idx) > name_scores(first.candidate, name_idx)
    is_no_loss = is_good(second, name_idx, settings) | ~is_good(
        first.candidate, name_idx, settings
    )
    if not (is_better & is_no_loss & second.masks.any()).all():
        return first
    return _Answer(prompt=prompt, candidate=second)


def _clicks(coords: np.ndarray, granularity: float | None, system: System) -> PointPrompt:
    return PointPrompt(
        prompt_coords=coords,
        prompt_labels=np.ones(len(coords)),
        granularity=granularity if system.capabilities.granularity else None,
    )


def _as_prediction(
    encoded: EncodedCloud,
    answer: _Answer,
    name: str,
    part_names: tuple[str, ...],
    min_name_probability: float,
) -> Prediction:
    logits = answer.candidate.mask_logits
    return Prediction(
        candidates=dataclasses.replace(answer.candidate, mask_logits=encoded.to_all(logits)),
        network_logits=logits,
        prompt=answer.prompt,
        snap_distances=np.zeros(len(answer.prompt.prompt_coords), np.float32),
        decode_ms=0.0,
        part_names=part_names,
        min_name_probability=min_name_probability,
        wanted_name=name,
    )


def _rating(found: Prediction, name_idx: int) -> float:
    return float(name_scores(found.candidates, name_idx).max())


def _is_part(found: Prediction, settings: FindNamedSettings) -> bool:
    return (
        found.name_probability >= settings.min_probability
        and max(found.score, 0.0) >= settings.min_score
        and np.count_nonzero(found.mask) >= settings.min_points
    )
