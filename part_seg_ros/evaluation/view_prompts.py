# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The protocol of GeoSAM2: true masks of the front view as prompts, what they find in 3D as parts.

Parts that the front does not show can be found by the search on the opposite view only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, cast

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.face_labels import fill_from_nearest
from part_seg_ros.segmenter.encoded_cloud import EncodedCloud
from part_seg_ros.segmenter.mesh_parts import SampledMesh
from part_seg_ros.segmenter.segmenter import Segmenter
from part_seg_ros.structures import MaskPrompt, PartSegmentation

FILLED, OPEN, REST = 'filled', 'open', 'rest'
VARIANTS = (FILLED, OPEN, REST)
"""What becomes of faces and points that no object covers: they take the part of their neighbours,
as after the post-processing of the release; they have none; or they are one more part. The paper
does not say which of them its figures count."""

_FRONT = 0
_SMALLEST = 64 / 1024**2  # share of the picture; smaller masks are dropped by the release's reader
_NUM_NEIGHBORS = 3


class Picture(Protocol):
    """A view of an encoded shape: its number, and (S, S) which point each pixel shows, -1 none."""

    view_idx: int
    point_idx: np.ndarray


class PromptedSystem(Protocol):
    """A system with `Capabilities.view_prompts`, as far as is asked of it here."""

    def view_pictures(self, embedding: Any) -> Sequence[Picture]:
        """Return the views that prompts may be on."""
        ...

    def segment_prompted(self, embedding: Any, prompts: Sequence[MaskPrompt]) -> PartSegmentation:
        """Find one object for each prompt, and perhaps more from behind."""
        ...


def front_masks(pictures: Sequence[Picture], part_ids: np.ndarray) -> list[MaskPrompt]:
    """Draw the true parts that the front view shows.

    Args:
        pictures: Views of a shape; without the front one there is no mask.
        part_ids: (N,) true part of each of its points, -1 where it is not known.

    Returns:
        A mask for each part by ascending id, without those smaller than 64 of 1024 x 1024 pixels.
    """
    for picture in pictures:
        if picture.view_idx == _FRONT:
            shown = np.where(picture.point_idx < 0, -1, part_ids[picture.point_idx])
            return [
                MaskPrompt(view_idx=_FRONT, mask=shown == part_id)
                for part_id in np.unique(shown[shown >= 0])
                if (shown == part_id).mean() >= _SMALLEST
            ]
    return []


def segment_cloud(
    segmenter: Segmenter, encoded: EncodedCloud, part_ids: np.ndarray, variant: str
) -> np.ndarray:
    """Segment a cloud by the true masks of its front view.

    Args:
        segmenter: Around a system with prompts on views.
        encoded: The cloud.
        part_ids: (N,) int32 true part of each of its points.
        variant: One of `VARIANTS`.

    Returns:
        (N,) int32 predicted parts.

    Raises:
        InputError: the system takes no prompts on views.
    """
    found = _prompted(segmenter, encoded, part_ids[encoded.network_idx])
    propagation = encoded.propagation
    labels = propagation.from_slots(propagation.labels_to_slots(found.part_ids))
    if variant == FILLED:
        labels = fill_from_nearest(labels, encoded.cloud.points, num_neighbors=_NUM_NEIGHBORS)
    return _with_rest(labels, variant)


def segment_mesh(
    segmenter: Segmenter, sampled: SampledMesh, face_part_ids: np.ndarray, variant: str
) -> np.ndarray:
    """Segment the faces of a mesh by the true masks of its front view.

    Args:
        segmenter: As for `segment_cloud`.
        sampled: The mesh, encoded whole or as points, which is tidied up where `variant` is
            `filled`.
        face_part_ids: (F,) int32 true part of each face.
        variant: One of `VARIANTS`.

    Returns:
        (F,) int32 predicted parts.

    Raises:
        InputError: the system takes no prompts on views, or none on meshes.
    """
    if sampled.encoded.mesh is None:
        raise InputError(f'{segmenter.system.name} looks at points; leave out --mesh')
    found = _prompted(segmenter, sampled.encoded, face_part_ids)
    if variant == FILLED:
        found = sampled.tidied(found)
    return _with_rest(found.part_ids, variant)


def _prompted(
    segmenter: Segmenter, encoded: EncodedCloud, part_ids: np.ndarray
) -> PartSegmentation:
    """Return what the masks find among the points that the network saw; (S,) their true parts."""
    if not segmenter.system.capabilities.view_prompts:
        raise InputError(
            f'{segmenter.system.name} takes no masks on views; take geosam2 or sam2_multiview'
        )
    system = cast('PromptedSystem', segmenter.system)
    masks = front_masks(system.view_pictures(encoded.embedding), part_ids)
    if not masks:
        return PartSegmentation(part_ids=np.full(len(part_ids), -1, np.int32), parts=())
    return system.segment_prompted(encoded.embedding, masks)


def _with_rest(labels: np.ndarray, variant: str) -> np.ndarray:
    rest = labels.max(initial=-1) + 1 if variant == REST else -1
    return np.where(labels < 0, rest, labels).astype(np.int32)
