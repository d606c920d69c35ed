# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Report of the few-shot evaluation."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from part_seg_ros.config import to_mapping
from part_seg_ros.evaluation.comparisons import Comparison, beside_published
from part_seg_ros.evaluation.few_shot import SYSTEM, FewShotConfig, LabeledShape, summarize
from part_seg_ros.evaluation.tables import (
    markdown_sections,
    markdown_table,
    write_csv,
    write_json,
)

_UNKNOWN = 'unknown'


def write_report(
    folder: Path, model: str, config: FewShotConfig, results: Sequence[LabeledShape]
) -> None:
    """Write `few_shot.json`, `few_shot.csv`, `few_shot.md` and `few_shot.png`."""
    folder.mkdir(parents=True, exist_ok=True)
    summary = summarize(results)
    kinds = means_of_kinds(results)
    rows = [dataclasses.asdict(result) for result in results]
    record = {
        'model': model,
        'config': to_mapping(config),
        'summary': summary,
        'kinds': kinds,
        'shapes': rows,
    }
    write_json(folder / 'few_shot.json', record)
    write_csv(folder / 'few_shot.csv', rows)
    sections = {'Mean': markdown_table({model: summary}), 'By kind': markdown_table(kinds, 'kind')}
    note = (
        f'{config.view.describe()}. {config.shots} labelled shapes of each kind, drawn'
        f' {config.draws} times; {config.head} of features: {config.features}. Mean IoU over the'
        ' labels of a kind, in %.'
    )
    text = markdown_sections(f'{model}: labels from a few shapes', note, sections)
    (folder / 'few_shot.md').write_text(text)
    _plot(folder / 'few_shot.png', model, results)


def means_of_kinds(results: Sequence[LabeledShape]) -> dict[str, dict[str, float]]:
    """Return {kind: number of shapes, mean over draws and its standard deviation [%]}."""
    rows = {}
    for kind, by_draw in _by_kind_and_draw(results).items():
        means = [100 * float(np.mean(ious)) for ious in by_draw.values()]
        shapes = len({result.object_name for result in results if result.kind == kind})
        rows[kind or _UNKNOWN] = {
            'shapes': shapes,
            'mIoU': float(np.mean(means)),
            'deviation over draws': float(np.std(means)),
        }
    return rows


def compare(
    model: str, dataset: str, config: FewShotConfig, results: Sequence[LabeledShape]
) -> list[Comparison]:
    """Lay published figures of the same data set beside ours."""
    learned_from = model if config.features == SYSTEM else config.features
    ours = {'per kind': {f'{config.shots}-shot': summarize(results)['class mIoU']}}
    return beside_published('few_shot', dataset, {f'{learned_from}, {config.head}': ours})


def _by_kind_and_draw(results: Sequence[LabeledShape]) -> dict[str, dict[int, list[float]]]:
    groups: dict[str, dict[int, list[float]]] = {}
    for result in results:
        groups.setdefault(result.kind, {}).setdefault(result.draw, []).append(result.iou)
    return groups


def _plot(path: Path, model: str, results: Sequence[LabeledShape]) -> None:
    from matplotlib.figure import Figure

    groups = _by_kind_and_draw(results)
    figure = Figure(figsize=(5, 1.2 + 0.3 * len(groups)), layout='constrained')
    axes = figure.subplots()
    for place, by_draw in enumerate(groups.values()):
        means = [100 * np.mean(ious) for ious in by_draw.values()]
        axes.scatter(means, [place] * len(means), s=14, color='C0')
    axes.set(xlabel='mean IoU of each draw [%]', xlim=(-2, 102), title=model)
    axes.set_yticks(range(len(groups)), [kind or _UNKNOWN for kind in groups])
    axes.invert_yaxis()
    figure.savefig(path, dpi=120)
