# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Bodies that flow into each other: the smooth union of tapered capsules and ellipsoids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from part_seg_ros.data.procedural.surface import unit
from part_seg_ros.errors import InputError

REACH = 5.0  # in units of the softness, how far from a blob it still counts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Blob:
    """A tapered capsule, or an ellipsoid, in a space that `warp` makes round.

    Attributes:
        owner: Index of the part that it belongs to.
        start: (3,) one end of the axis.
        warp: (3, 3) from the object's space to that in which the radii count.
        step: (3,) from the start to the other end, in the warped space; zero for an ellipsoid.
        radii: Warped radius at either end.
    """

    owner: int
    start: np.ndarray
    warp: np.ndarray
    step: np.ndarray
    radii: tuple[float, float]

    def mirrored(self, owner: int) -> Blob:
        """Reflects it in the plane y = 0 and gives it to another part."""
        flip = np.array([1.0, -1.0, 1.0])
        return Blob(
            owner=owner,
            start=self.start * flip,
            warp=flip[:, None] * self.warp * flip,
            step=self.step * flip,
            radii=self.radii,
        )


def capsule_blob(
    owner: int,
    start: ArrayLike,
    end: ArrayLike,
    radii: tuple[float, float],
    *,
    flat_axis: ArrayLike | None = None,
    flatness: float = 1.0,
) -> Blob:
    """Makes a tapered capsule.

    Args:
        owner: Index of its part.
        start: (3,) centre of one end.
        end: (3,) centre of the other.
        radii: Radius at either end.
        flat_axis: (3,) direction in which it is thinner or thicker; None for a round one.
        flatness: Thickness in that direction over that across it.

    Raises:
        InputError: a radius or the flatness is not positive.
    """
    if min(radii) <= 0.0 or flatness <= 0.0:
        raise InputError(f'radii and flatness must be positive, got {radii}, {flatness}')
    warp = np.eye(3)
    if flat_axis is not None:
        axis = unit(np.asarray(flat_axis, dtype=np.float64))
        warp += (1.0 / flatness - 1.0) * np.outer(axis, axis)
    first = np.asarray(start, dtype=np.float64)
    step = warp @ (np.asarray(end, dtype=np.float64) - first)
    return Blob(owner=owner, start=first, warp=warp, step=step, radii=radii)


def ellipsoid_blob(
    owner: int, centre: ArrayLike, radii: ArrayLike, rotation: ArrayLike | None = None
) -> Blob:
    """Makes an ellipsoid with half axes `radii` (3,) along the columns of `rotation` (3, 3).

    Raises:
        InputError: a half axis is not positive.
    """
    half = np.asarray(radii, dtype=np.float64)
    if half.min() <= 0.0:
        raise InputError(f'radii must be positive, got {radii}')
    mean = float(np.cbrt(half.prod()))
    turn = np.eye(3) if rotation is None else np.asarray(rotation, dtype=np.float64)
    warp = turn @ np.diag(mean / half) @ turn.T
    centre = np.asarray(centre, dtype=np.float64)
    return Blob(owner=owner, start=centre, warp=warp, step=np.zeros(3), radii=(mean, mean))


class BlobField:
    """The smooth union of blobs, as a function of space.

    The field is about the distance from the surface, negative inside. It is
    -softness * log(sum(exp(-distance / softness))) over the blobs.
    """

    def __init__(self, blobs: list[Blob], softness: float) -> None:
        """Joins blobs.

        Args:
            blobs: At least one; their owners are all of 0 to P - 1.
            softness: About the width of the seams, above 0.

        Raises:
            InputError: no blob, a missing owner, or a softness that is not positive.
        """
        if not blobs or softness <= 0.0:
            raise InputError(f'want blobs and a softness above 0, got {len(blobs)}, {softness}')
        self.blobs = sorted(blobs, key=lambda blob: blob.owner)
        self.softness = softness
        owners = np.array([blob.owner for blob in self.blobs])
        present, self._first = np.unique(owners, return_index=True)
        if not np.array_equal(present, np.arange(len(present))):
            raise InputError(f'owners must be 0 to P - 1, got {present.tolist()}')
        self.num_owners = len(present)
        self._start = np.stack([blob.start for blob in self.blobs]).astype(np.float32)
        self._warp = np.stack([blob.warp for blob in self.blobs]).astype(np.float32)
        self._step = np.stack([blob.step for blob in self.blobs]).astype(np.float32)
        self._radii = np.array([blob.radii for blob in self.blobs], dtype=np.float32)

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper corner (3,) of a box around all blobs."""
        boxes = [self._box(idx) for idx in range(len(self.blobs))]
        return np.min([box[0] for box in boxes], axis=0), np.max([box[1] for box in boxes], axis=0)

    def _box(self, idx: int) -> tuple[np.ndarray, np.ndarray]:
        blob = self.blobs[idx]
        unwarp = np.linalg.inv(blob.warp)
        reach = max(blob.radii) * np.linalg.norm(unwarp, axis=1)
        ends = np.stack([blob.start, blob.start + unwarp @ blob.step])
        return ends.min(axis=0) - reach, ends.max(axis=0) + reach

    def distances(
        self, points: np.ndarray, chosen: slice = slice(None)
    ) -> tuple[np.ndarray, np.ndarray]:
        """Distances (G, N) from blobs, about, and unit directions (G, N, 3) away from them.

        Source:
            The distance of an ellipsoid is the usual first-order bound k0 (k0 - 1) / k1 with the
            scaled radius k0 and half its gradient's analogue k1; exact for round capsules.
        """
        warp, step, radii = self._warp[chosen], self._step[chosen], self._radii[chosen]
        offset = points.astype(np.float32)[None] - self._start[chosen, None]  # (G, N, 3)
        offset = offset @ warp.transpose(0, 2, 1)
        length = np.maximum(np.einsum('gi,gi->g', step, step), 1e-12)
        along = (offset @ step[:, :, None])[..., 0] / length[:, None]
        along = np.clip(along, 0.0, 1.0)
        offset -= along[..., None] * step[:, None]
        radius = radii[:, :1] + along * (radii[:, 1:] - radii[:, :1])
        reach = np.sqrt(np.einsum('gni,gni->gn', offset, offset)) + np.float32(1e-6)
        slope = offset @ warp
        steepness = np.sqrt(np.einsum('gni,gni->gn', slope, slope)) + np.float32(1e-6)
        distance = (reach - radius) * reach / steepness
        return distance, slope / steepness[..., None]

    def values(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The field (N,), its unit gradient (N, 3) and the nearness (P, N) of every part.

        Nearness is the distance from the nearest blob of the part.
        """
        distance, direction = self.distances(points)
        nearest = distance.min(axis=0)
        weights = np.exp((nearest - distance) / self.softness)
        total = weights.sum(axis=0)
        gradient = np.einsum('gn,gni->ni', weights, direction)
        nearness = np.minimum.reduceat(distance, self._first, axis=0)
        return nearest - self.softness * np.log(total), unit(gradient), nearness

    def on_grid(self, low: np.ndarray, spacing: float, shape: tuple[int, int, int]) -> np.ndarray:
        """The field (X, Y, Z) at low + spacing * index; far from every blob it is only large."""
        total = np.full(shape, np.exp(-2.0 * REACH), dtype=np.float32)
        for idx in range(len(self.blobs)):
            near, far = self._box(idx)
            margin = REACH * self.softness
            first = np.maximum(np.floor((near - margin - low) / spacing).astype(int), 0)
            last = np.minimum(np.ceil((far + margin - low) / spacing).astype(int) + 1, shape)
            axes = [np.arange(a, b) for a, b in zip(first, last, strict=True)]
            index = np.stack(np.meshgrid(*axes, indexing='ij'), axis=-1).reshape(-1, 3)
            distance = self.distances(low + spacing * index, slice(idx, idx + 1))[0][0]
            term = np.exp(np.clip(-distance / self.softness, -2.0 * REACH, 60.0))
            region = tuple(slice(a, b) for a, b in zip(first, last, strict=True))
            total[region] += term.reshape([len(axis) for axis in axes])
        return -self.softness * np.log(total)
