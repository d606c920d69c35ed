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

from part_seg_ros.data_engine.engine import Labels
from part_seg_ros.errors import InputError
from part_seg_ros.geometry.surface_sampling import face_normals


def write_labels(path: Path, labels: Labels, provenance: Mapping[str, Any]) -> None:
    """Write labels to a `.npz`; a reader sees the whole file or none.

    The file has `vertices` (V, 3) float32, `faces` (F, 3) int32, `labels` (F,) int32 or `masks`
    (M, F) bool, `scales` float32 (share of the area of each label or mask), `provenance` (a JSON
    string), and perhaps `vertex_colors` (V, 3) float32.

    Args:
        path: Where to; the folder must exist.
        labels: What was found.
        provenance: Plain values that tell where the labels come from.
    """
    mesh = labels.mesh
    areas = face_normals(mesh.vertices.astype(np.float64)[mesh.faces])[1]
    optional = {
        'labels': labels.face_part_ids,
        'masks': labels.face_masks,
        'vertex_colors': mesh.vertex_colors,
    }
    arrays: dict[str, Any] = {
        'vertices': mesh.vertices,
        'faces': mesh.faces,
        'scales': (labels.parts @ (areas / areas.sum())).astype(np.float32),
        'provenance': np.array(json.dumps(provenance, sort_keys=True)),
        **{name: array for name, array in optional.items() if array is not None},
    }
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
