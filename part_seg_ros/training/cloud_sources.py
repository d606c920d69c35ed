# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Sources of full clouds with true masks: procedural objects, and folders of labelled meshes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from part_seg_ros.data.labeled_meshes import load_folder
from part_seg_ros.data.procedural import random_object, sample_surface
from part_seg_ros.data.procedural.object import MAX_MASK_FRACTION, MIN_MASK_POINTS
from part_seg_ros.errors import InputError
from part_seg_ros.geometry.surface_sampling import sample_surface as sample_mesh
from part_seg_ros.training.config import LabeledTraining
from part_seg_ros.training.distributed import ProcessRank, own_share
from part_seg_ros.training.masked_surface import (
    MaskedSurface,
    mesh_masks,
    mesh_surface,
    procedural_surface,
)

MAX_DRAWS = 100


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MaskedCloud:
    """Points on a whole object and all its true parts as masks.

    Attributes:
        points: (N, 3) float32, z up.
        normals: (N, 3) float32 unit vectors.
        colors: (N, 3) float32 in [0, 1], or None.
        part_ids: (N,) int32 finest part of every point, -1 where unknown.
        masks: (M, N) bool parts at every level, M >= 1; none is empty or the whole cloud.
    """

    points: np.ndarray
    normals: np.ndarray
    colors: np.ndarray | None
    part_ids: np.ndarray
    masks: np.ndarray


class CloudSource(Protocol):
    """Where training clouds come from."""

    def draw(self, num_points: int, rng: np.random.Generator) -> MaskedCloud:
        """Make one cloud of N = `num_points`; equal states of `rng` make equal clouds."""
        ...

    def draw_surface(self, rng: np.random.Generator) -> MaskedSurface:
        """Make one object as a surface that can be looked at; as for `draw`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ProceduralClouds:
    """Endless procedural objects.

    Attributes:
        free_share: Probability of a free assembly; the others are of a named family.
    """

    free_share: float

    def draw(self, num_points: int, rng: np.random.Generator) -> MaskedCloud:
        """Make an object that has a part to ask for."""
        for _ in range(MAX_DRAWS):
            obj = random_object(rng, free_share=self.free_share)
            surface = sample_surface(obj, num_points, rng)
            masks = obj.masks(surface.part_ids)
            if masks:
                return MaskedCloud(
                    points=surface.points,
                    normals=surface.normals,
                    colors=None,
                    part_ids=surface.part_ids,
                    masks=np.stack([mask for _, _, mask in masks]),
                )
        raise InputError(f'no object with a part of {MIN_MASK_POINTS} of {num_points} points')

    def draw_surface(self, rng: np.random.Generator) -> MaskedSurface:
        """Make an object."""
        return procedural_surface(random_object(rng, free_share=self.free_share))


class MeshFolderClouds:
    """Labelled meshes of a folder, drawn at random, sampled anew each time."""

    def __init__(self, root: Path) -> None:
        """Read the folder.

        Raises:
            InputError: it is missing, or holds no labelled meshes.
        """
        self.root = root
        self.meshes = load_folder(root)

    def draw(self, num_points: int, rng: np.random.Generator) -> MaskedCloud:
        """Sample one of the meshes, uniformly by area.

        Raises:
            InputError: hardly any mesh has a part that `num_points` points show.
        """
        for _ in range(MAX_DRAWS):
            labeled = self.meshes[int(rng.integers(len(self.meshes)))]
            surface = sample_mesh(labeled.mesh, num_points, seed=int(rng.integers(2**31)))
            part_ids = labeled.face_part_ids[surface.face_idx]
            masks = mesh_masks(labeled, surface.face_idx)
            if len(masks):
                return MaskedCloud(
                    points=surface.points.astype(np.float32),
                    normals=surface.normals,
                    colors=surface.colors,
                    part_ids=part_ids,
                    masks=masks,
                )
        raise InputError(
            f'no mesh in {self.root} has a part with {MIN_MASK_POINTS} of {num_points} points that'
            f' is at most {MAX_MASK_FRACTION:.0%} of it'
        )

    def draw_surface(self, rng: np.random.Generator) -> MaskedSurface:
        """Take one of the meshes."""
        return mesh_surface(self.meshes[int(rng.integers(len(self.meshes)))])


def cloud_generators(
    config: LabeledTraining, index: int, process: ProcessRank
) -> list[np.random.Generator]:
    """Return a source of randomness for each of a process's clouds of batch `index`.

    A cloud has the same one however many processes there are.

    Raises:
        ConfigError: the clouds of a batch cannot be shared out evenly.
    """
    places = own_share(config.batch_clouds, process, 'batch_clouds')
    return [np.random.default_rng((config.seed, index, place)) for place in places]


def cloud_source(meshes: str, *, free_share: float) -> CloudSource:
    """Return the source that a run asks for.

    Args:
        meshes: Folder of labelled meshes, `''` for procedural objects.
        free_share: Probability of a free assembly among the latter.

    Raises:
        InputError: the folder is missing, or holds no labelled meshes.
    """
    return MeshFolderClouds(Path(meshes)) if meshes else ProceduralClouds(free_share=free_share)
