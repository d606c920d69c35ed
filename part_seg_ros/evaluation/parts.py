# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Automatic evaluation: how well "segment every part" finds every true part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from part_seg_ros.config import check_limits, setting
from part_seg_ros.data.labeled_meshes import LabeledMesh
from part_seg_ros.data.mesh_sampling import sample_mesh
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.averages import mean_over_objects
from part_seg_ros.evaluation.datasets import LabeledObject
from part_seg_ros.evaluation.metrics import best_iou
from part_seg_ros.evaluation.true_parts import TruePart, true_parts
from part_seg_ros.evaluation.views import FULL, SeenObject, ViewConfig, see_object
from part_seg_ros.segmenter.mesh_parts import MeshSettings, SampledMesh
from part_seg_ros.segmenter.segment_all import SegmentAllSettings
from part_seg_ros.segmenter.segmenter import Segmenter

SCAN = tuple(round(0.1 * step, 1) for step in range(1, 11))
"""Granularities from which the best is taken for each object, where that is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsConfig:
    """Protocol of the automatic evaluation."""

    view: ViewConfig = field(default_factory=ViewConfig)
    settings: SegmentAllSettings | None = None
    scan: bool = setting(
        False,
        'For each object take the granularity, of 0.1 to 1 in steps of 0.1, whose segmentation has'
        ' the best mean IoU; the truth chooses it.',
    )
    on_mesh: bool = setting(
        False,
        'Segment the mesh, connectivity included, and carry the parts of its faces to the points.',
    )
    mesh: MeshSettings = field(default_factory=MeshSettings)

    def __post_init__(self) -> None:
        """Check that what is wanted goes together.

        Raises:
            InputError: a mesh seen by a camera.
        """
        check_limits(self)
        if self.on_mesh and self.view.view != FULL:
            raise InputError('a mesh is segmented as a whole; leave out --view or --mesh')


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFound:
    """A true part and how well it was found.

    Attributes:
        part: The true part.
        iou: Best IoU of it with any predicted part, 0 without one.
        num_found: Parts predicted on the whole object.
        granularity: At which it was segmented; NaN for the default.
    """

    part: TruePart
    iou: float
    num_found: int
    granularity: float = float('nan')


def evaluate_object(
    segmenter: Segmenter, obj: LabeledObject, config: PartsConfig
) -> list[PartFound]:
    """Segment an object and look for every true part that counts.

    Raises:
        InputError: a mesh is asked for and the object is none.
    """
    seen = see_object(obj, config.view)
    truth = true_parts(obj, seen.part_ids)
    best: list[PartFound] = []
    for granularity, part_ids in _segmented(segmenter, obj, seen, config):
        found = [
            PartFound(
                part=part,
                iou=best_iou(part_ids, seen.part_ids == part.part_id),
                num_found=len(np.unique(part_ids[part_ids >= 0])),
                granularity=granularity,
            )
            for part in truth
        ]
        if not best or sum(f.iou for f in found) > sum(f.iou for f in best):
            best = found
    return best


def _segmented(
    segmenter: Segmenter, obj: LabeledObject, seen: SeenObject, config: PartsConfig
) -> list[tuple[float, np.ndarray]]:
    """Return pairs of granularity, NaN for the default, and (N,) int32 part ids of the points."""
    granularities = SCAN if config.scan else (float('nan'),)
    if not config.on_mesh:
        encoded = segmenter.encode(seen.cloud)
        if config.scan:
            found = segmenter.segment_levels(encoded, SCAN, config.settings, nested=False)
        else:
            found = (segmenter.segment_all(encoded, config.settings),)
        return [(g, level.part_ids) for g, level in zip(granularities, found, strict=True)]
    if not isinstance(obj.shape, LabeledMesh):
        raise InputError(f'{obj.name} is no mesh; evaluate a folder of meshes or leave out --mesh')
    sampled = SampledMesh(segmenter, obj.shape.mesh, config.mesh)
    if config.scan:
        found = sampled.segment_levels(SCAN, config.settings, nested=False)
    else:
        found = (sampled.segment_all(config.settings),)
    face_idx = sample_mesh(obj.shape.mesh, config.view.num_points, config.view.seed)[1]
    return [(g, level.part_ids[face_idx]) for g, level in zip(granularities, found, strict=True)]


def summarize(results: Sequence[PartFound], config: PartsConfig) -> dict[str, float]:
    """Best IoU in percent and number of predicted parts, mean over parts, then over objects."""
    return {
        'best IoU': 100 * mean_over_objects(results, lambda r: r.iou),
        'found at 50': 100 * mean_over_objects(results, lambda r: float(r.iou >= 0.5)),
        'predicted parts': mean_over_objects(results, lambda r: r.num_found),
    }
