# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From the name probabilities of masks to names, and back."""

from __future__ import annotations

import numpy as np

from part_seg_ros.errors import InputError
from part_seg_ros.models.system import System, check_prompt
from part_seg_ros.names import find_part_name
from part_seg_ros.structures import MaskCandidates, NamePrompt


def likeliest_name(
    candidates: MaskCandidates, idx: int, part_names: tuple[str, ...], min_probability: float = 0.0
) -> tuple[str, float]:
    """Return the most probable name of candidate `idx` and its probability.

    Args:
        candidates: The masks.
        idx: Which of them.
        part_names: The V names of the system.
        min_probability: A name that is less probable is none.

    Returns:
        `('', 0.0)` where there is none, or where the system knows no names.
    """
    if candidates.name_probs is None:
        return '', 0.0
    return likeliest_of(candidates.name_probs[idx], part_names, min_probability)


def likeliest_of(
    name_probs: np.ndarray, part_names: tuple[str, ...], min_probability: float = 0.0
) -> tuple[str, float]:
    """Return the most probable of `part_names` by (V,) `name_probs`; see `likeliest_name`."""
    name_idx = int(name_probs.argmax())
    probability = float(name_probs[name_idx])
    if probability < min_probability:
        return '', 0.0
    return part_names[name_idx], probability


def known_name(system: System, wording: str) -> str:
    """Return the name of the system's vocabulary that free wording means.

    Raises:
        InputError: the system takes no names, or knows none of that meaning; the message lists
            those that it knows.
    """
    check_prompt(system.name, system.capabilities, NamePrompt(name=wording))
    known = f'{system.name} knows {", ".join(system.part_names)}'
    try:
        name = find_part_name(wording)
    except InputError as error:
        raise InputError(f'{error}; {known}') from error
    if name not in system.part_names:
        raise InputError(f'no part name of this system means {name!r}; {known}')
    return name


def name_scores(candidates: MaskCandidates, name_idx: int) -> np.ndarray:
    """Rate candidates as parts of one name: its probability times the square of the predicted IoU.

    Both factors are needed: the network names a poor mask as readily as a good one, and draws good
    masks of every part. The square, found on objects of families held out of training, keeps
    pieces of parts behind whole ones.

    Args:
        candidates: The O masks of a system with names.
        name_idx: Place of the wanted name in the system's vocabulary.

    Returns:
        (O,) float32 in [0, 1].
    """
    assert candidates.name_probs is not None
    return candidates.name_probs[:, name_idx] * np.clip(candidates.iou_pred, 0.0, 1.0) ** 2
