# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The voxels of an object and what is stored with each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from part_seg_ros.errors import InputError

# Channels of each attribute; all are bytes.
ATTRIBUTES: Mapping[str, int] = {
    'base_color': 3,
    'metallic': 1,
    'roughness': 1,
    'emissive': 3,
    'alpha': 1,
    'normal': 3,
    'dual_vertices': 3,
    'intersected': 1,
}
_SHAPE = ('dual_vertices', 'intersected')
_TEXTURE = ('base_color', 'metallic', 'roughness', 'alpha')


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OVoxels:
    """M voxels of a grid over the cube from -0.5 to 0.5.

    The edge a of a voxel is the edge of the grid that is parallel to axis a and ends at the
    voxel's maximum corner.

    Attributes:
        coords: (M, 3) int32 voxels, in Morton order where `from_mesh` made them.
        attributes: (M, channels) uint8 by name. `dual_vertices`: place of the surface's vertex in
            the voxel, 0 to 255. `intersected`: bit a says that the surface crosses the edge a.
            `base_color`, `metallic`, `roughness`, `alpha`, and what else a file may hold.
        grid: Voxels along each side of the cube.
        dual_places: (M, 3) float32 what `dual_vertices` rounds: places in the voxels, 0 to 1; None
            where only the bytes are known.

    Raises:
        InputError: arrays that do not fit together, or voxels outside the grid.
    """

    coords: np.ndarray
    attributes: Mapping[str, np.ndarray]
    grid: int
    dual_places: np.ndarray | None = None

    def __post_init__(self) -> None:
        """Check shapes and range."""
        coords = np.asarray(self.coords)
        if coords.ndim != 2 or coords.shape[1] != 3:
            raise InputError(f'voxel coords must be (M, 3), got {coords.shape}')
        if len(coords) and not (0 <= coords.min() and coords.max() < self.grid):
            raise InputError(
                f'voxels must lie in 0 to {self.grid - 1}, got {coords.min()} to {coords.max()}'
            )
        for name, values in self.attributes.items():
            wanted = (len(coords), ATTRIBUTES.get(name, values.shape[-1]))
            if values.shape != wanted or values.dtype != np.uint8:
                raise InputError(
                    f'{name} must be {wanted} uint8, got {values.shape} {values.dtype}'
                )

    def __len__(self) -> int:
        """Return M."""
        return len(self.coords)

    @property
    def crossed(self) -> np.ndarray:
        """(M, 3) bool, which edges the surface crosses."""
        return (self._of('intersected') >> np.arange(3, dtype=np.uint8) & 1).astype(bool)

    @property
    def shape_values(self) -> np.ndarray:
        """(M, 6) float32 input of the shape encoder."""
        dual = self._of('dual_vertices').astype(np.float32) / np.float32(255)
        return np.concatenate([dual, self.crossed.astype(np.float32)], axis=1) - np.float32(0.5)

    @property
    def texture_values(self) -> np.ndarray:
        """(M, 6) float32 input of the texture encoder."""
        values = np.concatenate([self._of(name) for name in _TEXTURE], axis=1)
        return values.astype(np.float32) / np.float32(255) * 2 - 1

    def _of(self, name: str) -> np.ndarray:
        if name not in self.attributes:
            wanted = ', '.join(_SHAPE + _TEXTURE)
            raise InputError(f'these voxels have no {name}; SegviGen reads {wanted}')
        return self.attributes[name]


def morton_codes(coords: np.ndarray) -> np.ndarray:
    """Return (M,) int64 places of (M, 3) cells >= 0 on the Z-curve; x is the highest bit."""
    codes = np.zeros(len(coords), np.int64)
    for axis in range(3):
        spread = coords[:, axis].astype(np.int64)
        for shift, mask in _SPREADING:
            spread = (spread | spread << shift) & mask
        codes |= spread << (2 - axis)
    return codes


# Moves bit i of a number below 2^21 to bit 3 i.
_SPREADING = (
    (32, 0x1F00000000FFFF),
    (16, 0x1F0000FF0000FF),
    (8, 0x100F00F00F00F00F),
    (4, 0x10C30C30C30C30C3),
    (2, 0x1249249249249249),
)
