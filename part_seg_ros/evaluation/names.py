# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Evaluation of names: asking for parts by name, and naming parts that are clicked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from part_seg_ros.config import check_limits, setting
from part_seg_ros.data.procedural.object import granularity_of
from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.clicks import first_answer
from part_seg_ros.evaluation.datasets import LabeledObject, seed_of
from part_seg_ros.evaluation.known_names import known_names
from part_seg_ros.evaluation.metrics import mask_iou
from part_seg_ros.evaluation.true_parts import TruePart, true_parts
from part_seg_ros.evaluation.views import SeenObject, ViewConfig, see_object
from part_seg_ros.segmenter.find_named import FindNamedSettings
from part_seg_ros.segmenter.segmenter import EncodedCloud, Segmenter
from part_seg_ros.structures import NamePrompt

NUM_LIKELIEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesConfig:
    """Protocol of the evaluation of names."""

    view: ViewConfig = field(default_factory=ViewConfig)
    settings: FindNamedSettings = field(default_factory=FindNamedSettings)
    min_iou: float = setting(
        0.25, 'Least IoU with a part of the name for an answer to be right.', maximum=1.0
    )
    num_absent: int = setting(
        4, 'Names asked for that no part of the object bears, drawn evenly.', minimum=1
    )
    true_granularity: bool = setting(
        False,
        'Tell the granularity of the true part with every prompt; that of the mean size where'
        ' several parts bear the name.',
    )

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            ConfigError: a value is out of range.
        """
        check_limits(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class NameAsk:
    """Asking for one name on one object.

    Attributes:
        name: Of the vocabulary.
        num_true: True parts of that name, 0 if the object has none.
        num_found: Parts that were answered.
        num_right: Of those the right ones, see `is_right`; of several on one true part one.
        iou: IoU of the best answer with the true part of that name that fits it best; 0 where
            there is no answer or no such part.
        union_iou: IoU of all answers together with all true parts of that name together; 0 where
            one of both is empty.
        is_right: The true part that fits the best answer best, whatever its name, bears the name
            and has at least `NamesConfig.min_iou` with it.
        any_iou: As `iou`, of the best candidate even where it reached no threshold.
        probability: How probable the system holds the name for that candidate, 0 without one.
        iou_pred: IoU that it predicts for that candidate, 0 without one.
    """

    name: str
    num_true: int
    num_found: int
    num_right: int
    iou: float
    union_iou: float
    is_right: bool
    any_iou: float
    probability: float
    iou_pred: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedClick:
    """One click on a part whose name is known.

    Attributes:
        part: The true part.
        name: Its name in the vocabulary.
        likeliest: The most probable names of the best candidate, the first most so.
        probability: How probable the system holds the first to be.
        iou: IoU of that candidate with the true part.
    """

    part: TruePart
    name: str
    likeliest: tuple[str, ...]
    probability: float
    iou: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectNames:
    """What was asked of one object; `kind` and `group` as in `LabeledObject`."""

    object_name: str
    kind: str
    group: str
    asks: tuple[NameAsk, ...]
    clicks: tuple[NamedClick, ...]


def evaluate_object(
    segmenter: Segmenter, obj: LabeledObject, config: NamesConfig
) -> list[ObjectNames]:
    """Ask an object for every name that its parts bear, for some that none bears, and click.

    Returns:
        One entry; none where no part that counts has a name of the vocabulary.

    Raises:
        InputError: the system takes no names.
    """
    system = segmenter.system
    if not system.capabilities.names:
        raise InputError(f'{system.name} takes no names; evaluate compact')
    seen = see_object(obj, config.view)
    parts = true_parts(obj, seen.part_ids)
    names = known_names(obj, [part.part_id for part in parts], system.part_names)
    if not names:
        return []
    encoded = segmenter.encode(seen.cloud)
    asked = [*dict.fromkeys(names.values()), *_absent_names(obj, system.part_names, config)]
    return [
        ObjectNames(
            object_name=obj.name,
            kind=obj.kind,
            group=obj.group,
            asks=tuple(
                _ask(segmenter, encoded, seen, parts, names, name, config) for name in asked
            ),
            clicks=tuple(
                _click(segmenter, encoded, seen, part, names[part.part_id], config)
                for part in parts
                if part.part_id in names
            ),
        )
    ]


def _absent_names(
    obj: LabeledObject, vocabulary: tuple[str, ...], config: NamesConfig
) -> list[str]:
    """Draw names that no part of the object bears, seen or not."""
    present = set(known_names(obj, range(len(obj.part_names)), vocabulary).values())
    absent = [name for name in vocabulary if name not in present]
    rng = np.random.default_rng((config.view.seed, seed_of(obj.name)))
    drawn = rng.permutation(len(absent))[: config.num_absent]
    return [absent[idx] for idx in drawn]


def _ask(
    segmenter: Segmenter,
    encoded: EncodedCloud,
    seen: SeenObject,
    parts: list[TruePart],
    names: Mapping[int, str],
    name: str,
    config: NamesConfig,
) -> NameAsk:
    true = [part for part in parts if names.get(part.part_id) == name]
    shares, of_name = [part.share for part in true], [part.part_id for part in true]
    tells = config.true_granularity and shares
    granularity = granularity_of(float(np.mean(shares))) if tells else None
    prompt = NamePrompt(name=name, granularity=granularity)
    found = segmenter.find_named(encoded, prompt, config.settings)
    best = found.best
    fits = [_fit(answer.mask, seen, parts, of_name) for answer in found.parts]
    is_right = [fit.is_best and fit.iou >= config.min_iou for fit in fits]
    return NameAsk(
        name=name,
        num_true=len(true),
        num_found=len(fits),
        num_right=len({fit.part_id for fit, right in zip(fits, is_right, strict=True) if right}),
        iou=fits[0].iou if fits else 0.0,
        union_iou=_union_iou([answer.mask for answer in found.parts], seen, of_name),
        is_right=bool(fits) and is_right[0],
        any_iou=0.0 if best is None else _fit(best.mask, seen, parts, of_name).iou,
        probability=0.0 if best is None else best.name_probability,
        iou_pred=0.0 if best is None else best.score,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    """The part of a name that fits an answer best.

    Attributes:
        part_id: Of it, -1 where no part bears the name.
        iou: IoU of the answer with it, 0 without one.
        is_best: No part of another name fits the answer better.
    """

    part_id: int
    iou: float
    is_best: bool


def _fit(mask: np.ndarray, seen: SeenObject, parts: list[TruePart], of_name: list[int]) -> _Fit:
    ious = {part.part_id: mask_iou(mask, seen.part_ids == part.part_id) for part in parts}
    if not of_name:
        return _Fit(part_id=-1, iou=0.0, is_best=False)
    part_id = max(of_name, key=lambda part_id: ious[part_id])
    iou = ious[part_id]
    return _Fit(part_id=part_id, iou=iou, is_best=iou == max(ious.values()))


def _union_iou(masks: list[np.ndarray], seen: SeenObject, of_name: list[int]) -> float:
    if not masks or not of_name:
        return 0.0
    return mask_iou(np.any(masks, axis=0), np.isin(seen.part_ids, of_name))


def _click(
    segmenter: Segmenter,
    encoded: EncodedCloud,
    seen: SeenObject,
    part: TruePart,
    name: str,
    config: NamesConfig,
) -> NamedClick:
    target = seen.part_ids == part.part_id
    granularity = part.granularity if config.true_granularity else None
    answer = first_answer(segmenter, encoded, target, granularity=granularity)
    name_probs = answer.candidates.name_probs
    assert name_probs is not None, 'a system that takes names says how probable they are'
    probs = name_probs[answer.chosen_idx]
    likeliest = np.argsort(-probs, kind='stable')[:NUM_LIKELIEST]
    return NamedClick(
        part=part,
        name=name,
        likeliest=tuple(segmenter.system.part_names[i] for i in likeliest),
        probability=float(probs[likeliest[0]]),
        iou=mask_iou(answer.mask, target),
    )
