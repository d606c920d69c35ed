# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What clicks all over a cloud say about which points belong together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial import cKDTree
from scipy.spatial.distance import pdist, squareform

from part_seg_ros.segmenter.proposals import Proposals

# A candidate weighs as this power of its predicted IoU among those of its click. Found on real
# objects: with 1 whole objects drown the parts, with 8 one wrong estimate decides.
_SCORE_POWER = 4
_LEAST_SCORE = 1e-3
_MASKS_AT_ONCE = 256

# Distances of clicks that differ in the digits beyond are equal: those depend on the order of
# summation in the network. Else what is joined first, and with it whole parts, would be chance.
_DECIMALS = 5
_NEARNESS_WEIGHT = 1e-4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartVotes:
    """The answers to C clicks, each a vote on all S points of the network.

    Attributes:
        votes: (C, S) float32 in [0, 1], how much of the weight of a click's candidates covers each
            point.
        click_rows: (C,) int64 network point of each click.
        packed_masks: (M, ceil(S / 8)) uint8, the candidates as `numpy.packbits` packs them.
        iou_pred: (M,) float32 predicted IoU of each.
        name_probs: (M, V) float32 their part names, or None where the system knows none.
        click_idx: (M,) int64 click that each answers.
    """

    votes: np.ndarray
    click_rows: np.ndarray
    packed_masks: np.ndarray
    iou_pred: np.ndarray
    name_probs: np.ndarray | None
    click_idx: np.ndarray

    def __len__(self) -> int:
        """Return C."""
        return len(self.click_rows)

    def ious(self, masks: np.ndarray) -> np.ndarray:
        """Return the (K, M) float32 IoU of (K, S) bool masks with the candidates."""
        wanted = masks.astype(np.float32)
        size = wanted.sum(axis=1)[:, None]
        columns = [np.zeros((len(masks), 0), np.float32)]
        for begin in range(0, len(self.packed_masks), _MASKS_AT_ONCE):
            packed = self.packed_masks[begin : begin + _MASKS_AT_ONCE]
            found = np.unpackbits(packed, axis=1, count=masks.shape[1]).astype(np.float32)
            shared = wanted @ found.T
            columns.append(shared / np.maximum(size + found.sum(axis=1) - shared, 1.0))
        return np.concatenate(columns, axis=1)


class VoteCounter:
    """Adds up answers batch by batch, so that their logits need not be kept.

    Args:
        points: (S, 3) points of the network; clicks are some of them.
    """

    def __init__(self, points: np.ndarray) -> None:
        """Begin without any vote."""
        self._tree = cKDTree(points)
        self._batches: list[PartVotes] = []

    def add(self, batch: Proposals) -> None:
        """Count the candidates of a batch; those of one click stand together."""
        rows = self._tree.query(batch.prompt_coords)[1]
        begins = np.flatnonzero(np.diff(rows, prepend=-1))
        click_idx = np.repeat(np.arange(len(begins)), np.diff(begins, append=len(rows)))
        scores = np.clip(batch.candidates.iou_pred, _LEAST_SCORE, 1.0) ** _SCORE_POWER
        weights = scores / np.add.reduceat(scores, begins)[click_idx]
        masks = batch.candidates.masks
        # No matrix product: BLAS would go on to wait, busily, for the next one on every core.
        votes = np.add.reduceat(weights[:, None] * masks, begins)
        self._batches.append(
            PartVotes(
                votes=votes,
                click_rows=rows[begins],
                packed_masks=np.packbits(masks, axis=1),
                iou_pred=batch.candidates.iou_pred,
                name_probs=batch.candidates.name_probs,
                click_idx=click_idx,
            )
        )

    def total(self) -> PartVotes:
        """Return all votes so far, of at least one batch."""
        batches = self._batches
        begin = np.cumsum([0, *(len(batch) for batch in batches)])
        names = [batch.name_probs for batch in batches if batch.name_probs is not None]
        return PartVotes(
            votes=np.concatenate([batch.votes for batch in batches]),
            click_rows=np.concatenate([batch.click_rows for batch in batches]),
            packed_masks=np.concatenate([batch.packed_masks for batch in batches]),
            iou_pred=np.concatenate([batch.iou_pred for batch in batches]),
            name_probs=np.concatenate(names) if names else None,
            click_idx=np.concatenate(
                [b.click_idx + first for b, first in zip(batches, begin[:-1], strict=True)]
            ),
        )


class VoteTree:
    """Clicks joined to ever larger parts, those first that vote most for each other.

    Average linkage: the distance of two parts is the mean over their pairs of clicks of one minus
    the mean of both votes for the other's point. Of parts that are equally far apart, as very
    many are that agree entirely, those are joined first whose clicks are nearest to each other.

    Args:
        votes: (C, S) float32 in [0, 1], C at least one.
        click_rows: (C,) int64 point of each click.
        points: (S, 3) points of the network, in any unit.
    """

    def __init__(self, votes: np.ndarray, click_rows: np.ndarray, points: np.ndarray) -> None:
        """Join the clicks."""
        self._votes = votes
        mutual = votes[:, click_rows]
        distance = np.maximum(1.0 - (mutual + mutual.T) / 2.0, 0.0).astype(np.float64)
        self._joints = np.zeros((0, 4))
        if len(click_rows) > 1:
            between = squareform(distance, checks=False).round(_DECIMALS)
            apart = pdist(points[click_rows])
            between += _NEARNESS_WEIGHT * apart / max(apart.max(), 1e-12)
            self._joints = linkage(between, 'average')

    def parts_at(self, height: float) -> np.ndarray:
        """Return the (C,) int64 part of each click, from 0, where parts are `height` apart.

        The parts of a smaller height lie within those of a larger one.
        """
        if not len(self._joints):
            return np.zeros(len(self._votes), np.int64)
        return fcluster(self._joints, height, 'distance').astype(np.int64) - 1

    def votes_of(self, part_of_click: np.ndarray) -> np.ndarray:
        """Return (K, S) float32, the mean vote of the clicks of each part for each point."""
        num_parts = int(part_of_click.max()) + 1
        share = np.zeros((num_parts, len(part_of_click)), np.float32)
        share[part_of_click, np.arange(len(part_of_click))] = 1.0
        return (share / share.sum(axis=1, keepdims=True)) @ self._votes
