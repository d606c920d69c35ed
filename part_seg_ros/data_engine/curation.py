# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""PartSAM's second stage: clusters of faces that a promptable model can find again by clicks."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from part_seg_ros.config import check_limits, setting, to_mapping
from part_seg_ros.data_engine.engine import Labels, UnsuitableShapeError, further_seed
from part_seg_ros.data_engine.face_clusters import check_backend, cluster_faces, connect
from part_seg_ros.data_engine.face_features import face_features, feature_field
from part_seg_ros.data_engine.native import kept_parts
from part_seg_ros.data_engine.native_parts import NativeParts, read_native_parts
from part_seg_ros.data_engine.part_rules import PartRules, has_fair_share, point_shares
from part_seg_ros.data_engine.provenance import segmenter_record
from part_seg_ros.evaluation.clicks import click_part
from part_seg_ros.evaluation.metrics import PARTSAM_CLICKS
from part_seg_ros.evaluation.simulated_users import correcting_user
from part_seg_ros.geometry.face_graph import build_face_graph
from part_seg_ros.geometry.surface_sampling import SurfaceSample, sample_surface
from part_seg_ros.segmenter import EncodedCloud, Segmenter
from part_seg_ros.structures import PointCloud


@dataclass(frozen=True, slots=True, kw_only=True)
class CurationSettings:
    """How masks are proposed and which are accepted.

    Source:
        PartSAM (arXiv 2509.21965), Sec. 3.5 and A.1.3, and its release.
    """

    rules: PartRules = field(default_factory=PartRules)
    cluster_counts: tuple[int, ...] = setting((10, 20, 30), 'Numbers of clusters of the faces.')
    samples_per_face: int = setting(10, 'Places on a face whose features are averaged.', minimum=1)
    num_clicks: int = setting(10, 'Simulated clicks on a mask.', minimum=1)
    first_iou: float = setting(
        0.60, 'A mask is accepted whose IoU after the first click is above this.'
    )
    last_iou: float = setting(
        0.90, 'A mask is accepted whose IoU after the last click is above this.'
    )
    min_masks: int = setting(6, 'Fewest accepted masks of a shape, equal ones counted.', minimum=1)

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)


class CurationEngine:
    """Labels shapes of too many native parts with a model in the loop.

    Source:
        PartSAM (arXiv 2509.21965), Sec. 3.5, second stage. The first click is the deepest point,
        as in the release. A shape goes to this stage if it has more native parts than the rules
        allow, specks counted, and the first stage does not take it.
    """

    name = 'partsam'

    def __init__(self, segmenter: Segmenter, settings: CurationSettings | None = None) -> None:
        """Take the model that proposes and judges.

        Args:
            segmenter: Its system gives features of points; see `feature_field`.
            settings: None for the defaults.

        Raises:
            BackendMissingError: scikit-learn is not installed.
        """
        check_backend()
        self.segmenter = segmenter
        self.settings = settings or CurationSettings()
        self.provenance: Mapping[str, Any] = {
            'settings': to_mapping(self.settings),
            **segmenter_record(segmenter),
        }

    def label(self, path: Path, seed: np.random.SeedSequence) -> Labels:
        """Label the shape in a file; see `Engine.label`."""
        settings = self.settings
        parts = read_native_parts(path)
        sample = sample_surface(parts.mesh, settings.rules.num_points, seed=seed)
        self._check_fragmented(parts, sample)
        cloud = PointCloud(points=sample.points, normals=sample.normals, colors=sample.colors)
        encoded = self.segmenter.encode(cloud)
        candidates = self._candidates(parts, encoded, np.random.default_rng(further_seed(seed, 0)))
        fair = has_fair_share(point_shares(candidates, sample.face_idx), settings.rules)
        candidates = candidates[fair]
        distinct, group = np.unique(candidates, axis=0, return_inverse=True)
        is_found = [self._is_found(encoded, mask[sample.face_idx]) for mask in distinct]
        masks = candidates[np.array(is_found, dtype=bool)[group.reshape(-1)]]
        if len(masks) < settings.min_masks:
            raise UnsuitableShapeError(
                f'{len(masks)} of {len(candidates)} masks were found again by clicks, wanted at'
                f' least {settings.min_masks}'
            )
        return Labels(mesh=parts.mesh, face_masks=masks)

    def _check_fragmented(self, parts: NativeParts, sample: SurfaceSample) -> None:
        rules = self.settings.rules
        if parts.num_parts <= rules.max_parts:
            raise UnsuitableShapeError(
                f'it has {parts.num_parts} native parts; clusters are for shapes with more than'
                f' {rules.max_parts}'
            )
        num_kept = len(kept_parts(parts, sample.face_idx, rules))
        if rules.min_parts <= num_kept <= rules.max_parts:
            raise UnsuitableShapeError(
                f'{num_kept} of its native parts are of fair size; its own labels do'
            )

    def _candidates(
        self, parts: NativeParts, encoded: EncodedCloud, rng: np.random.Generator
    ) -> np.ndarray:
        """Return (K, F) bool, the clusters of all granularities."""
        field = feature_field(self.segmenter.system, encoded.embedding)
        features = face_features(
            field, parts.mesh, rng, samples_per_face=self.settings.samples_per_face
        )
        pairs = connect(build_face_graph(parts.mesh))
        clusterings = cluster_faces(features, pairs, self.settings.cluster_counts)
        return np.concatenate(
            [labels == np.arange(labels.max() + 1)[:, None] for labels in clusterings]
        )

    def _is_found(self, encoded: EncodedCloud, target: np.ndarray) -> bool:
        """Say whether clicks on (N,) `target` find it, at once or in the end."""
        settings = self.settings
        user = correcting_user(encoded.cloud.points, target, PARTSAM_CLICKS)
        click = functools.partial(click_part, self.segmenter, encoded, target, user=user)
        if click(1).iou[0] > settings.first_iou:
            return True
        return click(settings.num_clicks).iou[-1] > settings.last_iou
