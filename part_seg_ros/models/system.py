# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The protocol that every segmentation system implements, and what it can take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.structures import (
    BoxPrompt,
    MaskCandidates,
    MaskPrompt,
    Mesh,
    NamePrompt,
    PartSegmentation,
    PointCloud,
    PointPrompt,
    Prompt,
    ViewClickPrompt,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a system accepts.

    Attributes:
        negative_points: Background clicks.
        max_points: Most clicks in one prompt; None for no limit.
        mask_feedback: A previous mask refines the next answer.
        granularity: A wanted fineness.
        names: It says how probable each part name is for each mask, so that parts can be searched
            by name.
        view_prompts: Clicks, boxes and masks on rendered views.
        meshes: It looks at a mesh itself, and `Embedding.face_idx` names its faces; others get
            points drawn from it.
        needs_mesh: Works on meshes only.
        needs_colors: Colours carry information for it (grey is used where absent).
        needs_normals: Normals carry information for it (estimated where absent).
        own_segmentation: It has a way of its own to find every part.
    """

    negative_points: bool = True
    max_points: int | None = None
    mask_feedback: bool = True
    granularity: bool = False
    names: bool = False
    view_prompts: bool = False
    meshes: bool = False
    needs_mesh: bool = False
    needs_colors: bool = False
    needs_normals: bool = False
    own_segmentation: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Embedding:
    """All that decoding needs of one encoded shape; a value that is never changed.

    Attributes:
        points: (N, 3) float32 points the masks of `predict` refer to, in the shape's frame [m].
        point_features: (N, C) float32 features of the encoder, for correspondence; None where the
            system has none.
        state: The system's own tensors.
        num_bytes: Memory that `state` holds [bytes].
        face_idx: (N,) int64 face of a mesh on which each point lies; None for a cloud.
    """

    points: np.ndarray
    point_features: np.ndarray | None
    state: Any
    num_bytes: int
    face_idx: np.ndarray | None = None

    def check_faces(self) -> np.ndarray:
        """Return `face_idx`.

        Raises:
            InputError: the embedding is of a cloud.
        """
        if self.face_idx is None:
            raise InputError('the embedding is of a cloud; encode the mesh itself')
        return self.face_idx


class System(Protocol):
    """A network with its preprocessing: encode a shape once, then answer many prompts.

    Attributes:
        name: Of the preset.
        weights_sha256: Of the weights file, '' for random weights.
        capabilities: What it accepts.
        device: Torch device name.
        part_names: The V names in the order of `MaskCandidates.name_probs`; empty for a system
            without names.
    """

    name: str
    weights_sha256: str
    capabilities: Capabilities
    device: str
    part_names: tuple[str, ...]

    def encode(self, shape: PointCloud | Mesh) -> Embedding:
        """Encode a shape whose points are all finite.

        Raises:
            InputError: the system cannot take this kind of shape.
        """
        ...

    def predict(
        self, embedding: Embedding, prompt: Prompt, previous: np.ndarray | None = None
    ) -> MaskCandidates:
        """Answer one prompt.

        Args:
            embedding: From `encode` of this system.
            prompt: Coordinates in the frame of the encoded shape [m].
            previous: (N,) float32 mask logits of the last answer to refine, or None.

        Returns:
            (O, N) logits over `embedding.points`, (O,) quality estimates and, from a system with
            names, (O, V) probabilities of its part names.

        Raises:
            InputError: the system does not take this prompt.
        """
        ...

    def predict_batch(
        self, embedding: Embedding, prompts: list[PointPrompt]
    ) -> list[MaskCandidates]:
        """Answer M independent prompts of the same number of clicks each in one pass."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ViewPicture:
    """A rendered view of an encoded shape, to be prompted on.

    Attributes:
        view_idx: Its number in prompts.
        picture: (S, S, 3) uint8.
        point_idx: (S, S) int32 row of `Embedding.points` that each pixel shows, -1 for none.
    """

    view_idx: int
    picture: np.ndarray
    point_idx: np.ndarray


class ViewedSystem(System, Protocol):
    """A system with `Capabilities.view_prompts`."""

    def view_pictures(self, embedding: Embedding) -> tuple[ViewPicture, ...]:
        """Return the views that prompts may be on."""
        ...


class NamingSystem(System, Protocol):
    """A system with `Capabilities.names`."""

    def name_probs_at(self, embedding: Embedding, coords: np.ndarray) -> np.ndarray:
        """Say what part each place belongs to, without drawing a mask.

        Args:
            embedding: From `encode` of this system.
            coords: (C, 3) float places on the shape, in its frame [m].

        Returns:
            (C, V) float32 probabilities of `part_names`; rows sum to one.
        """
        ...


class SegmentingSystem(System, Protocol):
    """A system with `Capabilities.own_segmentation`."""

    def segment_all(
        self,
        embedding: Embedding,
        settings: Any = None,
        *,
        progress: Callable[[float, int], None],
        should_stop: Callable[[], bool],
    ) -> PartSegmentation:
        """Find every part in the system's own way.

        Args:
            embedding: From `encode` of this system.
            settings: The system's own settings; None for its defaults.
            progress: Told the share done in [0, 1] and the number of parts in view.
            should_stop: Asked between chunks of work.

        Returns:
            Part ids of `embedding.points`, -1 where there is no part; parts without boxes.

        Raises:
            CanceledError: `should_stop` returned True.
        """
        ...


def check_prompt(name: str, capabilities: Capabilities, prompt: Prompt) -> None:
    """Refuse a prompt that a system cannot take, naming what it lacks.

    Args:
        name: Name of the system.
        capabilities: What it accepts.
        prompt: The prompt.

    Raises:
        InputError: the prompt is of a kind that the system does not take.
    """
    if isinstance(prompt, NamePrompt) and not capabilities.names:
        raise InputError(f'{name} takes no part name yet; click on the part instead')
    on_view = isinstance(prompt, ViewClickPrompt | BoxPrompt | MaskPrompt)
    if on_view and not capabilities.view_prompts:
        raise InputError(f'{name} takes no prompts on views; click on the part instead')
    if not isinstance(prompt, PointPrompt):
        return
    num_points = len(prompt.prompt_coords)
    if not capabilities.negative_points and (prompt.prompt_labels == 0).any():
        raise InputError(f'{name} takes no background clicks; use compact')
    if capabilities.max_points is not None and num_points > capabilities.max_points:
        raise InputError(f'{name} takes up to {capabilities.max_points} clicks, got {num_points}')
    if prompt.granularity is not None and not capabilities.granularity:
        raise InputError(f'{name} takes no granularity; use compact')
