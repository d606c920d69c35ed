# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Means over the parts of an object, then over objects; and the groups to take them over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import numpy as np

from part_seg_ros.evaluation.true_parts import TruePart

SIZE_CLASSES = {0.01: 'below 1 %', 0.05: '1 to 5 %', 0.2: '5 to 20 %', 1.0: 'above 20 %'}
"""Upper bound, not included, of the share of the points, and the name of the class."""


class OfPart(Protocol):
    """A result on one true part."""

    @property
    def part(self) -> TruePart:
        """The part."""
        ...


R = TypeVar('R', bound=OfPart)
T = TypeVar('T')


def mean_over_objects(results: Sequence[R], value: Callable[[R], float]) -> float:
    """Average `value` over the parts of each object, then over the objects."""
    of_object = grouped(results, lambda result: result.part.object_name)
    return float(np.mean([np.mean([value(r) for r in group]) for group in of_object.values()]))


def grouped(results: Sequence[T], key: Callable[[T], str]) -> dict[str, list[T]]:
    """Sort results into groups in the order of their first member; those without a key go out."""
    groups: dict[str, list[T]] = {}
    for result in results:
        if key(result):
            groups.setdefault(key(result), []).append(result)
    return groups


def groupings(results: Sequence[R]) -> dict[str, dict[str, list[R]]]:
    """Group results in every way that a report shows.

    Returns:
        `object`, `kind` and `group` of the object and `size` of the part, the latter from small to
        large, each {name of the group: results}; empty where nothing is known.
    """
    by_size = grouped(results, lambda result: size_class(result.part.share))
    return {
        'object': grouped(results, lambda result: result.part.object_name),
        'kind': grouped(results, lambda result: result.part.kind),
        'group': grouped(results, lambda result: result.part.group),
        'size': {name: by_size[name] for name in SIZE_CLASSES.values() if name in by_size},
    }


def size_class(share: float) -> str:
    """Name of the class of parts that cover so much of the points."""
    return next((name for bound, name in SIZE_CLASSES.items() if share < bound), 'above 20 %')


def counts_of(results: Sequence[R]) -> dict[str, int]:
    """Number of objects and parts that results are about."""
    return {
        'objects': len({result.part.object_name for result in results}),
        'parts': len(results),
    }
