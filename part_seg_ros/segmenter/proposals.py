# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Clicks spread over a cloud, decoded in batches: what a search for parts chooses from."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from part_seg_ros.errors import CanceledError
from part_seg_ros.geometry.normalization import fit_unit_sphere
from part_seg_ros.geometry.sampling import fast_farthest_point_sample
from part_seg_ros.models.system import System
from part_seg_ros.segmenter.encoded_cloud import EncodedCloud
from part_seg_ros.structures import MaskCandidates, PointPrompt


class Stage(enum.Enum):
    """What a search for parts is doing."""

    PROMPTING = 'prompting'
    MERGING = 'merging'


Progress = Callable[[Stage, float, int], None]
PROMPTING_SHARE = 0.8  # of the progress of a search


def silent(stage: Stage, share: float, num_kept: int) -> None:
    """Progress that nobody is told."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Proposals:
    """Masks over the network's points and the clicks that they answer.

    Attributes:
        candidates: M masks, (M, S) logits.
        prompt_coords: (M, 3) float32 the click of each [m].
    """

    candidates: MaskCandidates
    prompt_coords: np.ndarray

    def __len__(self) -> int:
        """Return M."""
        return len(self.prompt_coords)

    def select(self, idx: np.ndarray) -> Proposals:
        """Return the proposals `idx` ((K,) integer or (M,) bool), in that order."""
        return Proposals(
            candidates=self.candidates.select(idx), prompt_coords=self.prompt_coords[idx]
        )


def spread_clicks(encoded: EncodedCloud, num_clicks: int) -> np.ndarray:
    """Return (min(num_clicks, S), 3) points of the network, each far from the others [m]."""
    points = encoded.embedding.points
    unit = fit_unit_sphere(points).apply(points)
    return points[fast_farthest_point_sample(unit, min(num_clicks, len(points)))]


def decode_clicks(
    system: System,
    encoded: EncodedCloud,
    coords: np.ndarray,
    *,
    granularity: float | None,
    batch_size: int,
    should_stop: Callable[[], bool],
) -> Iterator[tuple[int, Proposals]]:
    """Answer each click by itself, batch by batch; batches are halved where memory runs out.

    Args:
        system: Answers the clicks.
        encoded: The cloud.
        coords: (C, 3) clicks [m].
        granularity: Wanted fineness; left out where the system has no scale.
        batch_size: Clicks decoded at once.
        should_stop: Asked before every batch.

    Yields:
        The number of clicks done so far, and all candidates of the batch.

    Raises:
        CanceledError: `should_stop` returned True.
    """
    wanted = granularity if system.capabilities.granularity else None
    begin = 0
    while begin < len(coords):
        check_stop(should_stop)
        chunk = coords[begin : begin + batch_size]
        prompts = [
            PointPrompt(prompt_coords=coord[None], prompt_labels=np.ones(1), granularity=wanted)
            for coord in chunk
        ]
        try:
            answers = system.predict_batch(encoded.embedding, prompts)
        except (MemoryError, RuntimeError) as error:
            if len(chunk) == 1 or not _is_out_of_memory(error):
                raise
            batch_size = (len(chunk) + 1) // 2
            continue
        begin += len(chunk)
        clicks = np.repeat(chunk, [len(answer.iou_pred) for answer in answers], axis=0)
        yield begin, Proposals(candidates=stacked(answers), prompt_coords=clicks)


def propose(
    system: System,
    encoded: EncodedCloud,
    coords: np.ndarray,
    is_kept: Callable[[MaskCandidates], np.ndarray],
    *,
    granularity: float | None,
    batch_size: int,
    progress: Progress,
    should_stop: Callable[[], bool],
) -> Proposals:
    """Answer each click by itself and keep some of the candidates; progress goes up to 80 %.

    Args:
        system: Answers the clicks.
        encoded: The cloud.
        coords: (C, 3) clicks [m], at least one.
        is_kept: From the candidates of a batch (M masks) to the (M,) bool that stay.
        granularity: As for `decode_clicks`.
        batch_size: As for `decode_clicks`.
        progress: Told after every batch.
        should_stop: Asked before every batch.

    Raises:
        CanceledError: `should_stop` returned True.
    """
    batches: list[Proposals] = []
    num_kept = 0
    progress(Stage.PROMPTING, 0.0, 0)
    for num_done, batch in decode_clicks(
        system,
        encoded,
        coords,
        granularity=granularity,
        batch_size=batch_size,
        should_stop=should_stop,
    ):
        batches.append(batch.select(is_kept(batch.candidates)))
        num_kept += len(batches[-1])
        progress(Stage.PROMPTING, PROMPTING_SHARE * (num_done / len(coords)), num_kept)
    return joined(batches)


def joined(batches: Sequence[Proposals]) -> Proposals:
    """Return all proposals of several batches, at least one, in their order."""
    return Proposals(
        candidates=stacked([batch.candidates for batch in batches]),
        prompt_coords=np.concatenate([batch.prompt_coords for batch in batches]),
    )


def stacked(answers: Sequence[MaskCandidates]) -> MaskCandidates:
    """Return the candidates of several answers of one system, at least one, in their order."""
    name_probs = [answer.name_probs for answer in answers if answer.name_probs is not None]
    return MaskCandidates(
        mask_logits=np.concatenate([answer.mask_logits for answer in answers]),
        iou_pred=np.concatenate([answer.iou_pred for answer in answers]),
        name_probs=np.concatenate(name_probs) if name_probs else None,
    )


def check_stop(should_stop: Callable[[], bool]) -> None:
    """Go on, or stop the work here.

    Raises:
        CanceledError: `should_stop` returned True.
    """
    if should_stop():
        raise CanceledError('the search for parts was cancelled before it was done')


def _is_out_of_memory(error: BaseException) -> bool:
    text = str(error).lower()
    return (
        isinstance(error, MemoryError)
        or 'out of memory' in text
        or "can't allocate memory" in text
    )
