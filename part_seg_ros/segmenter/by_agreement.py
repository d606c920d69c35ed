# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Parts on which clicks agree: two points are of one part if the clicks there name each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from part_seg_ros.geometry.boxes import oriented_box
from part_seg_ros.geometry.normals import estimate_normals
from part_seg_ros.geometry.surface_smoothing import surface_average
from part_seg_ros.segmenter.encoded_cloud import EncodedCloud
from part_seg_ros.segmenter.network_input import network_cloud
from part_seg_ros.segmenter.part_limits import PartLimits
from part_seg_ros.segmenter.part_name import likeliest_of
from part_seg_ros.segmenter.part_votes import PartVotes, VoteTree
from part_seg_ros.segmenter.proposals import check_stop
from part_seg_ros.structures import PartSegmentation, SegmentedPart

# A piece of a mesh goes to one part as a whole if so many of its points do and no clicks differ.
_WHOLE_PIECE_SHARE = 0.7

# Votes are averaged along the surface so often. It gained 0.4 to 2 points of IoU on real and held
# out objects alike; with three averages parts of few points begin to vanish.
_NUM_AVERAGES = 2

# Of parts whose votes for a point are equal, as many are that are certain, the smaller takes it.
# Without that the last digits of a sum would choose, and the parts of two machines would differ.
_SMALLNESS_WEIGHT = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pieces:
    """What the surface tells of connection, where there is a surface.

    Attributes:
        of_point: (S,) int64 connected piece of the surface that each network point lies on, from
            0.
        weight: In [0, 1), how much it counts, beside the votes, to be on one piece.
    """

    of_point: np.ndarray
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Level:
    """One cut of the tree.

    Attributes:
        part_of_click: (C,) int64 label of each click.
        labels: (S,) int64 label of each network point, -1 where nobody votes.
        slot_labels: (P,) int32 the same for the slots of `Propagation`.
        parents: (L,) int64 label, in the level above, that each label lies within.
    """

    part_of_click: np.ndarray
    labels: np.ndarray
    slot_labels: np.ndarray
    parents: np.ndarray


def height_of(granularity: float) -> float:
    """Return the distance at which parts of a wanted fineness in (0, 1] are apart.

    0+ gives 1, where all parts are joined that any clicks vote for in common; 1 gives 0.1. The
    square spreads the coarse end, where most true parts are.
    """
    return 1.0 - 0.9 * granularity**2


class Agreement:
    """The parts on which clicks agree, at any granularity.

    Args:
        encoded: The cloud.
        votes: What the clicks say.
        part_names: The names of the system.
        pieces: Connection of the surface; None for a cloud.

    Source:
        Ours. Fred and Jain 2005 ("evidence accumulation") cluster what many clusterings say of
        each pair of points in the same way.
    """

    def __init__(
        self,
        encoded: EncodedCloud,
        votes: PartVotes,
        *,
        part_names: tuple[str, ...] = (),
        pieces: Pieces | None = None,
    ) -> None:
        """Join the clicks to a tree of parts."""
        self._encoded = encoded
        self._votes = votes
        self._part_names = part_names
        self._pieces = pieces
        shares = votes.votes
        if pieces is not None:
            is_same = pieces.of_point[votes.click_rows][:, None] == pieces.of_point
            shares = (1.0 - pieces.weight) * shares + np.float32(pieces.weight) * is_same
        self._tree = VoteTree(shares, votes.click_rows, encoded.embedding.points)
        self._average = _surface_average(encoded, pieces)

    def levels(
        self,
        granularities: Sequence[float],
        limits: PartLimits,
        should_stop: Callable[[], bool],
        *,
        nested: bool = True,
    ) -> tuple[PartSegmentation, ...]:
        """Cut the tree and give each point to the part whose clicks vote most for it.

        Args:
            granularities: Ascending, each in (0, 1].
            limits: Which parts are told, and how.
            should_stop: Asked between levels.
            nested: Keep every part within one of the level before, which it then knows
                (`SegmentedPart.parent_id`); else each level is the best by itself.

        Returns:
            For each granularity, part ids of all N input points, -1 where nobody votes or the
            point is invalid, and the parts by descending score.

        Raises:
            CanceledError: `should_stop` returned True.
        """
        if not len(self._votes):
            nothing = np.full(len(self._encoded.cloud), -1, np.int32)
            return (PartSegmentation(part_ids=nothing, parts=()),) * len(granularities)
        found: list[PartSegmentation] = []
        above: _Level | None = None
        number = np.zeros(0, np.int32)
        for granularity in granularities:
            check_stop(should_stop)
            level = self._cut(granularity, above, limits.min_points)
            parts, number = self._described(level, None if above is None else number, limits)
            found.append(parts)
            above = level if nested else None
        return tuple(found)

    def _cut(self, granularity: float, above: _Level | None, min_points: int) -> _Level:
        """Label the points at one granularity, within the parts of the level above."""
        propagation = self._encoded.propagation
        part_of_click = self._tree.parts_at(self._height(granularity))
        votes = self._smoothed(self._tree.votes_of(part_of_click))
        parents, within = np.full(len(votes), -1), None
        if above is not None:
            parents[part_of_click] = above.part_of_click
            votes[parents[:, None] != above.labels] = 0.0
            within = (parents, above.slot_labels)
        while True:
            labels = np.where(votes.max(axis=0) > 0.0, votes.argmax(axis=0), -1)
            if self._pieces is not None:
                labels = self._with_whole_pieces(labels, part_of_click)
            slot_labels = propagation.labels_to_slots(labels, within=within)
            is_covered = slot_labels >= 0
            counts = np.bincount(
                slot_labels[is_covered], propagation.slot_counts[is_covered], len(votes)
            )
            is_small = (counts < min_points) & votes.any(axis=1)
            if above is not None:  # no part loses all that lies within it
                is_small[_largest_of_each(parents, counts)] = False
            if not is_small.any():
                break
            votes[is_small] = 0.0
        return _Level(
            part_of_click=part_of_click, labels=labels, slot_labels=slot_labels, parents=parents
        )

    def _height(self, granularity: float) -> float:
        """Return where to cut the tree.

        Pieces bring points together by their weight. Coarse heights join them with others, but
        at the default and below the network still divides a piece; so meshes that are one piece
        come apart, too.
        """
        height = height_of(granularity)
        weight = 0.0 if self._pieces is None else self._pieces.weight
        return height * (1.0 - weight + weight * height**3)

    def _smoothed(self, votes: np.ndarray) -> np.ndarray:
        """Average (K, S) votes along the surface; of equal votes for a point one comes first."""
        smoothed = np.ascontiguousarray(votes.T)
        for _ in range(_NUM_AVERAGES):
            smoothed = self._average @ smoothed
        smoothed = np.ascontiguousarray(smoothed.T)
        return smoothed * (1.0 - _SMALLNESS_WEIGHT * smoothed.mean(axis=1, keepdims=True))

    def _with_whole_pieces(self, labels: np.ndarray, part_of_click: np.ndarray) -> np.ndarray:
        """Give (S,) points on one piece the label that most of them have, if it is most by far.

        Pieces on which clicks are of several parts stay divided.
        """
        assert self._pieces is not None
        of_point = self._pieces.of_point
        num_labels = int(labels.max(initial=-1)) + 2  # -1 is one, too
        num_pieces = int(of_point.max()) + 1
        table = np.bincount(of_point * num_labels + labels + 1, minlength=num_pieces * num_labels)
        table = table.reshape(num_pieces, num_labels)
        piece_of_click = of_point[self._votes.click_rows]
        parts_on_piece = np.unique(np.stack([piece_of_click, part_of_click]), axis=1)[0]
        is_whole = table.max(axis=1) >= _WHOLE_PIECE_SHARE * table.sum(axis=1)
        is_whole &= np.bincount(parts_on_piece, minlength=num_pieces) < 2
        return np.where(is_whole[of_point], table.argmax(axis=1)[of_point] - 1, labels)

    def _described(
        self, level: _Level, number_above: np.ndarray | None, limits: PartLimits
    ) -> tuple[PartSegmentation, np.ndarray]:
        """Number the parts of a level, best first, and describe each by its best candidate.

        Returns:
            The parts, and (L + 1,) int32 the id of each label, -1 for those without; the last one
            stands for the label -1.
        """
        votes, encoded = self._votes, self._encoded
        labels = np.unique(level.slot_labels[level.slot_labels >= 0])
        quality = votes.ious(level.labels == labels[:, None]) * np.clip(votes.iou_pred, 0.0, 1.0)
        click_of_candidate = votes.click_rows[votes.click_idx]
        is_own = level.labels[click_of_candidate] == labels[:, None]
        best = np.where(is_own, quality, quality - 2.0).argmax(axis=1)
        scores = np.take_along_axis(quality, best[:, None], axis=1)[:, 0]
        order = np.argsort(-scores, kind='stable')[: limits.max_parts or None]
        number = np.full(len(level.parents) + 1, -1, np.int32)
        number[labels[order]] = np.arange(len(order))
        part_ids = encoded.propagation.from_slots(number[level.slot_labels])
        parts = []
        for part_id, idx in enumerate(order):
            name, probability = '', 0.0
            if votes.name_probs is not None:
                name, probability = likeliest_of(
                    votes.name_probs[best[idx]], self._part_names, limits.min_name_probability
                )
            click = encoded.embedding.points[click_of_candidate[best[idx]]]
            parent = level.parents[labels[idx]]
            parts.append(
                SegmentedPart(
                    part_id=part_id,
                    score=float(scores[idx]),
                    name=name,
                    name_probability=probability,
                    box=oriented_box(encoded.cloud.points[part_ids == part_id]),
                    prompt_coord=click if is_own[idx, best[idx]] else None,
                    parent_id=-1 if number_above is None else int(number_above[parent]),
                )
            )
        return PartSegmentation(part_ids=part_ids, parts=tuple(parts)), number


def _surface_average(encoded: EncodedCloud, pieces: Pieces | None) -> csr_matrix:
    """Return the average along the surface, by the normals that the network got."""
    seen = network_cloud(encoded.cloud, encoded.network_idx)
    normals = seen.normals
    if normals is None:
        normals = estimate_normals(seen.points, viewpoint=seen.viewpoint)
    return surface_average(seen.points, normals, None if pieces is None else pieces.of_point)


def _largest_of_each(parents: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the index of the largest part, by (L,) counts, within each of the (L,) parents."""
    order = np.lexsort((counts, parents))
    return order[np.flatnonzero(np.diff(parents[order], append=parents.max(initial=0) + 1))]
