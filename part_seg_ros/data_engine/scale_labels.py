# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""S2AM3D's labels: parts by area, checked for quality, split where they do not hang together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from part_seg_ros.config import check_limits, setting, to_mapping
from part_seg_ros.data_engine.engine import Labels, UnsuitableShapeError
from part_seg_ros.data_engine.label_splitting import SplitSettings, face_labels, split_labels
from part_seg_ros.data_engine.native_parts import read_native_parts
from part_seg_ros.data_engine.quality import LearnedQuality, Quality
from part_seg_ros.geometry.surface_sampling import sample_surface


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleLabelSettings:
    """How labels are made."""

    num_points: int = setting(
        10_000, 'Points drawn from the surface, uniformly by area.', minimum=16
    )
    min_quality: float = setting(
        0.5, 'Least score of a shape, where there is a classifier.', minimum=0.0, maximum=1.0
    )
    split: SplitSettings = field(default_factory=SplitSettings)

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)


class ScaleLabelEngine:
    """Labels every face; the scale of a part is its share of the area, as `scales` of the file.

    Source:
        S2AM3D (arXiv 2512.00995), dataset construction, in the order of the paper: labels by
        surface area, quality filter, connectivity refinement. Where the parts come from is not
        said; here they are those of the file, as for PartSAM.
    """

    name = 's2am3d'

    def __init__(
        self, quality: Quality | None = None, settings: ScaleLabelSettings | None = None
    ) -> None:
        """Take what judges labels.

        Args:
            quality: Score of a shape; None to take every shape. No classifier is published, see
                `quality_training`.
            settings: None for the defaults.
        """
        self.quality = quality
        self.settings = settings or ScaleLabelSettings()
        self.provenance: Mapping[str, Any] = {
            'settings': to_mapping(self.settings),
            'quality': None if quality is None else type(quality).__name__,
            'quality_sha256': quality.weights_sha256
            if isinstance(quality, LearnedQuality)
            else '',
        }

    def label(self, path: Path, seed: np.random.SeedSequence) -> Labels:
        """Label the shape in a file; see `Engine.label`."""
        settings = self.settings
        parts = read_native_parts(path)
        sample = sample_surface(parts.mesh, settings.num_points, seed=seed)
        of_points = parts.face_part_ids[sample.face_idx]
        if self.quality is not None:
            score = self.quality(sample.points, of_points)
            if not score >= settings.min_quality:
                raise UnsuitableShapeError(
                    f'its labels score {score:.2f}, wanted at least {settings.min_quality:g}'
                )
        split = split_labels(sample.points, of_points, settings.split)
        labels = face_labels(
            parts.mesh, parts.face_part_ids, sample.points, sample.face_idx, split
        )
        if not labels.any():
            raise UnsuitableShapeError('it is one part')
        return Labels(mesh=parts.mesh, face_part_ids=labels)
