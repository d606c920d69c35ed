# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Writing a segmentation beside or instead of its cloud."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from part_seg_ros.data.files import CloudFile, write_cloud
from part_seg_ros.errors import InputError
from part_seg_ros.structures import PartSegmentation, SegmentedPart

RESULT_SUFFIXES = ('.ply', '.npz', '.json')


def check_result_path(path: str | Path) -> Path:
    """Return `path` if a result can be written there; call it before the long work.

    Raises:
        InputError: the suffix is none of `RESULT_SUFFIXES`.
    """
    path = Path(path)
    if path.suffix.lower() not in RESULT_SUFFIXES:
        raise InputError(
            f'{path}: a result must end in {", ".join(RESULT_SUFFIXES)}, got {path.suffix!r}'
        )
    return path


def write_segmentation(path: str | Path, file: CloudFile, segmentation: PartSegmentation) -> None:
    """Write the parts of a cloud.

    Args:
        path: .ply (the cloud with a property `part_id`), .npz (the cloud with `part_ids`, see
            `part_seg_ros.data.files`) or .json (the parts alone, each with its point indices into
            the cloud). Missing folders are made.
        file: The cloud that was segmented.
        segmentation: Part ids of all its points.

    Raises:
        InputError: an unknown suffix, or part ids of another cloud.
    """
    path = check_result_path(path)
    labelled = replace(file, part_ids=segmentation.part_ids)
    if path.suffix.lower() != '.json':
        write_cloud(path, labelled)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    parts = [
        part_summary(part)
        | {'point_indices': np.flatnonzero(segmentation.part_ids == part.part_id).tolist()}
        for part in segmentation.parts
    ]
    summary = {
        'num_points': len(file.cloud),
        'frame_id': file.cloud.frame_id,
        'parts': parts,
    }
    path.write_text(json.dumps(summary, indent=1))


def part_summary(part: SegmentedPart) -> dict[str, Any]:
    """Return a part as plain values.

    Returns:
        `part_id`, `name`, `name_probability`, `score`; where known `prompt_coord` [m] and `box`
        with `center` [m], `axes` (three unit vectors) and `size` along them [m].
    """
    summary: dict[str, Any] = {
        'part_id': part.part_id,
        'name': part.name,
        'name_probability': round(float(part.name_probability), 4),
        'score': round(float(part.score), 4),
    }
    if part.box is not None:
        summary['box'] = {
            'center': np.asarray(part.box.center).tolist(),
            'axes': np.asarray(part.box.axes).T.tolist(),
            'size': np.asarray(part.box.size).tolist(),
        }
    if part.prompt_coord is not None:
        summary['prompt_coord'] = np.asarray(part.prompt_coord, dtype=float).tolist()
    return summary
