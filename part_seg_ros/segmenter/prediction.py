# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""The answer to one prompt."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.segmenter.part_name import likeliest_name
from part_seg_ros.structures import MaskCandidates, PointPrompt


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prediction:
    """Masks for one prompt, over every input point.

    Attributes:
        candidates: (O, N) logits over all N input points, best first; -inf at invalid points. Best
            is the highest predicted IoU, times the probability of the wanted name if there is one.
        network_logits: (O, S) float32 logits over the points that the network saw, in the same
            order; feedback for the next click.
        prompt: The clicks in use, at the points that they were snapped to [m].
        snap_distances: (Q,) float32 distance from each click as given to where it was snapped [m].
        decode_ms: Time of the answer, propagation to all points included [ms].
        chosen_idx: The candidate that counts as the answer; 0, the best one, unless the caller
            picked another.
        part_names: The V names of the system; empty where it knows none.
        min_name_probability: A likeliest name below this is none.
        wanted_name: One of `part_names` that the caller asked for, or ''.
    """

    candidates: MaskCandidates
    network_logits: np.ndarray
    prompt: PointPrompt
    snap_distances: np.ndarray
    decode_ms: float
    chosen_idx: int = 0
    part_names: tuple[str, ...] = ()
    min_name_probability: float = 0.0
    wanted_name: str = ''

    @property
    def mask(self) -> np.ndarray:
        """(N,) bool mask of the chosen candidate."""
        return self.candidates.mask_logits[self.chosen_idx] > 0

    @property
    def score(self) -> float:
        """The network's own estimate of the IoU of `mask`."""
        return float(self.candidates.iou_pred[self.chosen_idx])

    @property
    def name(self) -> str:
        """What `mask` is: the wanted name, else the likeliest if it is likely enough, else ''."""
        return self._name_and_probability[0]

    @property
    def name_probability(self) -> float:
        """How probable the system holds `name` to be; 0 where that is ''."""
        return self._name_and_probability[1]

    @property
    def likeliest_name(self) -> tuple[str, float]:
        """The most probable name of `mask` and its probability, however low."""
        return likeliest_name(self.candidates, self.chosen_idx, self.part_names)

    @property
    def _name_and_probability(self) -> tuple[str, float]:
        name_probs = self.candidates.name_probs
        if self.wanted_name and name_probs is not None:
            name_idx = self.part_names.index(self.wanted_name)
            return self.wanted_name, float(name_probs[self.chosen_idx, name_idx])
        return likeliest_name(
            self.candidates, self.chosen_idx, self.part_names, self.min_name_probability
        )

    @property
    def feedback(self) -> np.ndarray:
        """(S,) float32 logits that the next click refines."""
        return self.network_logits[self.chosen_idx]

    def refine_from(self, candidate_idx: int) -> Prediction:
        """Return this answer with another candidate chosen; the next click refines that one.

        Raises:
            InputError: there is no such candidate.
        """
        num_candidates = len(self.network_logits)
        if not 0 <= candidate_idx < num_candidates:
            raise InputError(
                f'candidate_idx must lie in 0 … {num_candidates - 1}, got {candidate_idx}'
            )
        return dataclasses.replace(self, chosen_idx=candidate_idx)

    def with_points(self) -> Prediction | None:
        """Return this answer with the best candidate that has a point; None if none has."""
        is_found = self.candidates.masks.any(axis=1)
        return self.refine_from(int(is_found.argmax())) if is_found.any() else None
