# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What a data engine is: one file in, the labelled mesh or the reason for none out."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from part_seg_ros.errors import PartSegError
from part_seg_ros.structures import Mesh


class UnsuitableShapeError(PartSegError):
    """The rules of an engine leave this shape out; nothing went wrong."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labels:
    """What an engine found on one shape: labels of its faces or masks of them, one of the two.

    Attributes:
        mesh: The F faces that the labels belong to.
        face_part_ids: (F,) int32 part of every face, from 0 without gaps, -1 where there is none.
        face_masks: (M, F) bool parts that may overlap and need not cover the mesh.
    """

    mesh: Mesh
    face_part_ids: np.ndarray | None = None
    face_masks: np.ndarray | None = None

    @property
    def parts(self) -> np.ndarray:
        """(P, F) bool faces of every part or mask."""
        if self.face_masks is not None:
            return self.face_masks
        assert self.face_part_ids is not None
        return self.face_part_ids == np.arange(self.face_part_ids.max() + 1)[:, None]


class Engine(Protocol):
    """Makes labels.

    Attributes:
        name: Such as `native`.
        provenance: All that the labels depend on besides the file and the seed: settings, system,
            hashes of weights; plain values that JSON can hold.
    """

    name: str
    provenance: Mapping[str, Any]

    def label(self, path: Path, seed: np.random.SeedSequence) -> Labels:
        """Label the shape in a file.

        Args:
            path: The file.
            seed: Of everything random.

        Raises:
            UnsuitableShapeError: the rules leave the shape out.
            InputError: the file cannot be read as a mesh.
        """
        ...


def shape_seed(base_seed: int, relative_path: str) -> np.random.SeedSequence:
    """Return the seed of one shape, which depends on neither machine, order nor other shapes.

    Args:
        base_seed: At least 0.
        relative_path: Of the file in its folder, with `/` between names.

    Source:
        PartSAM's release: the base seed and the first 16 bytes of the path's SHA-256, read as four
        little-endian 32-bit numbers.
    """
    digest = hashlib.sha256(relative_path.encode()).digest()
    words = np.frombuffer(digest[:16], dtype='<u4')
    return np.random.SeedSequence([base_seed, *(int(word) for word in words)])


def further_seed(seed: np.random.SeedSequence, number: int) -> np.random.SeedSequence:
    """Return a seed for a further purpose of the same shape, independent of `seed` itself."""
    return np.random.SeedSequence(seed.entropy, spawn_key=(*seed.spawn_key, number))
