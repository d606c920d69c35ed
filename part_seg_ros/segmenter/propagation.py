# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From the points that a network saw to all points of a cloud."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from part_seg_ros.geometry.interpolation import interpolate, three_nearest
from part_seg_ros.geometry.sampling import voxel_groups, voxel_size_for

# Clouds with more slots than this per network point share them, so that memory and time stay
# bounded: the slots are then a fraction of the spacing of the network's points apart.
_MAX_SLOTS_PER_SOURCE = 32
_SHARED_SLOTS_PER_SOURCE = 16
_BYTES_PER_SLOT = 3 * (8 + 4)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Table:
    """Where every point takes its value from.

    Attributes:
        slot_of_point: (N,) int32. Slots are the S network points, then R interpolated places, then
            one for invalid points.
        near_idx: (R, 3) int64 network points that each place takes the mean of.
        weights: (R, 3) float32.
    """

    slot_of_point: np.ndarray
    near_idx: np.ndarray
    weights: np.ndarray


class Propagation:
    """Carries values of some points of a cloud to its others by their three nearest.

    Values live in P slots: one for each network point, one for each place between them, one for
    invalid points; every point of the cloud reads one slot. In clouds of up to some hundred
    thousand points every point has a slot of its own, in larger ones those in a small voxel share
    one. Work that does not need every point (`segment_all`) is done on slots.

    The table is computed when first needed and then kept; it is the only thing that changes.

    Args:
        points: (N, 3) points of the cloud; rows outside `valid_idx` are never read.
        valid_idx: (V,) int64 rows that are finite.
        network_idx: (S,) int64 rows whose values are known, a subset of `valid_idx`.
    """

    def __init__(self, points: np.ndarray, valid_idx: np.ndarray, network_idx: np.ndarray) -> None:
        """Keep references; nothing is copied."""
        self._points = points
        self._valid_idx = valid_idx
        self._network_idx = network_idx

    @property
    def num_bytes(self) -> int:
        """Memory of the table once it is computed, at most [bytes]."""
        num_others = len(self._valid_idx) - len(self._network_idx)
        num_places = min(num_others, _MAX_SLOTS_PER_SOURCE * len(self._network_idx))
        return 4 * len(self._points) + _BYTES_PER_SLOT * num_places

    @property
    def slot_counts(self) -> np.ndarray:
        """(P,) int64 number of points that read each slot; 0 for the one of invalid points."""
        table = self._table
        num_slots = len(self._network_idx) + len(table.near_idx) + 1
        counts = np.bincount(table.slot_of_point, minlength=num_slots)
        counts[-1] = 0
        return counts

    def to_slots(self, values: np.ndarray, fill: float) -> np.ndarray:
        """Return (O, P) float32 values of the slots for (O, S) `values` of the network points."""
        values = np.asarray(values, dtype=np.float32)
        between = interpolate(values, self._table.near_idx, self._table.weights)
        last = np.full((len(values), 1), fill, np.float32)
        return np.concatenate([values, between, last], axis=1)

    def from_slots(self, slot_values: np.ndarray) -> np.ndarray:
        """Return (..., N) values of all points for (..., P) values of the slots."""
        return np.take(slot_values, self._table.slot_of_point, axis=-1)

    def labels_to_slots(
        self, labels: np.ndarray, *, within: tuple[np.ndarray, np.ndarray] | None = None
    ) -> np.ndarray:
        """Return (P,) int32 labels of the slots: most of the three nearest points', by weight.

        Args:
            labels: (S,) int labels of the network points in [0, L), -1 for none. The lowest wins a
                tie.
            within: (L,) int the coarser label that each label lies within, and (P,) int32 the
                coarser labels of the slots, from this method; finer labels then stay within them.
        """
        table = self._table
        near, weights = labels[table.near_idx], table.weights
        if within is not None:
            parents, slot_parents = within
            wanted = slot_parents[len(labels) : len(labels) + len(near), None]
            weights = np.where(np.append(parents, -1)[near] == wanted, weights, 0.0)
        is_same = near[:, :, None] == near[:, None, :]
        support = (is_same * weights[:, None, :]).sum(axis=2)
        best = support.max(axis=1, initial=0.0)[:, None]
        most = np.iinfo(np.int32).max
        between = np.where(support == best, near, most).min(axis=1, initial=most)
        between[best[:, 0] <= 0.0] = -1
        return np.concatenate([labels, between, [-1]]).astype(np.int32)

    @cached_property
    def _table(self) -> _Table:
        num_sources = len(self._network_idx)
        slot_of_point = np.full(len(self._points), -1, np.int32)
        slot_of_point[self._valid_idx] = num_sources  # for now: any place
        slot_of_point[self._network_idx] = np.arange(num_sources, dtype=np.int32)
        other_idx = np.flatnonzero(slot_of_point == num_sources)
        places, place_idx = self._places(self._points[other_idx])
        near_idx, weights = three_nearest(self._points[self._network_idx], places)
        slot_of_point[other_idx] = num_sources + place_idx
        slot_of_point[slot_of_point < 0] = num_sources + len(places)
        return _Table(slot_of_point=slot_of_point, near_idx=near_idx, weights=weights)

    def _places(self, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return (R, 3) places and (len(others),) int32, which place each point takes."""
        num_sources = len(self._network_idx)
        if len(others) <= _MAX_SLOTS_PER_SOURCE * num_sources:
            return others, np.arange(len(others), dtype=np.int32)
        size = voxel_size_for(others, _SHARED_SLOTS_PER_SOURCE * num_sources)
        kept, place_idx = voxel_groups(others, size)
        return others[kept], place_idx
