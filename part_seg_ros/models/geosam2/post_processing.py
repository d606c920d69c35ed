# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Tidying up the labels of a mesh's faces. Source: the release of GeoSAM2."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from part_seg_ros.geometry.face_graph import FaceGraph, build_face_graph
from part_seg_ros.geometry.face_labels import (
    NO_LABEL,
    drop_small_pieces,
    fill_from_nearest,
    fill_from_neighbors,
)
from part_seg_ros.structures import Mesh, PartSegmentation

SMALL_SHARE = 0.02
_MAX_SWEEPS = 64
_NUM_NEIGHBORS = 3


def tidy_parts(
    found: PartSegmentation, mesh: Mesh, small_share: float = SMALL_SHARE
) -> PartSegmentation:
    """Return the parts of a mesh's faces without small pieces and without holes; see `tidy`."""
    labels = tidy(found.part_ids, build_face_graph(mesh), small_share)
    return replace(found, part_ids=labels.astype(np.int32))


def tidy(labels: np.ndarray, graph: FaceGraph, small_share: float = SMALL_SHARE) -> np.ndarray:
    """Remove small pieces and give every face a label.

    Args:
        labels: (F,) integer, -1 for none.
        graph: Of the mesh.
        small_share: See `drop_small_pieces`.

    Returns:
        (F,) labels; -1 only if there is no label at all.
    """
    kept = drop_small_pieces(labels, graph.pairs, graph.areas, small_share)
    grown = fill_from_neighbors(kept, graph.pairs, ignored=NO_LABEL, max_sweeps=_MAX_SWEEPS)
    return fill_from_nearest(grown, graph.centroids, num_neighbors=_NUM_NEIGHBORS)
