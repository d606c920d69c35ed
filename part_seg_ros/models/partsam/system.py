# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""PartSAM behind the common protocol."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.cube_fit import CubeFit
from part_seg_ros.layers.fourier_encoding import check_encodable
from part_seg_ros.layers.product_neighbors import group_by_products
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
from part_seg_ros.models.system import Capabilities, Embedding, check_prompt
from part_seg_ros.structures import (
    MaskCandidates,
    Mesh,
    PartSegmentation,
    PointCloud,
    PointPrompt,
    Prompt,
)

# More prompts at once take more time each, since what they compute outgrows the cache.
_PROMPTS_AT_ONCE_CPU = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartSamState:
    """What decoding needs.

    Attributes:
        encoded: One encoded cloud.
        fit: From the frame of the shape to that of the network.
        face_idx: (N,) int64 face of each point of a mesh; None for a cloud.
    """

    encoded: EncodedShape
    fit: CubeFit
    face_idx: np.ndarray | None


class PartSamSystem:
    """PartSAM on clouds, and on meshes by sampling them.

    Coordinates keep their axes: training turned its objects, which stand y up, by up to a quarter
    turn about every axis.
    """

    capabilities = Capabilities(needs_colors=True, needs_normals=True, own_segmentation=True)
    part_names: tuple[str, ...] = ()

    def __init__(
        self,
        net: PartSamNet,
        device: str,
        *,
        name: str = 'partsam',
        weights_sha256: str = '',
        preparation: PreparationSettings | None = None,
    ) -> None:
        """Wrap a network.

        Args:
            net: The network.
            device: `cpu`, `cuda` or `cuda:N`.
            name: Of the preset.
            weights_sha256: Of its weights, for reports.
            preparation: What shapes get that lack colours or come as meshes; None for defaults.
        """
        self.net = net.to(device).eval()
        self.device = device
        self.name = name
        self.weights_sha256 = weights_sha256
        self.preparation = preparation or PreparationSettings()

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
            prepared = prepare_mesh(shape, self.config, self.preparation)
        else:
            prepared = prepare_cloud(shape, self.config, self.preparation)
        encoded = self._encode(prepared)
        return Embedding(
            points=prepared.points,
            point_features=encoded.part_features[0].float().cpu().numpy(),
            state=PartSamState(encoded=encoded, fit=prepared.fit, face_idx=prepared.face_idx),
            num_bytes=encoded.num_bytes,
        )

    @torch.inference_mode()
    def _encode(self, prepared: PreparedShape) -> EncodedShape:
        coords = self._tensor(prepared.coords)
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

    def predict(
        self, embedding: Embedding, prompt: Prompt, previous: np.ndarray | None = None
    ) -> MaskCandidates:
        """Answer one prompt; see `System.predict`.

        One click without a previous mask may mean several parts: it gets three candidates. Several
        clicks, or a previous mask, get one answer.
        """
        return self._decode(embedding, [self._checked(prompt)], previous)[0]

    def predict_batch(
        self, embedding: Embedding, prompts: list[PointPrompt]
    ) -> list[MaskCandidates]:
        """Answer M independent first prompts of the same number of clicks each in one pass."""
        checked = [self._checked(prompt) for prompt in prompts]
        at_once = _PROMPTS_AT_ONCE_CPU if self.device == 'cpu' else max(1, len(checked))
        return [
            answer
            for begin in range(0, len(checked), at_once)
            for answer in self._decode(embedding, checked[begin : begin + at_once], None)
        ]

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
        state: PartSamState = embedding.state
        if state.face_idx is None:
            raise InputError('the embedding is of a cloud; encode the mesh itself')
        settings = settings or SegmentEverySettings()
        found = find_masks(self, embedding, settings, progress=progress, should_stop=should_stop)
        of_faces = label_faces(mesh, state.face_idx, paint(found.masks), settings)
        return as_segmentation(of_faces.labels, found, of_faces.source)

    @torch.inference_mode()
    def _decode(
        self, embedding: Embedding, prompts: Sequence[PointPrompt], previous: np.ndarray | None
    ) -> list[MaskCandidates]:
        state: PartSamState = embedding.state
        coords = np.stack([state.fit.apply(prompt.prompt_coords) for prompt in prompts])
        check_encodable(coords)
        labels = np.stack([prompt.prompt_labels for prompt in prompts])
        decoded = self.net.decode(
            state.encoded,
            self._tensor(coords),
            torch.from_numpy(labels)[None].to(self.device),
            None if previous is None else self._tensor(previous)[None],
        )
        answers = decoded.answers(several=previous is None and labels.shape[1] == 1)
        logits = answers.mask_logits[0].float().cpu().numpy()
        iou_pred = answers.iou_pred[0].float().cpu().numpy()
        return [
            MaskCandidates(mask_logits=mask_logits, iou_pred=scores)
            for mask_logits, scores in zip(logits, iou_pred, strict=True)
        ]

    def _checked(self, prompt: Prompt) -> PointPrompt:
        check_prompt(self.name, self.capabilities, prompt)
        if not isinstance(prompt, PointPrompt):
            raise InputError(f'{self.name} takes clicks only, got a {type(prompt).__name__}')
        return prompt

    def _tensor(self, array: np.ndarray) -> Tensor:
        """Return a float32 array on the device, as a batch of one."""
        return torch.from_numpy(np.ascontiguousarray(array, dtype=np.float32))[None].to(
            self.device
        )


def random_system(
    config: PartSamConfig, device: str, *, name: str = 'partsam-tiny', seed: int = 0
) -> PartSamSystem:
    """Build a system with random weights, the same for the same seed; to test and to time."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return PartSamSystem(PartSamNet(config), device, name=name)
