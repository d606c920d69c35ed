# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""`compact` behind the common protocol."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import torch
from scipy.spatial import cKDTree

from part_seg_ros.errors import InputError
from part_seg_ros.geometry.normalization import UnitSphere, fit_unit_sphere
from part_seg_ros.geometry.normals import estimate_normals
from part_seg_ros.models.compact.config import CompactConfig
from part_seg_ros.models.compact.mask_decoder import DecodedMasks
from part_seg_ros.models.compact.model import CompactNet
from part_seg_ros.models.compact.preparation import find_neighborhoods
from part_seg_ros.models.compact.tensors import ClickTensors, CloudTensors, EncodedRows
from part_seg_ros.models.cpu_threads import map_on_threads
from part_seg_ros.models.system import Capabilities, Embedding, check_prompt
from part_seg_ros.structures import MaskCandidates, Mesh, PointCloud, PointPrompt, Prompt

MIN_POINTS = 16
# More outgrow the cache of a CPU core, fewer pay for every operation anew.
_CLICKS_AT_ONCE = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CompactState:
    """What decoding needs: the encoded rows (one cloud), the normalisation, a tree over them."""

    encoded: EncodedRows
    sphere: UnitSphere
    tree: cKDTree


class CompactSystem:
    """The bundled network: points in, masks out, from geometry alone."""

    capabilities = Capabilities(granularity=True, names=True, needs_normals=True)

    def __init__(
        self, net: CompactNet, device: str, *, name: str = 'compact', weights_sha256: str = ''
    ) -> None:
        """Wrap `net` on `device` (`cpu`, `cuda`, `cuda:N`); name and hash are for reports."""
        self.net = net.to(device).eval()
        self.device = device
        self.name = name
        self.weights_sha256 = weights_sha256

    @property
    def config(self) -> CompactConfig:
        """Sizes of the network."""
        return self.net.config

    @property
    def part_names(self) -> tuple[str, ...]:
        """The vocabulary that the weights were trained with."""
        return self.net.config.part_names

    @torch.inference_mode()
    def encode(self, shape: PointCloud | Mesh) -> Embedding:
        """Encode a cloud of N >= 16 finite points; see `System.encode`.

        Raises:
            InputError: a mesh, too few points, a non-finite one, or all in one place.
        """
        if not isinstance(shape, PointCloud):
            raise InputError('compact takes point clouds; sample the mesh first')
        if len(shape) < MIN_POINTS:
            raise InputError(f'compact needs at least {MIN_POINTS} points, got {len(shape)}')
        if not np.isfinite(shape.points).all():
            raise InputError('compact needs finite points; drop the invalid rows first')
        sphere = fit_unit_sphere(shape.points)
        points = sphere.apply(shape.points)
        normals = shape.normals
        if normals is None:
            normals = estimate_normals(shape.points, viewpoint=shape.viewpoint)
        encoded = self.net.encode(self._tensors(points, normals))
        features = self.net.point_features(encoded)[0].float().cpu().numpy()
        return Embedding(
            points=shape.points,
            point_features=features,
            state=CompactState(encoded=encoded, sphere=sphere, tree=cKDTree(points)),
            num_bytes=_num_bytes(encoded),
        )

    def _tensors(self, points: np.ndarray, normals: np.ndarray) -> CloudTensors:
        tables = find_neighborhoods(points, self.config)
        arrays = {
            'points': points,
            'normals': normals,
            'rows': tables.rows,
            'near_idx': tables.near_idx,
            'wide_idx': tables.wide_idx,
            'anchor_rows': tables.anchor_idx,
            'patch_idx': tables.patch_idx,
            'interp_idx': tables.interp_idx,
            'interp_weights': tables.interp_weights,
        }
        return CloudTensors(
            **{
                name: torch.from_numpy(np.ascontiguousarray(array))[None].to(self.device)
                for name, array in arrays.items()
            }
        )

    def predict(
        self, embedding: Embedding, prompt: Prompt, previous: np.ndarray | None = None
    ) -> MaskCandidates:
        """Answer one prompt; see `System.predict`.

        The first prompt (no previous mask) gets all candidates, a refinement gets one answer.
        """
        check_prompt(self.name, self.capabilities, prompt)
        if not isinstance(prompt, PointPrompt):
            raise InputError(
                f'{self.name} answers clicks and names the masks; a part is searched by its name'
                ' with Segmenter.find_named'
            )
        return self._decode(embedding, [prompt], previous)[0]

    def predict_batch(
        self, embedding: Embedding, prompts: list[PointPrompt]
    ) -> list[MaskCandidates]:
        """Answer M independent first prompts of the same number of clicks each in one pass.

        On a CPU, prompts of one foreground click each take a shorter way to the same answers.
        """
        for prompt in prompts:
            check_prompt(self.name, self.capabilities, prompt)
        if self.device != 'cpu' or any(prompt.prompt_labels.tolist() != [1] for prompt in prompts):
            return self._decode(embedding, prompts, None)
        groups = [
            prompts[begin : begin + _CLICKS_AT_ONCE]
            for begin in range(0, len(prompts), _CLICKS_AT_ONCE)
        ]
        answers = map_on_threads(
            lambda group: self._decode_single_clicks(embedding, group), groups
        )
        return list(itertools.chain.from_iterable(answers))

    @torch.inference_mode()
    def name_probs_at(self, embedding: Embedding, coords: np.ndarray) -> np.ndarray:
        """Name the parts at (C, 3) places; see `NamingSystem.name_probs_at`.

        The mean of the three nearest patches' log-probabilities, weighted as everywhere.
        """
        state: CompactState = embedding.state
        rows = torch.from_numpy(state.tree.query(state.sphere.apply(coords))[1]).to(self.device)
        patch_logits = self.net.patch_names(state.encoded.tokens[0])
        logits = state.encoded.interpolation[0, rows] @ patch_logits.log_softmax(-1)
        return logits.float().softmax(-1).cpu().numpy()

    @torch.inference_mode()
    def _decode(
        self, embedding: Embedding, prompts: list[PointPrompt], previous: np.ndarray | None
    ) -> list[MaskCandidates]:
        state: CompactState = embedding.state
        return _answers(self.net.decode(state.encoded, self._clicks(state, prompts, previous)))

    @torch.inference_mode()
    def _decode_single_clicks(
        self, embedding: Embedding, prompts: list[PointPrompt]
    ) -> list[MaskCandidates]:
        state: CompactState = embedding.state
        clicks = self._clicks(state, prompts, None)
        return _answers(self.net.decode_single_clicks(state.encoded, clicks))

    def _clicks(
        self, state: CompactState, prompts: list[PointPrompt], previous: np.ndarray | None
    ) -> ClickTensors:
        coords = np.stack([prompt.prompt_coords for prompt in prompts])
        rows = state.tree.query(state.sphere.apply(coords.reshape(-1, 3)))[1]
        labels = np.stack([prompt.prompt_labels for prompt in prompts])
        wanted = [-1.0 if p.granularity is None else p.granularity for p in prompts]
        return ClickTensors(
            rows=torch.from_numpy(rows.reshape(1, *labels.shape)).to(self.device),
            labels=torch.from_numpy(labels)[None].long().to(self.device),
            granularity=torch.tensor([wanted], dtype=torch.float32, device=self.device),
            previous=None
            if previous is None
            else torch.from_numpy(np.float32(previous))[None, None].to(self.device),
        )


def _answers(decoded: DecodedMasks) -> list[MaskCandidates]:
    """Return the answer to each prompt on one cloud."""
    logits = decoded.mask_logits[0].float().cpu().numpy()
    iou_pred = decoded.iou_pred[0].float().cpu().numpy()
    name_probs = decoded.name_logits[0].float().softmax(-1).cpu().numpy()
    return [
        MaskCandidates(mask_logits=logits[m], iou_pred=iou_pred[m], name_probs=name_probs[m])
        for m in range(len(logits))
    ]


def _num_bytes(encoded: EncodedRows) -> int:
    names = encoded.__dataclass_fields__
    return sum(getattr(encoded, n).nbytes for n in names)


def random_system(
    config: CompactConfig, device: str, *, name: str = 'compact-tiny', seed: int = 0
) -> CompactSystem:
    """Build a system with random weights, the same for the same seed; to test and to time."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return CompactSystem(CompactNet(config), device, name=name)
