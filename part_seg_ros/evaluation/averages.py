# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Ways to average over parts and objects, and the groups to average over."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

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


def mean(values: Iterable[float]) -> float:
    """Mean, NaN of nothing."""
    listed = list(values)
    return float(np.mean(listed)) if listed else float('nan')


def mean_over_objects(results: Sequence[R], value: Callable[[R], float]) -> float:
    """Average `value` over the parts of each object, then over the objects."""
    of_object = grouped(results, lambda result: result.part.object_name)
    return float(np.mean([np.mean([value(r) for r in group]) for group in of_object.values()]))


def mean_over_parts(results: Sequence[R], value: Callable[[R], float]) -> float:
    """Average `value` over all parts alike, whatever object they belong to."""
    return float(np.mean([value(result) for result in results]))


def mean_over_kinds(results: Sequence[R], value: Callable[[R], float]) -> float:
    """Average over the parts of an object, the objects of a kind, then the kinds.

    Returns:
        The mean; NaN where the kind of some object is not known.
    """
    if not all(result.part.kind for result in results):
        return float('nan')
    of_kind = grouped(results, lambda result: result.part.kind)
    return float(np.mean([mean_over_objects(group, value) for group in of_kind.values()]))


def mean_by_size(results: Sequence[R], value: Callable[[R], float]) -> float:
    """Average over the parts of an object, weighted by their points, then over objects."""
    of_object = grouped(results, lambda result: result.part.object_name)
    means = [
        np.average([value(r) for r in group], weights=[r.part.share for r in group])
        for group in of_object.values()
    ]
    return float(np.mean(means))


AVERAGES: dict[str, Callable[[Sequence[Any], Callable[[Any], float]], float]] = {
    'per object': mean_over_objects,
    'per part': mean_over_parts,
    'per kind': mean_over_kinds,
    'by size': mean_by_size,
}
"""Every object counts alike, every part does, every kind of object does; or every object does, and
its parts as much as they are large."""


def averages_of(
    results: Sequence[R], values: Mapping[str, Callable[[R], float]]
) -> dict[str, dict[str, float]]:
    """Average values in every way.

    Args:
        results: At least one.
        values: {name: value of a result}.

    Returns:
        {name of a way in `AVERAGES`: {name of a value: mean}}.
    """
    return {
        way: {name: average(results, value) for name, value in values.items()}
        for way, average in AVERAGES.items()
    }


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
