# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What others reach on the same objects, and what needs no method at all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from part_seg_ros.data.labeled_meshes import LabeledMesh
from part_seg_ros.data.mesh_sampling import sample_mesh
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.averages import grouped
from part_seg_ros.evaluation.comparisons import Comparison, beside_published
from part_seg_ros.evaluation.datasets import Dataset, LabeledObject
from part_seg_ros.evaluation.metrics import best_iou
from part_seg_ros.evaluation.parts import PartFound, PartsConfig, averages
from part_seg_ros.evaluation.true_parts import true_parts
from part_seg_ros.evaluation.views import ViewConfig, see_object
from part_seg_ros.geometry.face_graph import connected_faces

_FILE = 'baselines.json'
_FLOORS = ('floors_10k_points', 'auto_mIoU')
_NAME_LENGTH = 12
_MOST_COLUMNS = 12

Figures = Mapping[str, Mapping[str, float]]
"""{method: {object: mean best IoU of its true parts [%]}}."""


def read_published(folder: Path) -> Figures:
    """Read the figures of others that lie in a folder of objects as `baselines.json`.

    Returns:
        Methods by the name in the file: published ones on 20 000 sampled points, then floors on
        10 000; none where there is no such file.

    Raises:
        InputError: the file is no JSON or has another layout.
    """
    path = folder / _FILE
    if not path.is_file():
        return {}
    try:
        record = json.loads(path.read_text())
        found = {
            method: {name: float(value['points20k']) for name, value in entry['objects'].items()}
            for method, entry in record.get('published_methods', {}).items()
        }
        floors: Any = record.get(_FLOORS[0], record).get(_FLOORS[1], {})
        return found | {
            f'{method} (given)': dict(entry['objects']) for method, entry in floors.items()
        }
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f'{path} has another layout ({error!r}); mend or remove it') from error


def floors(dataset: Dataset, view: ViewConfig) -> Figures:
    """Measure what needs no method: one part over all, and the connected pieces of the mesh."""
    found: dict[str, dict[str, float]] = {'one part': {}, 'mesh pieces': {}}
    for obj in dataset.objects:
        found['one part'][obj.name] = _mean_iou(obj, view, np.zeros(view.num_points, np.int32))
        if isinstance(obj.shape, LabeledMesh):
            mesh = obj.shape.mesh
            face_idx = sample_mesh(mesh, view.num_points, view.seed)[1]
            found['mesh pieces'][obj.name] = _mean_iou(obj, view, connected_faces(mesh)[face_idx])
    return {method: figures for method, figures in found.items() if figures}


def of_results(results: Sequence[PartFound]) -> Mapping[str, float]:
    """Return the mean best IoU of each object [%]."""
    ious: dict[str, list[float]] = {}
    for result in results:
        ious.setdefault(result.part.object_name, []).append(100 * result.iou)
    return {name: float(np.mean(values)) for name, values in ious.items()}


def comparison(figures: Figures) -> dict[str, dict[str, float]]:
    """Lay methods side by side, the best mean first.

    Returns:
        {method: {'mean' or the begin of an object's name: figure}} over the objects that the first
        method has, NaN for figures that are missing; of more than twelve objects the mean alone.
    """
    names = list(next(iter(figures.values())))
    shown = names if len(names) <= _MOST_COLUMNS else []
    rows = {
        method: {'mean': float(np.mean([found.get(name, np.nan) for name in names]))}
        | {name[:_NAME_LENGTH]: found.get(name, np.nan) for name in shown}
        for method, found in figures.items()
    }
    return dict(sorted(rows.items(), key=lambda row: -row[1]['mean']))


def compare_parts(
    model: str,
    folder: Path,
    dataset: Dataset,
    config: PartsConfig,
    results: Sequence[PartFound],
) -> list[Comparison]:
    """Put the figures beside those of others on the same objects, and on the whole data set.

    Args:
        model: Name of our row.
        folder: Where the objects lie, perhaps with `baselines.json`.
        dataset: The objects.
        config: How they were segmented.
        results: What came of it.

    Raises:
        InputError: `baselines.json` has another layout.
    """
    name = model + (', mesh' if config.on_mesh else '') + (', scan' if config.scan else '')
    found = []
    published = read_published(folder)
    if published:
        rows = {name: of_results(results), **floors(dataset, config.view), **published}
        found.append(
            Comparison(
                title='figures of others on the same objects',
                remark='Best IoU of the true parts by point, mean per object. Figures of others'
                f' are those of {_FILE} in the folder.',
                rows=comparison(rows),
            )
        )
    return found + beside_published('parts', dataset.name, _our_rows(name, config, results))


def _our_rows(
    name: str, config: PartsConfig, results: Sequence[PartFound]
) -> dict[str, dict[str, dict[str, float]]]:
    """Return {row name: {way of averaging: {`mIoU` or a kind of objects: figure [%]}}}."""
    groups = {'mIoU': list(results), **grouped(results, lambda result: result.part.kind)}
    means = {column: averages(members, config) for column, members in groups.items()}
    ways = means['mIoU']
    return {
        f'{name}, {counted}': {
            way: {column: of_group[way][counted] for column, of_group in means.items()}
            for way in ways
        }
        for counted in next(iter(ways.values()))
    }


def _mean_iou(obj: LabeledObject, view: ViewConfig, part_ids: np.ndarray) -> float:
    seen = see_object(obj, view)
    ious = [
        best_iou(part_ids, seen.part_ids == part.part_id)
        for part in true_parts(obj, seen.part_ids)
    ]
    return 100 * float(np.mean(ious))
