# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What systems share that answer clicks on and off a part, and refine their last answer."""

from __future__ import annotations

import abc
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from part_seg_ros.errors import InputError
from part_seg_ros.layers.fourier_encoding import check_encodable
from part_seg_ros.layers.mask_decoder import DecodedMasks
from part_seg_ros.models.network_system import NetT, NetworkSystem, SettingsT
from part_seg_ros.models.precision import inference
from part_seg_ros.models.system import Embedding
from part_seg_ros.structures import MaskCandidates, PointPrompt, Prompt


class Frame(Protocol):
    """From the frame of a shape to that of a network."""

    def apply(self, points: np.ndarray) -> np.ndarray:
        """Map (N, 3) points to (N, 3) float32."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ClickState:
    """What decoding needs of an embedding.

    Attributes:
        encoded: One encoded cloud, for the network's `decode`.
        frame: From that of the shape to that of the network.
    """

    encoded: Any
    frame: Frame


class ClickSystem(NetworkSystem[NetT, SettingsT], abc.ABC):
    """Clicks in, masks out; an unclear prompt gets three candidates, a clear one its answer.

    Attributes:
        prompts_at_once: Prompts decoded together on a CPU; None for all of a batch.
    """

    prompts_at_once: int | None = None

    @abc.abstractmethod
    def _is_unclear(self, num_clicks: int, previous: np.ndarray | None) -> bool:
        """Return whether a prompt may mean several parts."""

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
            Three candidates for an unclear prompt, else one mask. `iou_pred` is the network's own
            number and may leave [0, 1].

        Raises:
            InputError: no clicks but another kind of prompt, a click outside the cloud's extent,
                or `previous` of another length.
        """
        return self._decode(embedding, self._clicks([prompt]), previous)[0]

    def predict_batch(
        self, embedding: Embedding, prompts: list[PointPrompt]
    ) -> list[MaskCandidates]:
        """Answer M independent first prompts of the same number of clicks each.

        Raises:
            InputError: as for `predict`, or their numbers of clicks differ.
        """
        clicks = self._clicks(prompts)
        at_once = (self.prompts_at_once if self.device == 'cpu' else None) or max(1, len(clicks))
        return [
            answer
            for begin in range(0, len(clicks), at_once)
            for answer in self._decode(embedding, clicks[begin : begin + at_once], None)
        ]

    def _decode(
        self, embedding: Embedding, prompts: Sequence[PointPrompt], previous: np.ndarray | None
    ) -> list[MaskCandidates]:
        state: ClickState = embedding.state
        coords = np.stack([state.frame.apply(prompt.prompt_coords) for prompt in prompts])
        check_encodable(coords)
        labels = np.stack([prompt.prompt_labels for prompt in prompts])
        with inference(self.settings):
            decoded: DecodedMasks = self.net.decode(
                state.encoded,
                self._tensor(coords),
                torch.from_numpy(labels)[None].to(self.device),
                self._feedback(previous, len(embedding.points)),
            )
            answers = decoded.answers(several=self._is_unclear(labels.shape[1], previous))
        logits = answers.mask_logits[0].float().cpu().numpy()
        iou_pred = answers.iou_pred[0].float().cpu().numpy()
        return [
            MaskCandidates(mask_logits=mask_logits, iou_pred=scores)
            for mask_logits, scores in zip(logits, iou_pred, strict=True)
        ]

    def _feedback(self, previous: np.ndarray | None, num_points: int) -> Tensor | None:
        if previous is None:
            return None
        if np.shape(previous) != (num_points,):
            raise InputError(
                f'the previous mask must have one logit for each of the {num_points} points, got'
                f' {np.shape(previous)}'
            )
        return self._tensor(previous)[None]
