# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""PartSAM's first stage: the parts that an author made, if they are worth learning."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from part_seg_ros.config import to_mapping
from part_seg_ros.data_engine.engine import Labels, UnsuitableShapeError
from part_seg_ros.data_engine.native_parts import NativeParts, read_native_parts
from part_seg_ros.data_engine.part_rules import PartRules, has_fair_share
from part_seg_ros.geometry.surface_sampling import sample_surface


class NativeEngine:
    """Keeps the shapes whose file has a fair number of parts of fair size.

    Faces of the other parts have no label.

    Source:
        PartSAM (arXiv 2509.21965), Sec. 3.5, first stage.
    """

    name = 'native'

    def __init__(self, rules: PartRules | None = None) -> None:
        """Take `rules`, or the defaults."""
        self.rules = rules or PartRules()
        self.provenance: Mapping[str, Any] = {'rules': to_mapping(self.rules)}

    def label(self, path: Path, seed: np.random.SeedSequence) -> Labels:
        """Label the shape in a file; see `Engine.label`."""
        parts = read_native_parts(path)
        sample = sample_surface(parts.mesh, self.rules.num_points, seed=seed)
        kept = kept_parts(parts, sample.face_idx, self.rules)
        if not self.rules.min_parts <= len(kept) <= self.rules.max_parts:
            raise UnsuitableShapeError(
                f'{len(kept)} of its {parts.num_parts} parts are of fair size, wanted'
                f' {self.rules.min_parts} to {self.rules.max_parts}'
            )
        new_ids = np.full(parts.num_parts, -1, np.int32)
        new_ids[kept] = np.arange(len(kept))
        return Labels(mesh=parts.mesh, face_part_ids=new_ids[parts.face_part_ids])


def kept_parts(parts: NativeParts, face_idx: np.ndarray, rules: PartRules) -> np.ndarray:
    """Return the (K,) int64 ids of the parts of fair size.

    Args:
        parts: A mesh of F faces and its parts.
        face_idx: (N,) int64 face of each point sampled from the mesh.
        rules: What is fair.
    """
    counts = np.bincount(parts.face_part_ids[face_idx], minlength=parts.num_parts)
    return np.flatnonzero(has_fair_share(counts / len(face_idx), rules))
