# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Point-SAM behind the common protocol."""

from __future__ import annotations

import numpy as np
import torch

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.patches import find_patches
from part_seg_ros.layers.grouping import group_points
from part_seg_ros.layers.row_mixing import mix_rows
from part_seg_ros.models.click_system import ClickState, ClickSystem
from part_seg_ros.models.point_sam.config import PointSamConfig
from part_seg_ros.models.point_sam.model import PointSamNet
from part_seg_ros.models.point_sam.preparation import (
    PointSamSettings,
    network_colors,
    place,
)
from part_seg_ros.models.precision import inference
from part_seg_ros.models.system import Capabilities, Embedding
from part_seg_ros.structures import Mesh, PointCloud


class PointSamSystem(ClickSystem[PointSamNet, PointSamSettings]):
    """Coloured points in, masks out.

    A first prompt gets three candidates; a refinement, which brings the mask of the answer before,
    gets one.
    """

    name = 'point_sam'
    settings_type = PointSamSettings
    capabilities = Capabilities(needs_colors=True)

    def encode(self, shape: PointCloud | Mesh) -> Embedding:
        """Encode a cloud of N >= 3 finite points; see `System.encode`.

        The first point is the first patch centre, so the order of the points matters a little.

        Returns:
            The embedding; its point features are the vectors of the three nearest patches,
            weighted as for the masks.

        Raises:
            InputError: a mesh, too few points, or a non-finite one.
        """
        if not isinstance(shape, PointCloud):
            raise InputError(f'{self.name} takes point clouds; sample the mesh first')
        placement = place(shape.points, self.settings)
        points = placement.apply(shape.points)
        patches = find_patches(points, *self.settings.patches_for(len(points)))
        groups = group_points(self._tensor(points), [patches])
        colors = self._tensor(network_colors(shape.colors, len(points)))
        with inference(self.settings):
            encoded = self.net.encode(colors, groups)
            features = mix_rows(encoded.patches, groups.interp_idx, groups.interp_weights)
        return Embedding(
            points=shape.points,
            point_features=features[0].cpu().numpy(),
            state=ClickState(encoded=encoded, frame=placement),
            num_bytes=encoded.num_bytes,
        )

    def _is_unclear(self, num_clicks: int, previous: np.ndarray | None) -> bool:
        return previous is None


def random_system(
    config: PointSamConfig,
    device: str,
    *,
    name: str = 'point_sam-tiny',
    seed: int = 0,
    settings: PointSamSettings | None = None,
) -> PointSamSystem:
    """Build a system with random weights, the same for the same seed; to test and to time."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return PointSamSystem(PointSamNet(config), device, name=name, settings=settings)
