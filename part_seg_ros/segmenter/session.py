# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The clicks on one part and the answers to them, as a value."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.segmenter.encoded_cloud import EncodedCloud
from part_seg_ros.segmenter.prediction import Prediction
from part_seg_ros.structures import PointPrompt

Predict = Callable[[EncodedCloud, PointPrompt, Prediction | None], Prediction]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Session:
    """Asking for one part click by click.

    Every method returns a new session and leaves the old one as it is, so any earlier state can be
    kept and continued in another way. Begin with `Segmenter.open`.

    Attributes:
        predict: `Segmenter.predict`, which answers.
        encoded: The cloud.
        granularity: Wanted fineness in (0, 1], or None.
        history: The answers so far, oldest first.
    """

    predict: Predict
    encoded: EncodedCloud
    granularity: float | None = None
    history: tuple[Prediction, ...] = ()

    @property
    def prediction(self) -> Prediction | None:
        """The latest answer; None before the first click."""
        return self.history[-1] if self.history else None

    @property
    def prompt(self) -> PointPrompt | None:
        """All clicks in use, snapped to the cloud; None before the first click."""
        return self.history[-1].prompt if self.history else None

    def add(self, coords: np.ndarray, labels: int | np.ndarray = 1) -> Session:
        """Add clicks and refine the latest answer.

        Args:
            coords: (3,) or (Q, 3) in the frame of the cloud [m].
            labels: 1 on the part, 0 off it; one for all, or (Q,).

        Returns:
            The session with one answer more.

        Raises:
            PromptTooFarError: a click is too far from the cloud.
            InputError: the clicks are malformed, or the first has only background.
        """
        prompt = self._clicks(coords, labels)
        if self.prompt is not None:
            prompt = dataclasses.replace(
                prompt,
                prompt_coords=np.concatenate([self.prompt.prompt_coords, prompt.prompt_coords]),
                prompt_labels=np.concatenate([self.prompt.prompt_labels, prompt.prompt_labels]),
            )
        answer = self.predict(self.encoded, prompt, self.prediction)
        return dataclasses.replace(self, history=(*self.history, answer))

    def replace(self, coords: np.ndarray, labels: int | np.ndarray = 1) -> Session:
        """Forget all clicks and answers and begin anew with these; see `add`."""
        return dataclasses.replace(self, history=()).add(coords, labels)

    def choose(self, candidate_idx: int) -> Session:
        """Take another candidate of the latest answer as the one to refine.

        Raises:
            InputError: there is no answer yet, or no such candidate.
        """
        if not self.history:
            raise InputError('there is no answer to choose from yet; add a click first')
        chosen = self.history[-1].refine_from(candidate_idx)
        return dataclasses.replace(self, history=(*self.history[:-1], chosen))

    def undo(self) -> Session:
        """Take back the latest clicks with their answer.

        Raises:
            InputError: there is nothing to take back.
        """
        if not self.history:
            raise InputError('there is no click to take back')
        return dataclasses.replace(self, history=self.history[:-1])

    def _clicks(self, coords: np.ndarray, labels: int | np.ndarray) -> PointPrompt:
        coords = np.atleast_2d(np.asarray(coords, dtype=np.float32))
        labels = np.asarray(labels)
        return PointPrompt(
            prompt_coords=coords,
            prompt_labels=np.full(len(coords), labels) if labels.ndim == 0 else labels,
            granularity=self.granularity,
        )
