# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From painted colours to parts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from part_seg_ros.config import check_limits, setting
from part_seg_ros.errors import InputError

WHITE_THRESHOLD = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class PaletteSettings:
    """How distinct colours are found; the defaults are those of the authors' demonstration."""

    step: int = setting(16, 'Colours are rounded to multiples of this, of 255.', minimum=1)
    min_share: float = setting(
        500 / 2_000_000,
        'Least share of the samples that a rounded colour must have to count.',
        minimum=0.0,
        maximum=1.0,
    )
    max_colors: int = setting(256, 'Most rounded colours that count.', minimum=1)
    merge_distance: float = setting(
        32.0, 'Rounded colours as near as this, of 255, are one.', minimum=0.0
    )

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)


def white_share(colors: np.ndarray) -> np.ndarray:
    """Return (N,) float32 how white (N, 3) colours are: 1 for white, 0 for black, not clamped."""
    return colors.mean(axis=1, dtype=np.float32)


def to_bytes(colors: np.ndarray) -> np.ndarray:
    """Return (N, 3) uint8 of (N, 3) colours around [0, 1]."""
    return np.rint(np.clip(colors, 0.0, 1.0) * 255).astype(np.uint8)


def nearest_color(colors: np.ndarray, palette: np.ndarray) -> np.ndarray:
    """Return the (N,) int64 nearest of (K, 3) colours to each of (N, 3), the first of equal ones.

    There is no limit to the distance: painted colours drift by tens of 255ths while their order
    stays right.

    Raises:
        InputError: there are no colours to choose from.
    """
    if not len(palette):
        raise InputError('a palette needs at least one colour')
    wanted = np.asarray(palette, np.float64)
    least = np.full(len(colors), np.inf)
    chosen = np.zeros(len(colors), np.int64)
    for number, color in enumerate(wanted):
        distance = np.square(np.asarray(colors, np.float64) - color).sum(axis=1)
        is_nearer = distance < least
        least[is_nearer], chosen[is_nearer] = distance[is_nearer], number
    return chosen


def find_palette(
    colors: np.ndarray, settings: PaletteSettings, *, min_count: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Find the distinct colours of samples, and which each sample has.

    Args:
        colors: (N, 3) uint8, N >= 1.
        settings: Rounding and thresholds.
        min_count: Samples that a rounded colour must have; None for the settings' share of N. The
            demonstration wants 500 of up to two million.

    Returns:
        palette (K, 3) uint8, in the order of their most frequent rounded colours, and (N,) int32
        colour of each sample.

    Raises:
        InputError: there are no samples.

    Source:
        The public demonstration of SegviGen. It leaves colours out that are too rare; where all
        are, the most frequent one is kept here.
    """
    if not len(colors):
        raise InputError('there are no colours to find parts by')
    step = settings.step
    rounded = np.clip((colors.astype(np.int64) + step // 2) // step * step, 0, 255)
    unique, member, counts = np.unique(rounded, axis=0, return_inverse=True, return_counts=True)
    if min_count is None:
        min_count = int(np.ceil(settings.min_share * len(colors)))
    order = np.argsort(-counts, kind='stable')
    frequent = order[counts[order] >= min_count][: settings.max_colors]
    frequent = frequent if len(frequent) else order[:1]
    centers: list[np.ndarray] = []
    weights: list[int] = []
    for color, count in zip(unique[frequent].astype(float), counts[frequent], strict=True):
        if centers:
            distances = np.linalg.norm(np.stack(centers) - color, axis=1)
            nearest = int(distances.argmin())
            if distances[nearest] <= settings.merge_distance:
                total = weights[nearest] + count
                moved = centers[nearest] * weights[nearest] + color * count
                centers[nearest], weights[nearest] = moved / total, total
                continue
        centers.append(color)
        weights.append(int(count))
    palette = np.clip(np.rint(np.stack(centers)), 0, 255).astype(np.uint8)
    of_unique = nearest_color(unique, palette)
    return palette, of_unique[member.reshape(-1)].astype(np.int32)
