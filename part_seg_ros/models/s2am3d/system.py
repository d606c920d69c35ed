# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""S2AM3D behind the common protocol."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import torch
from scipy.spatial import cKDTree
from torch import Tensor, nn

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.cube_fit import CubeFit, fit_cube
from part_seg_ros.geometry.surface_sampling import sample_surface
from part_seg_ros.models.network_system import NetworkSystem
from part_seg_ros.models.part_masks import (
    Progress,
    as_segmentation,
    never,
    paint,
    silent,
)
from part_seg_ros.models.precision import inference
from part_seg_ros.models.s2am3d.config import S2am3dConfig
from part_seg_ros.models.s2am3d.decoder import SharedRows
from part_seg_ros.models.s2am3d.model import S2am3dNet
from part_seg_ros.models.s2am3d.point_feature import point_feature
from part_seg_ros.models.s2am3d.scoring import logit, scale_agreement, scale_of, stability
from part_seg_ros.models.s2am3d.segment_every import (
    SegmentEverySettings,
    fill_gaps,
    find_masks,
)
from part_seg_ros.models.s2am3d.settings import S2am3dSettings
from part_seg_ros.models.system import Capabilities, Embedding
from part_seg_ros.structures import (
    MaskCandidates,
    Mesh,
    PartSegmentation,
    PointCloud,
    PointPrompt,
    Prompt,
)

MIN_POINTS = 16
# Scales of one cloud for which the work before the click is kept.
_KEPT_SCALES = 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class S2am3dState:
    """What decoding needs.

    Attributes:
        fit: From the frame of the shape to that of the network.
        tree: Over the points in the frame of the network.
        shared: What clicks at a scale share; the latest scales are kept.
    """

    fit: CubeFit
    tree: cKDTree
    shared: Callable[[float | None], SharedRows]


class S2am3dSystem(NetworkSystem[S2am3dNet, S2am3dSettings]):
    """One click on the part and, if wanted, its size as a fineness.

    A click gets one answer, that of its scale. Without a granularity it is the network's answer
    for no scale.
    """

    name = 's2am3d'
    settings_type = S2am3dSettings
    capabilities = Capabilities(
        negative_points=False,
        max_points=1,
        mask_feedback=False,
        granularity=True,
        own_segmentation=True,
    )

    @property
    def config(self) -> S2am3dConfig:
        """Sizes of the network."""
        return self.net.config

    def encode(self, shape: PointCloud | Mesh) -> Embedding:
        """Encode a cloud of N >= 16 finite points, or a mesh by points on it.

        The axes of the shape are kept. What clicks without a scale share is made at once, so that
        such a click costs the decoder alone.

        Raises:
            InputError: too few points, one that is not finite, all in one place, or a mesh without
                area.
        """
        if isinstance(shape, Mesh):
            sample = sample_surface(shape, self.settings.mesh_points, seed=self.settings.mesh_seed)
            return self._encode(np.float32(sample.points), sample.colors, sample.face_idx)
        if len(shape) < MIN_POINTS:
            raise InputError(f'{self.name} needs at least {MIN_POINTS} points, got {len(shape)}')
        return self._encode(shape.points, shape.colors, None)

    def _encode(
        self, points: np.ndarray, colors: np.ndarray | None, face_idx: np.ndarray | None
    ) -> Embedding:
        fit = fit_cube(points, 1.0)
        places = fit.apply(points)
        coords = self._tensor(places)
        beside = point_feature(self.settings.point_feature, places, colors)
        with inference(self.settings):
            features = self.net.encoder(coords, self._tensor(beside))
        shared = functools.lru_cache(_KEPT_SCALES)(
            functools.partial(self._shared, features, coords)
        )
        kept = _KEPT_SCALES * shared(None).num_bytes
        return Embedding(
            points=points,
            point_features=features[0].cpu().numpy(),
            state=S2am3dState(fit=fit, tree=cKDTree(places), shared=shared),
            num_bytes=features.nbytes + coords.nbytes + kept,
            face_idx=face_idx,
        )

    def _shared(self, features: Tensor, coords: Tensor, scale: float | None) -> SharedRows:
        wanted = None
        if scale is not None:
            wanted = torch.tensor([scale], dtype=torch.float32, device=self.device)
        with inference(self.settings):
            return self.net.predictor.enhance(features, coords, wanted)

    def predict(
        self, embedding: Embedding, prompt: Prompt, previous: np.ndarray | None = None
    ) -> MaskCandidates:
        """Answer one click by one mask; see `System.predict`.

        Args:
            embedding: From `encode`.
            prompt: One click on the part; its granularity stands for a scale by `scale_of`.
            previous: Not taken: the network has no memory of its last answer.

        Returns:
            One candidate. Its `iou_pred` is no output of the network but `stability`, times
            `scale_agreement` where there is a scale.

        Raises:
            InputError: the prompt is no single click on the part, or there is a previous mask.
        """
        if previous is not None:
            raise InputError(
                f'{self.name} takes no previous mask; ask anew with another click or granularity'
            )
        return self.predict_batch(embedding, self._clicks([prompt]))[0]

    def predict_batch(
        self, embedding: Embedding, prompts: list[PointPrompt]
    ) -> list[MaskCandidates]:
        """Answer M independent clicks, each as `predict` does."""
        prompts = self._clicks(prompts)
        scales = [None if p.granularity is None else scale_of(p.granularity) for p in prompts]
        click_idx = self._clicked(embedding, prompts)
        answers: dict[int, MaskCandidates] = {}
        for scale in dict.fromkeys(scales):
            asked = [i for i, own in enumerate(scales) if own == scale]
            found = self.decode(embedding, click_idx[asked], scale)
            answers |= {i: found.select(np.array([row])) for row, i in enumerate(asked)}
        return [answers[i] for i in range(len(prompts))]

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
            settings: Scales and thresholds; None for the defaults.
            progress: Told the share done in [0, 1] and the number of masks kept so far.
            should_stop: Asked before every batch of clicks.

        Returns:
            Part ids of the embedding's points, parts from large to small. Without any mask that is
            good enough all points are -1; else none is, unless `fill` is off.

        Raises:
            CanceledError: `should_stop` returned True.
        """
        settings = settings or SegmentEverySettings()
        found = find_masks(
            functools.partial(self.decode, embedding),
            embedding.points,
            settings,
            progress=progress,
            should_stop=should_stop,
        )
        labels = paint(found.masks)
        if settings.fill:
            labels = fill_gaps(labels, embedding.points)
        return as_segmentation(labels, found, np.arange(len(found)))

    def _clicked(self, embedding: Embedding, prompts: Iterable[PointPrompt]) -> np.ndarray:
        """Return the (M,) int64 points nearest to the clicks."""
        state: S2am3dState = embedding.state
        coords = np.concatenate([prompt.prompt_coords for prompt in prompts])
        return state.tree.query(state.fit.apply(coords))[1]

    def decode(
        self, embedding: Embedding, click_idx: np.ndarray, scale: float | None
    ) -> MaskCandidates:
        """Answer M clicks at one scale.

        Args:
            embedding: From `encode`.
            click_idx: (M,) int64 rows of `embedding.points`.
            scale: Share of the points that the part has, in [0, 1], or None for no scale.

        Returns:
            M masks, one for each click; see `predict`.
        """
        state: S2am3dState = embedding.state
        shared = state.shared(scale)
        clicks = torch.from_numpy(click_idx).to(self.device)
        with inference(self.settings):
            rows = [self.net.predictor(shared, click[None])[0] for click in clicks]
            logits = torch.stack(rows).cpu().numpy()
        mask_logits = logits - np.float32(logit(self.settings.threshold))
        iou_pred = stability(logits, self.settings.threshold)
        if scale is not None:
            iou_pred *= scale_agreement(mask_logits > 0, scale)
        return MaskCandidates(mask_logits=mask_logits, iou_pred=iou_pred)


def random_system(
    config: S2am3dConfig,
    device: str,
    *,
    name: str = 's2am3d-tiny',
    seed: int = 3,
    settings: S2am3dSettings | None = None,
) -> S2am3dSystem:
    """Build a system with random weights, the same for the same seed; to test and to time.

    Matrices have unit gain and the head a larger one around zero, so that masks are rarely empty
    or full; with the default seed they are neither on a ball.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        net = S2am3dNet(config)
        for weight in net.predictor.parameters():
            if weight.ndim > 1:
                nn.init.normal_(weight, std=weight[0].numel() ** -0.5)
        with torch.no_grad():
            last = net.predictor.seg_head.mlp[3].weight
            last.copy_(4.0 * (last - last.mean()))
    return S2am3dSystem(net, device, name=name, settings=settings)
