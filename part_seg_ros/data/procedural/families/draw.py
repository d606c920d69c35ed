# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Random draws in the vocabulary of an object designer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar('T')


class Draw:
    """Draws dimensions, counts and styles from one generator.

    Args:
        rng: Generator that every draw advances.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng

    def around(self, median: float, spread: float = 0.2) -> float:
        """Draws a log-normal dimension, cut at two deviations.

        Args:
            median: Typical value, any unit.
            spread: Standard deviation of its logarithm.
        """
        return float(median * np.exp(spread * np.clip(self._rng.normal(), -2.0, 2.0)))

    def between(self, low: float, high: float) -> float:
        """Draws evenly from [low, high)."""
        return float(self._rng.uniform(low, high))

    def count(self, low: int, high: int) -> int:
        """Draws a whole number from low to high, both included."""
        return int(self._rng.integers(low, high + 1))

    def chance(self, probability: float) -> bool:
        """Returns True with the given probability."""
        return bool(self._rng.random() < probability)

    def pick(self, *options: T) -> T:
        """Draws one of the options, all equally likely."""
        return options[int(self._rng.integers(len(options)))]

    def some(self, options: Sequence[T], number: int) -> list[T]:
        """Draws different options, in their order in `options`."""
        chosen = self._rng.choice(len(options), min(number, len(options)), replace=False)
        return [options[i] for i in sorted(chosen)]
