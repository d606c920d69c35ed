# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Batches of both stages of S2AM3D's training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import torch
from torch import Tensor

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.cube_fit import fit_cube
from part_seg_ros.models.s2am3d.point_feature import point_feature
from part_seg_ros.training.cloud_sources import (
    MAX_DRAWS,
    CloudSource,
    MaskedCloud,
    cloud_generators,
)
from part_seg_ros.training.distributed import ProcessRank
from part_seg_ros.training.s2am3d_config import S2am3dTraining
from part_seg_ros.training.tensor_records import moved


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NetworkCloud:
    """A cloud as the encoder takes it.

    Attributes:
        coords: (1, N, 3) float32, the longest side of the bounding box from -1 to 1.
        point_feature: (1, N, 3) float32.
    """

    coords: Tensor
    point_feature: Tensor


CloudT = TypeVar('CloudT', bound=NetworkCloud)
ConfigT = TypeVar('ConfigT', bound=S2am3dTraining)

Preparation = Callable[[ConfigT, MaskedCloud, np.random.Generator], CloudT | None]
"""What a stage makes of a cloud; None where the cloud has nothing to learn from."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CloudBatch(Generic[CloudT]):
    """A process's share of a batch.

    Attributes:
        clouds: Prepared for a stage; at least one.
    """

    clouds: tuple[CloudT, ...]

    def to(self, device: str) -> CloudBatch[CloudT]:
        """Move to a device."""
        return CloudBatch(clouds=tuple(moved(cloud, device) for cloud in self.clouds))


def draw_batch(
    prepare: Preparation[ConfigT, CloudT],
    config: ConfigT,
    source: CloudSource,
    index: int,
    process: ProcessRank,
) -> CloudBatch[CloudT]:
    """Make a process's share of a batch; a cloud is the same however many processes there are.

    Args:
        prepare: What the stage makes of a cloud.
        config: The run.
        source: Of clouds.
        index: Of the batch, from 0.
        process: Whose share.

    Raises:
        ConfigError: the clouds of a batch cannot be shared out evenly.
        InputError: hardly any cloud of the source can be learned from.
    """
    rngs = cloud_generators(config, index, process)
    return CloudBatch(clouds=tuple(_draw(prepare, config, source, rng) for rng in rngs))


def _draw(
    prepare: Preparation[ConfigT, CloudT],
    config: ConfigT,
    source: CloudSource,
    rng: np.random.Generator,
) -> CloudT:
    for _ in range(MAX_DRAWS):
        prepared = prepare(config, source.draw(config.num_points, rng), rng)
        if prepared is not None:
            return prepared
    raise InputError(
        f'none of {MAX_DRAWS} clouds showed two labelled parts; give objects with labels of them'
    )


def network_input(config: S2am3dTraining, cloud: MaskedCloud) -> dict[str, Tensor]:
    """Return the fields of `NetworkCloud`, as the system would encode the cloud."""
    coords = fit_cube(cloud.points, 1.0).apply(cloud.points)
    beside = point_feature(config.point_feature, coords, cloud.colors)
    return {
        'coords': torch.from_numpy(coords)[None],
        'point_feature': torch.from_numpy(beside)[None],
    }
