# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Figures of the evaluation of names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np

from part_seg_ros.evaluation.averages import mean
from part_seg_ros.evaluation.names import NameAsk, NamedClick, NamesConfig, ObjectNames

GOOD_IOU = 0.5


def summarize(results: Sequence[ObjectNames], config: NamesConfig) -> dict[str, float]:
    """Average over objects or asks.

    Returns:
        In percent, NaN where there is nothing to average:

        - `IoU by name`: IoU of the best answer with the true part of the name that fits it best,
          mean over the names that an object has, then over objects;
        - `IoU, all of a name`: IoU of all answers together with all true parts of the name
          together, the same mean;
        - `IoU, any`: as `IoU by name`, the best candidate counting though it reaches no threshold;
        - `first right`: share of the asks for names that the object has whose best answer is
          right, see `NameAsk.is_right`;
        - `precision`: share of all answers, to names that the object has or lacks, that are right,
          see `NameAsk.num_right`;
        - `recall`: share of the true parts whose name was asked for that a right answer found;
        - `found`: share of the asks for names that the object has that were answered at all;
        - `absent: none`: share of the asks for names that the object lacks that were not answered;
        - `click top-1`, `click top-3`: share of the clicked parts whose name is the most probable
          one of the best candidate, or among the three most probable;
        - `click top-1, good masks`: the former where that candidate has an IoU of at least 0.5.
    """
    present, absent, clicks = present_asks(results), absent_asks(results), all_clicks(results)
    of_objects = [present_asks([result]) for result in results]
    good = [click for click in clicks if click.iou >= GOOD_IOU]
    figures = {
        'IoU by name': mean(mean(ask.iou for ask in asks) for asks in of_objects),
        'IoU, all of a name': mean(mean(ask.union_iou for ask in asks) for asks in of_objects),
        'IoU, any': mean(mean(ask.any_iou for ask in asks) for asks in of_objects),
        'first right': mean(ask.is_right for ask in present),
        'precision': precision([*present, *absent]),
        'recall': recall(present),
        'found': mean(ask.num_found > 0 for ask in present),
        'absent: none': mean(ask.num_found == 0 for ask in absent),
        'click top-1': mean(_is_first(click) for click in clicks),
        'click top-3': mean(click.name in click.likeliest for click in clicks),
        'click top-1, good masks': mean(_is_first(click) for click in good),
    }
    return {name: 100 * value for name, value in figures.items()}


def counts_of(results: Sequence[ObjectNames]) -> dict[str, int]:
    """Number of objects, of asks for names that they have and that they lack, and of clicks."""
    return {
        'objects': len(results),
        'asks': len(present_asks(results)),
        'absent': len(absent_asks(results)),
        'clicks': len(all_clicks(results)),
    }


def by_name(results: Sequence[ObjectNames]) -> dict[str, dict[str, float]]:
    """Figures of every name that was asked for where objects have it, the most frequent first.

    As in `summarize`, but means over asks; answers to the name where objects lack it count for its
    `precision`. `click precision` is the share of the clicked parts held to be it that are.
    """
    asks, clicks = present_asks(results), all_clicks(results)
    absent = absent_asks(results)
    rows = {}
    for name, _ in Counter(ask.name for ask in asks).most_common():
        asked = [ask for ask in asks if ask.name == name]
        clicked = [click for click in clicks if click.name == name]
        answered = [*asked, *(ask for ask in absent if ask.name == name)]
        said = [click for click in clicks if click.likeliest[0] == name]
        rows[name] = {
            'asks': len(asked),
            'IoU': 100 * mean(ask.iou for ask in asked),
            'IoU, all': 100 * mean(ask.union_iou for ask in asked),
            'first right': 100 * mean(ask.is_right for ask in asked),
            'precision': 100 * precision(answered),
            'recall': 100 * recall(asked),
            'found': 100 * mean(ask.num_found > 0 for ask in asked),
            'clicks': len(clicked),
            'click top-1': 100 * mean(_is_first(click) for click in clicked),
            'click top-3': 100 * mean(click.name in click.likeliest for click in clicked),
            'click precision': 100 * mean(_is_first(click) for click in said),
        }
    return rows


def confusions(results: Sequence[ObjectNames]) -> dict[tuple[str, str], int]:
    """How often clicked parts of one name were named otherwise, {(true, said): times}."""
    wrong = [click for click in all_clicks(results) if not _is_first(click)]
    return dict(Counter((click.name, click.likeliest[0]) for click in wrong).most_common())


def present_asks(results: Iterable[ObjectNames]) -> list[NameAsk]:
    """Asks for names that the object has."""
    return [ask for result in results for ask in result.asks if ask.num_true]


def absent_asks(results: Iterable[ObjectNames]) -> list[NameAsk]:
    """Asks for names that the object lacks."""
    return [ask for result in results for ask in result.asks if not ask.num_true]


def all_clicks(results: Iterable[ObjectNames]) -> list[NamedClick]:
    """Clicks on all objects."""
    return [click for result in results for click in result.clicks]


def precision(asks: Iterable[NameAsk]) -> float:
    """Share of the answers that are right, NaN without any."""
    return _share((ask.num_right, ask.num_found) for ask in asks)


def recall(asks: Iterable[NameAsk]) -> float:
    """Share of the true parts of the names asked for that a right answer found, NaN of none."""
    return _share((ask.num_right, ask.num_true) for ask in asks)


def _share(counts: Iterable[tuple[int, int]]) -> float:
    part, whole = np.sum([(0, 0), *counts], axis=0)
    return float(part / whole) if whole else float('nan')


def _is_first(click: NamedClick) -> bool:
    return click.likeliest[0] == click.name
