# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Training batches: clouds with masks and first clicks, and clouds that teach names alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from part_seg_ros.data.procedural import random_object
from part_seg_ros.data.procedural.families.vocabulary import part_name_index
from part_seg_ros.models.compact.preparation import Neighborhoods, find_neighborhoods
from part_seg_ros.training.config import TrainConfig
from part_seg_ros.training.distributed import ProcessRank, own_share
from part_seg_ros.training.posed_cloud import PosedCloud, make_cloud
from part_seg_ros.training.targets import choose_masks, first_click, supervised_rows


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TrainingBatch:
    """Clouds of one step.

    Attributes:
        prompted: Tensors of the clouds that are clicked.
        named: Those of the clouds that teach names and embedding alone; None without any.
    """

    prompted: dict[str, Tensor]
    named: dict[str, Tensor] | None

    def to(self, device: str) -> TrainingBatch:
        """Move to a device."""
        prompted, named = (
            clouds and {key: value.to(device) for key, value in clouds.items()}
            for clouds in (self.prompted, self.named)
        )
        assert prompted is not None
        return TrainingBatch(prompted=prompted, named=named)


def _cloud_arrays(cloud: PosedCloud, tables: Neighborhoods) -> dict[str, np.ndarray]:
    """Tables of a cloud, and part, group and name at its anchors."""
    groups = np.array([*(part.group for part in cloud.obj.parts), -1])
    names = np.array([*(part_name_index(part.name) for part in cloud.obj.parts), -1])
    anchor_parts = cloud.part_ids[tables.anchor_idx]
    return {
        'points': cloud.points,
        'normals': cloud.normals,
        'rows': tables.rows,
        'near_idx': tables.near_idx,
        'wide_idx': tables.wide_idx,
        'patch_idx': tables.patch_idx,
        'interp_idx': tables.interp_idx,
        'interp_weights': tables.interp_weights,
        'anchor_parts': anchor_parts.astype(np.int64),
        'anchor_groups': groups[anchor_parts].astype(np.int64),
        'anchor_names': names[anchor_parts].astype(np.int64),
    }


def prompted_sample(
    config: TrainConfig, num_points: int, rng: np.random.Generator
) -> dict[str, np.ndarray] | None:
    """Make a cloud with its masks and first clicks; None when it shows fewer than two parts."""
    sample, model = config.sample, config.model
    obj = random_object(rng, free_share=sample.free_share, composite=sample.composite)
    cloud = make_cloud(config, obj, num_points, rng)
    masks = [] if cloud is None else cloud.obj.masks(cloud.part_ids)
    if cloud is None or not masks:
        return None
    points = cloud.points
    chosen = choose_masks(masks, cloud.part_ids, sample.num_masks, rng)
    targets = np.stack([mask for _, _, mask in chosen])
    extra, density = supervised_rows(
        points, targets, model.num_anchors, sample.points_per_mask, rng
    )
    anchors_for_depth = rng.choice(len(points), min(1024, len(points)), replace=False)
    clicks = [first_click(points, mask, anchors_for_depth, rng) for mask in targets]
    tables = find_neighborhoods(
        points, model, rows=np.concatenate([extra, np.array(clicks)]), workers=1
    )
    num_rows = len(tables.rows)
    return _cloud_arrays(cloud, tables) | {
        'targets': targets[:, tables.rows],
        'weights': (1.0 / density[tables.rows]).astype(np.float32),
        'granularity': np.array([granularity for _, granularity, _ in chosen], np.float32),
        'names': np.array([part_name_index(label) for label, _, _ in chosen], np.int64),
        'click_rows': np.arange(num_rows - len(clicks), num_rows),
    }


def named_sample(
    config: TrainConfig, num_points: int, rng: np.random.Generator
) -> dict[str, np.ndarray] | None:
    """Make a cloud without masks, mostly of a family whose parts have names; None as above."""
    sample = config.sample
    obj = random_object(rng, free_share=sample.unnamed_share, composite=sample.composite)
    cloud = make_cloud(config, obj, num_points, rng)
    if cloud is None:
        return None
    no_rows = np.zeros(0, np.int64)
    tables = find_neighborhoods(cloud.points, config.model, rows=no_rows, workers=1)
    return _cloud_arrays(cloud, tables)


def collate(samples: list[dict[str, np.ndarray]]) -> dict[str, Tensor]:
    """Stack samples; clouds are padded to the longest, no index refers to the padding."""
    longest = max(len(sample['points']) for sample in samples)
    batch = {}
    for key in samples[0]:
        arrays = [sample[key] for sample in samples]
        if key in ('points', 'normals'):
            arrays = [np.pad(a, ((0, longest - len(a)), (0, 0))) for a in arrays]
        batch[key] = torch.from_numpy(np.stack(arrays))
    return batch


def procedural_batch(config: TrainConfig, index: int, process: ProcessRank) -> TrainingBatch:
    """Make a process's share of a batch; a cloud is the same however many processes there are.

    Raises:
        ConfigError: the clouds of a batch cannot be shared out evenly.
    """
    prompted, named = (
        [
            _sample(config, make, (config.seed, index, cloud, stream))
            for cloud in own_share(getattr(config, setting_name), process, setting_name)
        ]
        for stream, (setting_name, make) in enumerate(
            (('batch_clouds', prompted_sample), ('named_clouds', named_sample))
        )
    )
    return TrainingBatch(prompted=collate(prompted), named=collate(named) if named else None)


def _sample(
    config: TrainConfig,
    make: Callable[[TrainConfig, int, np.random.Generator], dict[str, np.ndarray] | None],
    seed: tuple[int, ...],
) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    sample = config.sample
    while True:
        log_points = rng.uniform(np.log(sample.min_points), np.log(sample.max_points))
        made = make(config, int(np.exp(log_points)), rng)
        if made is not None:
            return made
