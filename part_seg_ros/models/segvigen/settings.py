# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What a caller of SegviGen may want otherwise."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from part_seg_ros.config import check_limits, setting
from part_seg_ros.errors import InputError
from part_seg_ros.models.segvigen.colors import PaletteSettings
from part_seg_ros.models.segvigen.residency import PRECISIONS
from part_seg_ros.models.segvigen.sampler import SamplerSettings

UP_AXES = ('y', 'z', '-y')


@dataclass(frozen=True, slots=True, kw_only=True)
class SegvigenSettings:
    """How shapes are prepared, and how colours are sampled."""

    up_axis: str = setting(
        'z',
        'Axis of clouds and meshes that points up: z in ROS, y in glTF files, -y in the optical'
        ' frame of a level camera. The networks want y, so that shapes with another are turned.',
        choices=UP_AXES,
    )
    seed: int = setting(0, 'Seed of the noise that colours begin as.', minimum=0)
    num_draws: int = setting(
        1,
        'Noises whose colours are averaged; answers vary less, at as many times the work.',
        minimum=1,
    )
    num_steps: int = setting(12, 'Steps from noise to colours.', minimum=1)
    guidance: float = setting(
        1.0,
        'Strength of a guidance picture; another than 1 takes more time in a third of the steps.',
        minimum=0.0,
    )
    mesh_points: int = setting(100_000, 'Points sampled from a mesh.', minimum=16)
    mesh_seed: int = setting(0, 'Seed of that sample.', minimum=0)
    low_memory: bool = setting(
        False,
        'Weights rest in the memory of the host, in the types of the release, and one network at a'
        ' time is copied to where it works.',
    )
    precision: str = setting(
        'auto',
        'Types of weights that work: those of the release (16 bits), float32, or auto for 16 bits'
        ' on a GPU that has bfloat16.',
        choices=PRECISIONS,
    )
    guide: str = setting(
        '',
        'Guidance picture for every part, a file that is read anew each time; empty for none.',
    )

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)

    @property
    def sampler(self) -> SamplerSettings:
        """Steps and guidance of the sampler; the rest as released."""
        return SamplerSettings(num_steps=self.num_steps, guidance=self.guidance)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SegmentEverySettings:
    """How every part is found.

    Attributes:
        picture: (H, W, 3) or (H, W, 4) uint8 picture whose flat colours are the parts, in the view
            of `picture.VIEW`; None to let the network choose parts and colours.
        palette: (K, 3) uint8 colours of the parts in the picture; None to find them there.
        colors: How distinct colours are found.
        min_points: Parts of fewer points of the embedding get no id.
        seed: Of the noise; None for the system's.

    Raises:
        InputError: picture or palette of a wrong shape or type.
    """

    picture: np.ndarray | None = None
    palette: np.ndarray | None = None
    colors: PaletteSettings = field(default_factory=PaletteSettings)
    min_points: int = 1
    seed: int | None = None

    def __post_init__(self) -> None:
        """Check shapes."""
        if self.picture is not None:
            shape = np.shape(self.picture)
            if len(shape) != 3 or shape[2] not in (3, 4) or self.picture.dtype != np.uint8:
                raise InputError(
                    f'the guidance picture must be (H, W, 3 or 4) uint8, got {shape}'
                    f' {self.picture.dtype}'
                )
        if self.palette is not None:
            if self.picture is None:
                raise InputError('a palette says what the colours of a picture mean; give both')
            if np.ndim(self.palette) != 2 or np.shape(self.palette)[1] != 3:
                raise InputError(f'the palette must be (K, 3), got {np.shape(self.palette)}')
