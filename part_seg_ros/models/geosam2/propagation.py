# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""From a prompted view to all others: which view comes when, and what it remembers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

import torch
from torch import Tensor

from part_seg_ros.models.geosam2.model import GeoSam2Net, Memories, ViewFeatures, ViewMasks

MAX_POINTERS = 16


class Slots(str, Enum):
    """How the steps of a pass are numbered, which decides what they remember.

    Attributes:
        ORIGINAL: From the number of the prompted view on, and over the top to 0, as the release
            does: pointers made before that are lost.
        PLAIN: From 0 on.
    """

    ORIGINAL = 'original'
    PLAIN = 'plain'


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a pass: view `view_idx` is looked at, as number `slot`."""

    view_idx: int
    slot: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The steps of a pass.

    Attributes:
        steps: The first is the prompted view, with the answer to the prompt; the second the same
            view again, the first that is tracked.
        num_slots: Numbers that there are.
        wraps: Numbers go over the top to 0.
    """

    steps: tuple[Step, ...]
    num_slots: int
    wraps: bool

    def remembered(self, slot: int, num_memories: int) -> list[tuple[int, int]]:
        """Return how long ago, and in which slot, what step `slot` reads was; far to near."""
        before = [(age, slot - age) for age in range(num_memories - 1, 0, -1)]
        return [(age, each % self.num_slots) for age, each in before] if self.wraps else before

    @property
    def longest_way(self) -> int:
        """Steps that the farthest pointer may lie back."""
        return min(self.num_slots, MAX_POINTERS) - 1


def plan_round(num_views: int, start: int, slots: Slots = Slots.ORIGINAL) -> Plan:
    """Plan the pass of the release: from the start by increasing number, all the way round.

    Args:
        num_views: V.
        start: Number of the prompted view.
        slots: How steps are numbered.
    """
    order = [start, *((start + k) % num_views for k in range(num_views))]
    num_slots = num_views + 1
    first = start if slots is Slots.ORIGINAL else 0
    steps = (Step(view_idx=v, slot=(first + k) % num_slots) for k, v in enumerate(order))
    return Plan(steps=tuple(steps), num_slots=num_slots, wraps=slots is Slots.ORIGINAL)


def plan_both_ways(num_views: int, start: int) -> tuple[Plan, Plan]:
    """Plan two passes, by increasing and by decreasing number, until they meet.

    Each view except the prompted one belongs to the pass that is nearer to it. Distances count as
    in a pass all the way round.
    """
    forward = (num_views - 1) - (num_views - 1) // 2
    orders = (
        [start, *((start + k) % num_views for k in range(forward + 1))],
        [start, *((start - k) % num_views for k in range(num_views - forward))],
    )
    first, second = (
        Plan(
            steps=tuple(Step(view_idx=v, slot=k) for k, v in enumerate(order)),
            num_slots=num_views + 1,
            wraps=False,
        )
        for order in orders
    )
    return first, second


def propagate(
    net: GeoSam2Net,
    features: ViewFeatures,
    prompted: ViewMasks,
    plan: Plan,
    track: Callable[[ViewFeatures, Memories], ViewMasks] | None = None,
) -> Iterator[tuple[Step, ViewMasks]]:
    """Carry B prompted objects through the views of a plan.

    Args:
        net: The network.
        features: Of all views.
        prompted: The answer to the prompts, all on the first view of the plan.
        plan: The pass.
        track: Finds the objects in a view in the light of memories; `net.track` if None.

    Yields:
        Each step and its masks; the first step is the answer to the prompt itself. A step is
        computed when it is asked for.
    """
    num_objects = len(prompted.mask_logits)
    track = track or net.track
    start, *tracked_steps = plan.steps
    view = features.view(start.view_idx, num_objects)
    anchor = net.remember(view, prompted, binarize=True)
    yield start, prompted
    tracked: dict[int, tuple[Tensor, ViewMasks]] = {}
    for step in tracked_steps:
        view = features.view(step.view_idx, num_objects)
        memories = _memories(plan, step.slot, net.config.num_memories, anchor, prompted, tracked)
        masks = track(view, memories)
        tracked[step.slot] = net.remember(view, masks, binarize=False), masks
        yield step, masks


def _memories(
    plan: Plan,
    slot: int,
    num_memories: int,
    anchor: Tensor,
    prompted: ViewMasks,
    tracked: dict[int, tuple[Tensor, ViewMasks]],
) -> Memories:
    """Collect what a step reads: the prompted view, then those before the step."""
    spatial, ages = [anchor], [num_memories - 1]
    for age, other in plan.remembered(slot, num_memories):
        if other in tracked:
            spatial.append(tracked[other][0])
            ages.append(age - 1)
    first = plan.steps[0].slot
    pointers, distances = [], []
    if first <= slot:
        pointers.append(prompted.pointer)
        distances.append((slot - first) / plan.longest_way)
    for distance in range(1, plan.longest_way + 1):
        if slot - distance in tracked:
            pointers.append(tracked[slot - distance][1].pointer)
            distances.append(distance / plan.longest_way)
    return Memories(spatial=spatial, ages=ages, pointers=pointers, distances=distances)


def stack_objects(answers: Sequence[ViewMasks]) -> ViewMasks:
    """Put answers for one object each, on one view, into one for all.

    Predicted IoUs of different numbers of candidates are filled up with zeros.
    """
    most = max(each.iou_pred.shape[1] for each in answers)
    iou_pred = [
        torch.nn.functional.pad(each.iou_pred, (0, most - each.iou_pred.shape[1]))
        for each in answers
    ]
    return ViewMasks(
        mask_logits=torch.cat([each.mask_logits for each in answers]),
        iou_pred=torch.cat(iou_pred),
        presence=torch.cat([each.presence for each in answers]),
        pointer=torch.cat([each.pointer for each in answers]),
    )
