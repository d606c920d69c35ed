# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Stage 1 of S2AM3D's training: features of points that are alike within a part.

The paper distils a 2D model into the planes beside this, by views rendered from them. Which
features, renderer and weights it takes is not known to us, so that the 2D knowledge is that of the
PartField weights which the encoder starts from.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from part_seg_ros.models.partfield_weights import load_partfield
from part_seg_ros.models.s2am3d.config import PRESETS
from part_seg_ros.models.s2am3d.encoder import S2am3dEncoder
from part_seg_ros.training.cloud_sources import MaskedCloud
from part_seg_ros.training.s2am3d_clouds import (
    CloudBatch,
    NetworkCloud,
    network_input,
)
from part_seg_ros.training.s2am3d_config import (
    S2am3dEncoderTraining,
    S2am3dTinyEncoderTraining,
)
from part_seg_ros.training.s2am3d_losses import part_contrast
from part_seg_ros.training.s2am3d_stage import S2am3dStage

__all__ = ['S2am3dEncoderRecipe', 'S2am3dEncoderTraining', 'S2am3dTinyEncoderTraining']


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ContrastCloud(NetworkCloud):
    """A cloud and the points of it that are compared.

    Attributes:
        rows: (X,) int64 points.
        part_ids: (X,) int64 their parts, at least two, one of them with several points.
    """

    rows: Tensor
    part_ids: Tensor


class S2am3dEncoderRecipe(S2am3dStage[S2am3dEncoderTraining, S2am3dEncoder, ContrastCloud]):
    """The encoder, trained by contrast inside one object; stage 2 starts from its weights.

    Source:
        S2AM3D (arXiv 2512.00995), point-consistent part encoder.
    """

    weights_name = 's2am3d_encoder.safetensors'

    def __init__(self, config: S2am3dEncoderTraining, *, init: Path | None = None) -> None:
        """Build the encoder, from a file of PartField or of this encoder, or at random.

        Raises:
            CheckpointError: `init` does not fit.
            InputError: the folder of meshes is missing or empty.
        """
        torch.manual_seed(config.seed)
        net = S2am3dEncoder(PRESETS[config.preset].trunk)
        if init is not None:
            load_partfield(net, init)
        super().__init__(config, net, net, contrast_cloud)

    def learn(
        self, batch: CloudBatch[ContrastCloud], generator: torch.Generator
    ) -> dict[str, float]:
        """Learn from one cloud after the other; nothing of this is random.

        Returns:
            `loss`, and `nearest_same`, the share of the points whose most similar one is of their
            part.
        """
        losses, nearest = [], []
        for cloud in batch.clouds:
            with self.precision():
                features = compared_features(self.net, cloud)
            loss = part_contrast(features.float(), cloud.part_ids, self.config.temperature)
            (loss / len(batch.clouds)).backward()
            losses.append(loss.item())
            nearest.append(nearest_same(features.detach().float(), cloud.part_ids))
        return {'loss': float(np.mean(losses)), 'nearest_same': float(np.mean(nearest))}


def contrast_cloud(
    config: S2am3dEncoderTraining, cloud: MaskedCloud, rng: np.random.Generator
) -> ContrastCloud | None:
    """Choose the points that are compared; None where they would not show two parts."""
    known = np.flatnonzero(cloud.part_ids >= 0)
    rows = rng.permutation(known)[: config.contrast_points]
    part_ids = cloud.part_ids[rows].astype(np.int64)
    counts = np.unique(part_ids, return_counts=True)[1]
    if len(counts) < 2 or counts.max() < 2:
        return None
    return ContrastCloud(
        **network_input(config, cloud),
        rows=torch.from_numpy(rows),
        part_ids=torch.from_numpy(part_ids),
    )


def compared_features(net: S2am3dEncoder, cloud: ContrastCloud) -> Tensor:
    """Encode all points, and read the (X, C) features of those that are compared."""
    points = net.point_features(cloud.coords, cloud.point_feature)
    hidden = net.unet_hidden(net.scatter(points, cloud.coords))
    return net.read(hidden, cloud.coords[:, cloud.rows])[0]


def nearest_same(features: Tensor, part_ids: Tensor) -> float:
    """Share of the (X, C) points whose most similar other point is of their part."""
    unit = nn.functional.normalize(features, dim=-1)
    nearest = (unit @ unit.T).fill_diagonal_(-torch.inf).argmax(-1)
    return (part_ids[nearest] == part_ids).float().mean().item()
