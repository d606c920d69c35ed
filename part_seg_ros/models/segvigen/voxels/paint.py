# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What colour a surface has where."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.models.segvigen.voxels.textures import Texture

# Without a known material: no metal, rough, opaque. Recoloured targets of the release have these.
METALLIC, ROUGHNESS, ALPHA = 0.0, 1.0, 1.0
_GREY = 0.5


class Paint(Protocol):
    """Base colour (3), metallic, roughness and alpha all over a mesh of F faces."""

    def values(self, faces: np.ndarray, weights: np.ndarray, levels: np.ndarray) -> np.ndarray:
        """Return the values at places on faces.

        Args:
            faces: (P,) int64 face of each place.
            weights: (P, 3) float64 barycentric; they may leave [0, 1].
            levels: (P,) float64 side of a voxel over the side that a whole texture has there, from
                `texel_sides`; it chooses the texture's level of detail.

        Returns:
            (P, 6) float64, mostly in [0, 1].
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VertexPaint:
    """Colours of vertices; the material is not known.

    Attributes:
        corners: (F, 3) int vertices of the faces.
        colors: (V, 3) float in [0, 1]; None for grey.
    """

    corners: np.ndarray
    colors: np.ndarray | None

    def values(self, faces: np.ndarray, weights: np.ndarray, levels: np.ndarray) -> np.ndarray:
        """See `Paint.values`."""
        values = np.empty((len(faces), 6))
        values[:, :3] = _GREY
        values[:, 3:] = METALLIC, ROUGHNESS, ALPHA
        if self.colors is not None:
            values[:, :3] = np.einsum('pk,pkc->pc', weights, self.colors[self.corners[faces]])
        return values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Material:
    """A material as glTF describes them.

    Attributes:
        color: (4,) red, green, blue and alpha in [0, 1].
        metallic: In [0, 1].
        roughness: In [0, 1].
        color_texture: Multiplies `color`; None for none. Its alpha is the fourth channel.
        metal_texture: Green multiplies `roughness`, blue `metallic`; None for none.
        alpha_mode: `OPAQUE`, `BLEND` or `MASK`.
        alpha_cutoff: Least alpha of what is opaque under `MASK`.
    """

    color: np.ndarray = field(default_factory=lambda: np.ones(4))
    metallic: float = 1.0
    roughness: float = 1.0
    color_texture: Texture | None = None
    metal_texture: Texture | None = None
    alpha_mode: str = 'OPAQUE'
    alpha_cutoff: float = 0.5

    def values(self, uv: np.ndarray, levels: np.ndarray) -> np.ndarray:
        """Return (P, 6) values at (P, 2) places of the textures; `levels` as in `Paint.values`."""
        values = np.empty((len(uv), 6))
        color = np.broadcast_to(self.color, (len(uv), 4))
        if self.color_texture is not None:
            color = color * self.color_texture.sample(uv, levels)
        values[:, :3] = color[:, :3]
        values[:, 3:5] = self.metallic, self.roughness
        if self.metal_texture is not None:
            values[:, 3:5] *= self.metal_texture.sample(uv, levels)[:, [2, 1]]
        alpha = {
            'OPAQUE': np.ones(len(uv)),
            'BLEND': color[:, 3],
            'MASK': (color[:, 3] >= self.alpha_cutoff).astype(float),
        }
        if self.alpha_mode not in alpha:
            raise InputError(
                f'alpha mode must be one of {", ".join(alpha)}, got {self.alpha_mode}'
            )
        values[:, 5] = alpha[self.alpha_mode]
        return values


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MaterialPaint:
    """Materials of faces.

    Attributes:
        materials: All of them.
        material_of: (F,) int which one each face has.
        uv: (F, 3, 2) float64 places of the corners in the textures; None where none has textures.
    """

    materials: tuple[Material, ...]
    material_of: np.ndarray
    uv: np.ndarray | None = None

    def values(self, faces: np.ndarray, weights: np.ndarray, levels: np.ndarray) -> np.ndarray:
        """See `Paint.values`."""
        values = np.empty((len(faces), 6))
        uv = np.zeros((len(faces), 2))
        if self.uv is not None:
            uv = np.einsum('pk,pkc->pc', weights, self.uv[faces])
        used = self.material_of[faces]
        for number, material in enumerate(self.materials):
            rows = np.flatnonzero(used == number)
            values[rows] = material.values(uv[rows], levels[rows])
        return values
