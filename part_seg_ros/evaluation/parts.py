# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Automatic evaluation: how well "segment every part" finds every true part."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from part_seg_ros.config import check_limits, setting
from part_seg_ros.data.labeled_meshes import LabeledMesh
from part_seg_ros.data.mesh_sampling import sample_mesh
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.averages import averages_of, mean_over_objects, mean_over_parts
from part_seg_ros.evaluation.datasets import LabeledObject
from part_seg_ros.evaluation.metrics import best_iou
from part_seg_ros.evaluation.true_parts import TruePart, true_parts
from part_seg_ros.evaluation.view_prompts import VARIANTS, segment_cloud, segment_mesh
from part_seg_ros.evaluation.views import FULL, SeenObject, ViewConfig, see_object
from part_seg_ros.geometry.surface_sampling import face_normals
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
    front_masks: str = setting(
        '',
        'Prompt the true masks of the front view, as GeoSAM2 is evaluated; points that no mask'
        ' reaches are filled, left open, or the rest. Empty to let every part be found.',
        choices=('', *VARIANTS),
    )
    mesh: MeshSettings = field(default_factory=MeshSettings)

    def __post_init__(self) -> None:
        """Check that what is wanted goes together.

        Raises:
            InputError: a mesh seen by a camera, or masks with thresholds or granularities.
        """
        check_limits(self)
        if self.front_masks and (self.scan or self.settings is not None):
            raise InputError(
                'masks of the front view have no granularities and thresholds; leave out --scan'
                ' and --num-prompts'
            )
        if self.on_mesh and self.view.view != FULL:
            raise InputError('a mesh is segmented as a whole; leave out --view or --mesh')


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFound:
    """A true part and how well it was found.

    Attributes:
        part: The true part.
        iou: Best IoU of it with any predicted part, 0 without one, counted in points; where those
            are drawn evenly by area, this is what it is by area.
        num_found: Parts predicted on the whole object.
        granularity: At which it was segmented; NaN for the default.
        any_scale_iou: Best IoU with a predicted part of any granularity that was tried.
        face_iou: As `iou`, every face of the mesh counting alike; NaN without a mesh.
        area_iou: As `face_iou`, faces counting by their area; NaN without a mesh.
        encode_ms: Time that encoding the object took [ms], NaN where it is not known.
        segment_ms: Time of finding every part, at all granularities tried [ms], as `encode_ms`.
    """

    part: TruePart
    iou: float
    num_found: int
    granularity: float = float('nan')
    any_scale_iou: float = float('nan')
    face_iou: float = float('nan')
    area_iou: float = float('nan')
    encode_ms: float = field(default=float('nan'), compare=False)
    segment_ms: float = field(default=float('nan'), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Faces:
    """Faces of a labelled mesh and what was predicted of them.

    Attributes:
        true_ids: (F,) int32 true part.
        part_ids: (F,) int32 predicted part.
        areas: (F,) float64 [m^2].
    """

    true_ids: np.ndarray
    part_ids: np.ndarray
    areas: np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Level:
    """A segmentation at one granularity, NaN for the default.

    Attributes:
        part_ids: (N,) int32 predicted part of every seen point.
        faces: What was predicted of the mesh, where that was segmented.
    """

    granularity: float
    part_ids: np.ndarray
    faces: _Faces | None = None


def evaluate_object(
    segmenter: Segmenter, obj: LabeledObject, config: PartsConfig
) -> list[PartFound]:
    """Segment an object and look for every true part that counts.

    Raises:
        InputError: a mesh is asked for and the object is none.
    """
    seen = see_object(obj, config.view)
    truth = true_parts(obj, seen.part_ids)
    start = time.perf_counter()
    encode_ms, levels = _segmented(segmenter, obj, seen, config)
    segment_ms = 1e3 * (time.perf_counter() - start) - encode_ms
    found = [[_look_for(part, seen, level) for part in truth] for level in levels]
    return [
        dataclasses.replace(
            part,
            any_scale_iou=max(parts[i].iou for parts in found),
            encode_ms=encode_ms,
            segment_ms=segment_ms,
        )
        for i, part in enumerate(found[_best_idx(found)])
    ]


def segment_object(
    segmenter: Segmenter, obj: LabeledObject, config: PartsConfig
) -> tuple[SeenObject, np.ndarray]:
    """Segment an object once more, to look at what `evaluate_object` measured.

    Returns:
        The seen object and the (N,) int32 predicted part of each of its points, -1 for none.

    Raises:
        InputError: as `evaluate_object`.
    """
    seen = see_object(obj, config.view)
    truth = true_parts(obj, seen.part_ids)
    levels = _segmented(segmenter, obj, seen, config)[1]
    found = [[_look_for(part, seen, level) for part in truth] for level in levels]
    return seen, levels[_best_idx(found)].part_ids


def _best_idx(found: list[list[PartFound]]) -> int:
    """Return the first of the granularities at which the parts are found best."""
    sums = [sum(part.iou for part in parts) for parts in found]
    return sums.index(max(sums))


def _look_for(part: TruePart, seen: SeenObject, level: _Level) -> PartFound:
    found = PartFound(
        part=part,
        iou=best_iou(level.part_ids, seen.part_ids == part.part_id),
        num_found=len(np.unique(level.part_ids[level.part_ids >= 0])),
        granularity=level.granularity,
    )
    if level.faces is None:
        return found
    faces = level.faces
    target = faces.true_ids == part.part_id
    return dataclasses.replace(
        found,
        face_iou=best_iou(faces.part_ids, target),
        area_iou=best_iou(faces.part_ids, target, faces.areas),
    )


def _segmented(
    segmenter: Segmenter, obj: LabeledObject, seen: SeenObject, config: PartsConfig
) -> tuple[float, list[_Level]]:
    """Return the time of encoding [ms] and what was found at each granularity."""
    granularities = SCAN if config.scan else (float('nan'),)
    if not config.on_mesh:
        encoded = segmenter.encode(seen.cloud)
        if config.front_masks:
            part_ids = segment_cloud(segmenter, encoded, seen.part_ids, config.front_masks)
            return encoded.encode_ms, [_Level(granularity=granularities[0], part_ids=part_ids)]
        if config.scan:
            found = segmenter.segment_levels(encoded, SCAN, config.settings, nested=False)
        else:
            found = (segmenter.segment_all(encoded, config.settings),)
        return encoded.encode_ms, [
            _Level(granularity=granularity, part_ids=level.part_ids)
            for granularity, level in zip(granularities, found, strict=True)
        ]
    if not isinstance(obj.shape, LabeledMesh):
        raise InputError(f'{obj.name} is no mesh; evaluate a folder of meshes or leave out --mesh')
    mesh = obj.shape.mesh
    sampled = SampledMesh(segmenter, mesh, config.mesh)
    if config.front_masks:
        true_ids = obj.shape.face_part_ids
        labels = [segment_mesh(segmenter, sampled, true_ids, config.front_masks)]
    elif config.scan:
        levels = sampled.segment_levels(SCAN, config.settings, nested=False)
        labels = [level.part_ids for level in levels]
    else:
        labels = [sampled.segment_all(config.settings).part_ids]
    face_idx = sample_mesh(mesh, config.view.num_points, config.view.seed)[1]
    areas = face_normals(mesh.vertices.astype(np.float64)[mesh.faces])[1]
    return sampled.encoded.encode_ms, [
        _Level(
            granularity=granularity,
            part_ids=part_ids[face_idx],
            faces=_Faces(true_ids=obj.shape.face_part_ids, part_ids=part_ids, areas=areas),
        )
        for granularity, part_ids in zip(granularities, labels, strict=True)
    ]


def summarize(results: Sequence[PartFound], config: PartsConfig) -> dict[str, float]:
    """Average over parts and objects; percentages but for the number of parts.

    Returns:
        - `mIoU per object`: best IoU of the true parts, mean over the parts of an object, then
          over objects;
        - `mIoU per part`: the same, mean over all parts alike;
        - `recall@25`, `recall@50`: share of the true parts of an object found with at least that
          IoU, mean over objects;
        - `predicted parts`: of an object, mean over objects.
    """
    return {
        'mIoU per object': 100 * mean_over_objects(results, lambda r: r.iou),
        'mIoU per part': 100 * mean_over_parts(results, lambda r: r.iou),
        'recall@25': 100 * mean_over_objects(results, lambda r: float(r.iou >= 0.25)),
        'recall@50': 100 * mean_over_objects(results, lambda r: float(r.iou >= 0.5)),
        'predicted parts': mean_over_objects(results, lambda r: r.num_found),
    }


def averages(results: Sequence[PartFound], config: PartsConfig) -> dict[str, dict[str, float]]:
    """Mean best IoU in percent, averaged in every way of `averages_of`.

    Returns:
        Columns `by point`; `by point, any scale` where granularities were tried: for each true
        part the best of them all, as the evaluation of methods with several scales is published
        (PartSAM, Zhu et al. 2025, Sec. 4.2), where `by point` has one granularity an object;
        `by face` and `by area` where meshes were segmented.
    """
    values: dict[str, Callable[[PartFound], float]] = {'by point': lambda r: 100 * r.iou}
    if config.scan:
        values['by point, any scale'] = lambda r: 100 * r.any_scale_iou
    if config.on_mesh:
        values |= {'by face': lambda r: 100 * r.face_iou, 'by area': lambda r: 100 * r.area_iou}
    return averages_of(results, values)
