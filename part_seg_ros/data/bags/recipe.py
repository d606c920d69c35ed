# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What a generated bag shows, and how it was asked for."""

from __future__ import annotations

import math
from dataclasses import dataclass

from part_seg_ros.data.procedural import FAMILIES
from part_seg_ros.errors import InputError

MIN_SIDE_PX = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class BagRecipe:
    """Everything that decides the messages of a bag.

    Attributes:
        objects: Families of the objects on the table, one entry an object.
        num_frames: Clouds, 1 or more.
        rate_hz: Clouds a second.
        seed: Decides shapes, places, colours and noise.
        resolution: Columns and rows of the depth camera [px].
        with_clicks: Write clicks on parts.

    Raises:
        InputError: a value is out of range, or no such family.
    """

    objects: tuple[str, ...] = ('mug', 'kettle', 'hammer', 'bottle')
    num_frames: int = 30
    rate_hz: float = 10.0
    seed: int = 0
    resolution: tuple[int, int] = (320, 240)
    with_clicks: bool = True

    def __post_init__(self) -> None:
        if not self.objects:
            raise InputError('a bag needs at least one object, got none')
        unknown = sorted(set(self.objects) - set(FAMILIES))
        if unknown:
            raise InputError(
                f'no object is called {", ".join(unknown)}; known are'
                f' {", ".join(sorted(FAMILIES))}'
            )
        if self.num_frames < 1:
            raise InputError(f'frames must be 1 or more, got {self.num_frames}')
        if not (math.isfinite(self.rate_hz) and self.rate_hz > 0.0):
            raise InputError(f'rate must be a positive number of Hz, got {self.rate_hz}')
        if self.seed < 0:
            raise InputError(f'seed must be 0 or more, got {self.seed}')
        if min(self.resolution) < MIN_SIDE_PX:
            raise InputError(
                f'the resolution must be {MIN_SIDE_PX} x {MIN_SIDE_PX} px or more, got'
                f' {self.resolution[0]} x {self.resolution[1]}'
            )
