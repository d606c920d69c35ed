# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Training clouds: a procedural object, how a robot might see it, masks, first clicks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation
from torch.utils.data import IterableDataset, get_worker_info

from part_seg_ros.data.procedural import random_object
from part_seg_ros.data.procedural.families.vocabulary import part_name_index
from part_seg_ros.geometry.normals import local_normals
from part_seg_ros.models.compact.preparation import find_neighborhoods
from part_seg_ros.training.config import SampleConfig, TrainConfig
from part_seg_ros.training.seen_object import see_object

MIN_SHELL_POINTS = 40  # parts with fewer points keep both sides
SINGLE_PART_WEIGHT = 4.0  # how much likelier one part is drawn than a union of parts


def open_shells(
    points: np.ndarray, normals: np.ndarray, part_ids: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Leave only one side of some parts, as meshes made for looks do: sheets and open shells.

    Args:
        points: (N, 3).
        normals: (N, 3) unit vectors.
        part_ids: (N,) int.
        rng: Source of randomness.

    Returns:
        (N,) bool, the points that remain: of every part chosen those that do not look away from
        its thinnest direction, unless these are hardly any.
    """
    kept = np.ones(len(points), dtype=bool)
    for part_id in np.unique(part_ids):
        rows = np.flatnonzero(part_ids == part_id)
        if len(rows) < MIN_SHELL_POINTS or rng.random() < 0.5:
            continue
        centered = points[rows] - points[rows].mean(0)
        thin = np.linalg.svd(centered[:256], full_matrices=False)[2][2]
        away = normals[rows] @ (thin * rng.choice([-1.0, 1.0])) < -0.3
        if np.count_nonzero(~away) >= MIN_SHELL_POINTS // 2:
            kept[rows[away]] = False
    return kept


def degrade_normals(
    points: np.ndarray,
    normals: np.ndarray,
    part_ids: np.ndarray,
    config: SampleConfig,
    rng: np.random.Generator,
    *,
    is_partial: bool,
) -> np.ndarray:
    """Replace exact normals by estimated ones and flip some, as clouds have them.

    A camera's cloud turns its normals towards the camera, so only full clouds have flipped ones.
    """
    if rng.random() < config.estimated_normals_share:
        estimated = local_normals(points, k=int(rng.integers(8, 25)), workers=1)
        sign = np.sign((estimated * normals).sum(1, keepdims=True))
        normals = np.where(sign < 0, -estimated, estimated)
    if is_partial or rng.random() >= config.flipped_normals_share:
        return normals
    if rng.random() < 0.3:
        regions = part_ids
    else:
        seeds = points[rng.integers(len(points), size=int(rng.integers(2, 16)))]
        regions = cKDTree(seeds).query(points)[1]
    flipped = rng.random(int(regions.max()) + 2) < rng.uniform(0.05, 0.6)
    return np.where(flipped[regions, None], -normals, normals)


def random_pose(rng: np.random.Generator) -> np.ndarray:
    """Draw a (3, 3) linear map: any rotation or an upright one, with mild anisotropic scale."""
    if rng.random() < 0.5:
        rotation = Rotation.random(random_state=rng).as_matrix()
    else:
        yaw = Rotation.from_rotvec([0, 0, rng.uniform(0, 2 * np.pi)])
        upright = Rotation.from_euler('x', rng.choice([0.0, -90.0, 90.0]), degrees=True)
        rotation = (upright * yaw).as_matrix()
    return rotation @ np.diag(np.exp(rng.normal(0.0, 0.12, 3)))


def transform_cloud(
    points: np.ndarray, normals: np.ndarray, linear: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Apply a linear map to points and its inverse transpose to normals; fit the unit ball."""
    points = points @ linear.T
    normals = normals @ np.linalg.inv(linear)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    points = points - points.mean(0)
    points /= np.linalg.norm(points, axis=1).max()
    return points.astype(np.float32), normals.astype(np.float32)


def choose_masks(
    masks: list[tuple[str, float, np.ndarray]],
    part_ids: np.ndarray,
    count: int,
    rng: np.random.Generator,
) -> list[tuple[str, float, np.ndarray]]:
    """Draw `count` of (label, granularity, mask), single parts more often than unions of several.

    Repeats only where there are fewer masks than asked for.
    """
    weight = np.array([_weight(part_ids[mask]) for _, _, mask in masks])
    order: list[int] = []
    while len(order) < count:
        size = min(count - len(order), len(masks))
        order += list(rng.choice(len(masks), size, replace=False, p=weight / weight.sum()))
    return [masks[i] for i in order]


def _weight(inside: np.ndarray) -> float:
    return SINGLE_PART_WEIGHT if (inside == inside[0]).all() else 1.0


def first_click(
    points: np.ndarray, mask: np.ndarray, anchors: np.ndarray, rng: np.random.Generator
) -> int:
    """Pick the row of the first click: the point deepest inside the mask, or now and then another.

    Depth is the distance to the nearest anchor outside the mask, as in the click protocol.
    """
    inside = np.flatnonzero(mask)
    if len(inside) > 256:
        inside = rng.choice(inside, 256, replace=False)
    outside = anchors[~mask[anchors]]
    if len(outside) == 0 or rng.random() < 0.15:
        return int(rng.choice(inside))
    depth = cKDTree(points[outside]).query(points[inside])[0]
    if rng.random() < 0.25:
        return int(rng.choice(inside, p=depth / depth.sum()))
    return int(inside[depth.argmax()])


def supervised_rows(
    points: np.ndarray, masks: np.ndarray, num_anchors: int, count: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Choose points to supervise beside the anchors, dense in and around every mask.

    Args:
        points: (N, 3).
        masks: (M, N) bool.
        num_anchors: Anchors, which are supervised too and count as a uniform sample.
        count: Points inside each mask, and as many close outside.
        rng: Source of randomness.

    Returns:
        rows (M * 2 * count,) int64, and density (N,) the expected number of times that each point
        is chosen, the anchors included; its inverse makes sums over the rows unbiased.
    """
    density = np.full(len(points), num_anchors / len(points))
    rows = []
    for mask in masks:
        inside = np.flatnonzero(mask)
        outside = np.flatnonzero(~mask)
        tried = rng.choice(outside, min(1024, len(outside)), replace=False)
        known = rng.choice(inside, min(512, len(inside)), replace=False)
        distance = cKDTree(points[known]).query(points[tried])[0]
        ring = tried[np.argsort(distance)[: max(count, len(tried) // 8)]]
        for pool in (inside, ring):
            rows.append(rng.choice(pool, count))
            density[pool] += count / len(pool)
    return np.concatenate(rows), density


def make_sample(config: TrainConfig, num_points: int, rng: np.random.Generator) -> dict | None:
    """Make one training cloud with its masks; None when it shows fewer than two parts."""
    sample, model = config.sample, config.model
    seen = see_object(random_object(rng), sample, num_points, rng)
    points, normals, part_ids = seen.points, seen.normals, seen.part_ids
    if not seen.is_partial and rng.random() < sample.open_share:
        kept = open_shells(points, normals, part_ids, rng)
        points, normals, part_ids = points[kept], normals[kept], part_ids[kept]
    if len(part_ids) < model.num_anchors:
        return None
    masks = seen.obj.masks(part_ids)
    if not masks:
        return None
    points, normals = transform_cloud(points, normals, random_pose(rng))
    normals = degrade_normals(
        points, normals, part_ids, sample, rng, is_partial=seen.is_partial
    ).astype(np.float32)
    noise = abs(rng.normal(0.0, 0.002)) if rng.random() < 0.5 else 0.0
    points = points + rng.normal(0.0, 1.0, points.shape).astype(np.float32) * np.float32(noise)
    points /= max(1.0, float(np.linalg.norm(points, axis=1).max()))

    chosen = choose_masks(masks, part_ids, sample.num_masks, rng)
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
    groups = np.array([*(part.group for part in seen.obj.parts), -1])
    names = np.array([*(part_name_index(part.name) for part in seen.obj.parts), -1])
    anchor_parts = part_ids[tables.anchor_idx]
    return {
        'points': points.astype(np.float32),
        'normals': normals,
        'rows': tables.rows,
        'near_idx': tables.near_idx,
        'wide_idx': tables.wide_idx,
        'patch_idx': tables.patch_idx,
        'interp_idx': tables.interp_idx,
        'interp_weights': tables.interp_weights,
        'targets': targets[:, tables.rows],
        'weights': (1.0 / density[tables.rows]).astype(np.float32),
        'granularity': np.array([granularity for _, granularity, _ in chosen], np.float32),
        'names': np.array([part_name_index(label) for label, _, _ in chosen], np.int64),
        'anchor_parts': anchor_parts.astype(np.int64),
        'anchor_groups': groups[anchor_parts].astype(np.int64),
        'anchor_names': names[anchor_parts].astype(np.int64),
        'click_rows': np.arange(num_rows - len(clicks), num_rows),
    }


def collate(samples: list[dict]) -> dict[str, torch.Tensor]:
    """Stack samples; clouds are padded to the longest, no index refers to the padding."""
    longest = max(len(sample['points']) for sample in samples)
    batch = {}
    for key in samples[0]:
        arrays = [sample[key] for sample in samples]
        if key in ('points', 'normals'):
            arrays = [np.pad(a, ((0, longest - len(a)), (0, 0))) for a in arrays]
        batch[key] = torch.from_numpy(np.stack(arrays))
    return batch


class ProceduralBatches(IterableDataset):
    """Endless batches of procedural clouds.

    Cloud c of step s is the same in every run, whatever the number of workers and processes.
    """

    def __init__(self, config: TrainConfig, first_step: int, clouds: range) -> None:
        """Start at optimiser step `first_step`; make the clouds `clouds` of each step."""
        self.config, self.first_step, self.clouds = config, first_step, clouds

    def __iter__(self) -> Iterator[dict[str, torch.Tensor]]:
        """Yield one batch a step, this worker's share of the steps."""
        info = get_worker_info()
        if info is not None:
            torch.set_num_threads(1)
        worker, num_workers = (info.id, info.num_workers) if info else (0, 1)
        step = self.first_step + worker
        while True:
            yield collate([self._cloud(step, cloud) for cloud in self.clouds])
            step += num_workers

    def _cloud(self, step: int, cloud: int) -> dict:
        sample = self.config.sample
        rng = np.random.default_rng((self.config.seed, step, cloud))
        while True:
            log_points = rng.uniform(np.log(sample.min_points), np.log(sample.max_points))
            made = make_sample(self.config, int(np.exp(log_points)), rng)
            if made is not None:
                return made
