# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""PartSAM behind the common protocol."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from part_seg_ros.layers.product_neighbors import group_by_products
from part_seg_ros.models.click_system import ClickState, ClickSystem
from part_seg_ros.models.part_masks import (
    Progress,
    as_segmentation,
    never,
    paint,
    silent,
)
from part_seg_ros.models.partsam.config import PartSamConfig, PreparationSettings
from part_seg_ros.models.partsam.face_labels import label_faces
from part_seg_ros.models.partsam.model import EncodedShape, PartSamNet
from part_seg_ros.models.partsam.preparation import PreparedShape, prepare_cloud, prepare_mesh
from part_seg_ros.models.partsam.segment_every import find_masks
from part_seg_ros.models.partsam.segmentation_settings import SegmentEverySettings
from part_seg_ros.models.precision import inference
from part_seg_ros.models.system import Capabilities, Embedding
from part_seg_ros.structures import Mesh, PartSegmentation, PointCloud

# More prompts at once take more time each, since what they compute outgrows the cache.
_PROMPTS_AT_ONCE_CPU = 8


class PartSamSystem(ClickSystem[PartSamNet, PreparationSettings]):
    """PartSAM on clouds, and on meshes by sampling them.

    Coordinates keep their axes: training turned its objects, which stand y up, by up to a quarter
    turn about every axis. One click without a previous mask may mean several parts: it gets three
    candidates. Several clicks, or a previous mask, get one answer.
    """

    name = 'partsam'
    settings_type = PreparationSettings
    capabilities = Capabilities(needs_colors=True, needs_normals=True, own_segmentation=True)
    prompts_at_once = _PROMPTS_AT_ONCE_CPU

    @property
    def config(self) -> PartSamConfig:
        """Sizes of the network."""
        return self.net.config

    def encode(self, shape: PointCloud | Mesh) -> Embedding:
        """Encode a cloud of N >= 16 finite points, or a mesh by points on it; see `System.encode`.

        Clouds of fewer than 2000 points get fewer patches, which the release does not do. The
        features of a point depend on all others, by their number too: instance norms take the
        statistics of the cloud.

        Raises:
            InputError: too few points, one that is not finite, all in one place, or a mesh without
                area.
        """
        if isinstance(shape, Mesh):
            prepared = prepare_mesh(shape, self.config, self.settings)
        else:
            prepared = prepare_cloud(shape, self.config, self.settings)
        encoded = self._encode(prepared)
        return Embedding(
            points=prepared.points,
            point_features=encoded.part_features[0].float().cpu().numpy(),
            state=ClickState(encoded=encoded, frame=prepared.fit),
            num_bytes=encoded.num_bytes,
            face_idx=prepared.face_idx,
        )

    def _encode(self, prepared: PreparedShape) -> EncodedShape:
        coords = self._tensor(prepared.coords)
        with inference(self.settings):
            return self.net.encode(
                coords,
                self._tensor(prepared.colors),
                self._tensor(prepared.normals),
                group_by_products(
                    coords,
                    torch.from_numpy(prepared.center_idx)[None].to(self.device),
                    min(self.config.patch_size, coords.shape[1]),
                ),
            )

    def _is_unclear(self, num_clicks: int, previous: np.ndarray | None) -> bool:
        return previous is None and num_clicks == 1

    def segment_all(
        self,
        embedding: Embedding,
        settings: SegmentEverySettings | None = None,
        *,
        progress: Progress = silent,
        should_stop: Callable[[], bool] = never,
    ) -> PartSegmentation:
        """Find every part; see `SegmentingSystem.segment_all` and `find_masks`.

        Args:
            embedding: From `encode`.
            settings: Thresholds; None for those of the release.
            progress: Told the share done in [0, 1] and the number of masks kept so far.
            should_stop: Asked before every batch of clicks.

        Returns:
            Part ids of the embedding's points, -1 where no mask covers; parts from large to small.

        Raises:
            CanceledError: `should_stop` returned True.
        """
        found = find_masks(
            self,
            embedding,
            settings or SegmentEverySettings(),
            progress=progress,
            should_stop=should_stop,
        )
        return as_segmentation(paint(found.masks), found, np.arange(len(found)))

    def segment_faces(
        self,
        mesh: Mesh,
        embedding: Embedding,
        settings: SegmentEverySettings | None = None,
        *,
        progress: Progress = silent,
        should_stop: Callable[[], bool] = never,
    ) -> PartSegmentation:
        """Find every part of a mesh; see `label_faces`.

        Args:
            mesh: The mesh.
            embedding: From `encode` of this mesh.
            settings: As for `segment_all`.
            progress: As for `segment_all`.
            should_stop: As for `segment_all`.

        Returns:
            Part ids of the F faces, in the place of points; all -1 where no mask is good enough.

        Raises:
            CanceledError: `should_stop` returned True.
            InputError: the embedding is of a cloud.
        """
        face_idx = embedding.check_faces()
        settings = settings or SegmentEverySettings()
        found = find_masks(self, embedding, settings, progress=progress, should_stop=should_stop)
        of_faces = label_faces(mesh, face_idx, paint(found.masks), settings)
        return as_segmentation(of_faces.labels, found, of_faces.source)


def random_system(
    config: PartSamConfig,
    device: str,
    *,
    name: str = 'partsam-tiny',
    seed: int = 0,
    settings: PreparationSettings | None = None,
) -> PartSamSystem:
    """Build a system with random weights, the same for the same seed; to test and to time."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return PartSamSystem(PartSamNet(config), device, name=name, settings=settings)
