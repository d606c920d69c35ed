# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Point-SAM behind the common protocol."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.patches import find_patches
from part_seg_ros.layers.fourier_encoding import check_encodable
from part_seg_ros.layers.grouping import group_points
from part_seg_ros.layers.row_mixing import mix_rows
from part_seg_ros.models.point_sam.config import PointSamConfig
from part_seg_ros.models.point_sam.model import EncodedPatches, PointSamNet
from part_seg_ros.models.point_sam.preparation import (
    Placement,
    PointSamSettings,
    network_colors,
    place,
)
from part_seg_ros.models.system import Capabilities, Embedding, check_prompt
from part_seg_ros.structures import MaskCandidates, Mesh, PointCloud, PointPrompt, Prompt


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PointSamState:
    """What decoding needs: the encoded patches (one cloud) and where the cloud was moved."""

    encoded: EncodedPatches
    placement: Placement


class PointSamSystem:
    """Coloured points in, masks out.

    A first prompt gets three candidates; a refinement, which brings the mask of the answer before,
    gets one.
    """

    capabilities = Capabilities(needs_colors=True)
    part_names: tuple[str, ...] = ()

    def __init__(
        self,
        net: PointSamNet,
        device: str,
        *,
        name: str = 'point_sam',
        weights_sha256: str = '',
        settings: PointSamSettings | None = None,
    ) -> None:
        """Wrap `net` on `device` (`cpu`, `cuda`, `cuda:N`); name and hash are for reports."""
        self.net = net.to(device).eval()
        self.device = device
        self.name = name
        self.weights_sha256 = weights_sha256
        self.settings = settings or PointSamSettings()

    @torch.inference_mode()
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
        groups = group_points(self._tensor(points[None]), [patches])
        colors = self._tensor(network_colors(shape.colors, len(points))[None])
        encoded = self.net.encode(colors, groups)
        features = mix_rows(encoded.patches, groups.interp_idx, groups.interp_weights)
        return Embedding(
            points=shape.points,
            point_features=features[0].cpu().numpy(),
            state=PointSamState(encoded=encoded, placement=placement),
            num_bytes=encoded.num_bytes,
        )

    def predict(
        self, embedding: Embedding, prompt: Prompt, previous: np.ndarray | None = None
    ) -> MaskCandidates:
        """Answer one prompt; see `System.predict`.

        Args:
            embedding: From `encode`.
            prompt: All clicks on the part so far, in the order they were made.
            previous: (N,) float32 raw logits of the answer that the last click corrects: the
                chosen candidate of the call before; None for a first prompt.

        Returns:
            Three candidates for a first prompt, one mask for a refinement. `iou_pred` is the
            network's own number and may leave [0, 1].

        Raises:
            InputError: no clicks but another kind of prompt, a click outside the cloud's extent,
                or `previous` of another length.
        """
        return self._decode(embedding, [prompt], previous)[0]

    def predict_batch(
        self, embedding: Embedding, prompts: list[PointPrompt]
    ) -> list[MaskCandidates]:
        """Answer M independent first prompts of the same number of clicks each in one pass."""
        return self._decode(embedding, prompts, None)

    @torch.inference_mode()
    def _decode(
        self, embedding: Embedding, prompts: list[Prompt], previous: np.ndarray | None
    ) -> list[MaskCandidates]:
        state: PointSamState = embedding.state
        coords, labels = self._clicks(state.placement, prompts)
        num_points = len(embedding.points)
        if previous is not None and np.shape(previous) != (num_points,):
            raise InputError(
                f'the previous mask must have one logit for each of the {num_points} points, got'
                f' {np.shape(previous)}'
            )
        masks = None
        if previous is not None:
            masks = self._tensor(np.asarray(previous, np.float32)[None, None])
        decoded = self.net.decode(
            state.encoded, self._tensor(coords[None]), self._tensor(labels[None]), masks
        ).answers(several=previous is None)
        logits, iou_pred = decoded.mask_logits[0].cpu().numpy(), decoded.iou_pred[0].cpu().numpy()
        return [
            MaskCandidates(mask_logits=logits[m], iou_pred=iou_pred[m])
            for m in range(len(prompts))
        ]

    def _clicks(
        self, placement: Placement, prompts: list[Prompt]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return (M, Q, 3) clicks in the network's frame and their (M, Q) labels."""
        for prompt in prompts:
            check_prompt(self.name, self.capabilities, prompt)
        points = [prompt for prompt in prompts if isinstance(prompt, PointPrompt)]
        if len({len(prompt.prompt_labels) for prompt in points}) > 1:
            raise InputError('prompts of one batch must have the same number of clicks each')
        coords = np.stack([placement.apply(prompt.prompt_coords) for prompt in points])
        check_encodable(coords)
        return coords, np.stack([prompt.prompt_labels for prompt in points])

    def _tensor(self, array: np.ndarray) -> torch.Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(self.device)


def random_system(
    config: PointSamConfig, device: str, *, name: str = 'point_sam-tiny', seed: int = 0
) -> PointSamSystem:
    """Build a system with random weights, the same for the same seed; to test and to time."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return PointSamSystem(PointSamNet(config), device, name=name)
