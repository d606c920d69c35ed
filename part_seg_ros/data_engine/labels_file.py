# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The file an engine writes for one object, which `data.labeled_meshes` reads."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from part_seg_ros.data.labeled_meshes import mask_scales
from part_seg_ros.data_engine.engine import Labels
from part_seg_ros.errors import InputError


def write_labels(path: Path, labels: Labels, provenance: Mapping[str, Any]) -> None:
    """Write labels to a `.npz`; a reader sees the whole file or none.

    The file has `vertices` (V, 3) float32, `faces` (F, 3) int32, `masks` (M, F) bool, `scales`
    (M,) float32 (each mask's share of the area), `provenance` (a JSON string), and where there are
    such, `labels` (F,) int32 and `vertex_colors` (V, 3) float32.

    Args:
        path: Where to; the folder must exist.
        labels: What was found.
        provenance: Plain values that tell where the labels come from.
    """
    mesh = labels.mesh
    arrays: dict[str, Any] = {
        'vertices': mesh.vertices,
        'faces': mesh.faces,
        'masks': labels.face_masks,
        'scales': mask_scales(mesh, labels.face_masks),
        'provenance': np.array(json.dumps(provenance, sort_keys=True)),
    }
    if labels.face_part_ids is not None:
        arrays['labels'] = labels.face_part_ids
    if mesh.vertex_colors is not None:
        arrays['vertex_colors'] = mesh.vertex_colors
    unfinished = path.with_suffix('.unfinished')
    with unfinished.open('wb') as file:
        np.savez_compressed(file, **arrays)
    os.replace(unfinished, path)


def read_provenance(path: Path) -> dict[str, Any]:
    """Return where the labels in a file come from.

    Raises:
        InputError: the file does not say.
    """
    with np.load(path, allow_pickle=False) as file:
        if 'provenance' not in file.files:
            raise InputError(f'{path} has no provenance; no data engine wrote it')
        return json.loads(str(file['provenance']))
