# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Point-SAM's pseudo-labels: masks that a model of images and a model of clouds agree on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from part_seg_ros.config import check_limits, setting, to_mapping
from part_seg_ros.data_engine.engine import Labels, UnsuitableShapeError, further_seed
from part_seg_ros.data_engine.image_proposals import ImageProposalSettings, propose
from part_seg_ros.data_engine.image_segmenter import ImageSegmenter
from part_seg_ros.data_engine.native_parts import read_native_parts
from part_seg_ros.data_engine.provenance import segmenter_record
from part_seg_ros.data_engine.rendered_views import FusedViews, render_views
from part_seg_ros.data_engine.view_lifting import LiftingSettings, agree, revise
from part_seg_ros.errors import ConfigError
from part_seg_ros.segmenter import Segmenter, Session
from part_seg_ros.segmenter.suppression import pairwise_overlap, suppress
from part_seg_ros.structures import Mesh

_Y_UP_SUFFIXES = ('.glb', '.gltf')  # by the standard of the format
_Z_UP_FROM_Y_UP = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewSettings:
    """How pictures become masks of a mesh."""

    size_px: int = setting(512, 'Width and height of a picture [px].', minimum=16)
    proposals: ImageProposalSettings = field(default_factory=ImageProposalSettings)
    lifting: LiftingSettings = field(default_factory=LiftingSettings)
    nms_iou: float = setting(
        0.8, 'Largest IoU of two masks of the cloud.', minimum=0.0, maximum=1.0
    )
    max_share: float = setting(
        0.95, 'A mask of more of the points than this is no part.', minimum=0.0, maximum=1.0
    )

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)


class ViewEngine:
    """Labels meshes by what a model of images sees on pictures of them.

    Source:
        Point-SAM (Zhou et al. 2024), Sec. 4, "Generating pseudo labels". Not in the paper: when a
        mask is given up, that other pictures need show some of it, and that of masks which agree
        one is kept, the one that the model of clouds holds best.
    """

    name = 'views'

    def __init__(
        self, segmenter: Segmenter, model: ImageSegmenter, settings: ViewSettings | None = None
    ) -> None:
        """Take both models.

        Args:
            segmenter: Its system takes clicks off the part and any number of them.
            model: Of images.
            settings: None for the defaults.

        Raises:
            ConfigError: the system takes too few kinds of clicks, or too few of them.
        """
        accepts = segmenter.system.capabilities
        if not accepts.negative_points or accepts.max_points is not None:
            raise ConfigError(
                f'{segmenter.system.name} cannot be corrected by clicks on and off a part; use'
                ' point_sam, partsam or compact'
            )
        self.segmenter = segmenter
        self.model = model
        self.settings = settings or ViewSettings()
        self.provenance: Mapping[str, Any] = {
            'settings': to_mapping(self.settings),
            **segmenter_record(segmenter),
            'image_model': model.name,
            'image_weights_sha256': model.weights_sha256,
        }

    def label(self, path: Path, seed: np.random.SeedSequence) -> Labels:
        """Label the shape in a file; see `Engine.label`.

        glTF files are taken as y up, all others as z up.
        """
        mesh = read_native_parts(path).mesh
        upright = mesh
        if path.suffix.lower() in _Y_UP_SUFFIXES:
            upright = replace(mesh, vertices=mesh.vertices @ _Z_UP_FROM_Y_UP.T)
        fused = render_views(upright, self.settings.size_px)
        rng = np.random.default_rng(further_seed(seed, 0))
        masks = self._distinct(self._sessions(fused, rng))
        of_faces = mask_faces(masks, fused, upright)
        is_part = of_faces.any(axis=1) & ~of_faces.all(axis=1)
        if not is_part.any():
            raise UnsuitableShapeError('no mask of any picture could be carried to the shape')
        return Labels(mesh=mesh, face_masks=of_faces[is_part])

    def _sessions(self, fused: FusedViews, rng: np.random.Generator) -> list[Session]:
        """Lift the masks of every picture, then hold each against all other pictures."""
        settings = self.settings
        nothing = self.segmenter.open(self.segmenter.encode(fused.cloud))
        lifted: list[tuple[int, Session]] = []
        for number, view in enumerate(fused.views):
            self.model.set_image(view.rgb)
            for wanted in propose(self.model, view, settings.proposals):
                session = agree(nothing, fused, view, wanted, settings.lifting, rng)
                if session is not None:
                    lifted.append((number, session))
        for number, view in enumerate(fused.views):
            self.model.set_image(view.rgb)
            kept = []
            for source, session in lifted:
                revised: Session | None = session
                if source != number:
                    revised = revise(session, fused, view, self.model, settings.lifting, rng)
                if revised is not None:
                    kept.append((source, revised))
            lifted = kept
        return [session for _, session in lifted]

    def _distinct(self, sessions: list[Session]) -> np.ndarray:
        """Return (M, N) bool, the masks that are parts and no doubles of better ones."""
        answers = [session.prediction for session in sessions if session.prediction is not None]
        answers = [one for one in answers if 0.0 < one.mask.mean() <= self.settings.max_share]
        if not answers:
            raise UnsuitableShapeError('no mask of any picture could be carried to the shape')
        masks = np.stack([answer.mask for answer in answers])
        scores = np.array([answer.score for answer in answers])
        return masks[suppress(scores, pairwise_overlap(masks)[0] > self.settings.nms_iou)]


def mask_faces(masks: np.ndarray, fused: FusedViews, mesh: Mesh) -> np.ndarray:
    """Carry masks of the fused cloud to the faces.

    Args:
        masks: (M, N) bool.
        fused: Where the N points lie.
        mesh: F faces, in the frame of the cloud.

    Returns:
        (M, F) bool: faces with more than half of their points in the mask; a face that no picture
        shows is as the point nearest to its middle.
    """
    num_faces = len(mesh.faces)
    counts = np.bincount(fused.face_idx, minlength=num_faces)
    votes = np.stack([np.bincount(fused.face_idx[mask], minlength=num_faces) for mask in masks])
    of_faces = 2 * votes > counts
    hidden = np.flatnonzero(counts == 0)
    middles = mesh.vertices[mesh.faces[hidden]].mean(axis=1)
    of_faces[:, hidden] = masks[:, cKDTree(fused.cloud.points).query(middles)[1]]
    return of_faces
