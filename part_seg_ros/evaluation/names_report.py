# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Report of the evaluation of names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from part_seg_ros.config import to_mapping
from part_seg_ros.evaluation.averages import grouped
from part_seg_ros.evaluation.names import NamesConfig, ObjectNames
from part_seg_ros.evaluation.names_summary import by_name, confusions, counts_of, summarize
from part_seg_ros.evaluation.tables import (
    Row,
    flat,
    group_sections,
    markdown_sections,
    markdown_table,
    summaries_of_groups,
    write_csv,
    write_json,
)

NUM_CONFUSIONS = 20


def write_report(
    folder: Path, model: str, config: NamesConfig, results: Sequence[ObjectNames]
) -> None:
    """Write `names.json`, `names.csv` (asks), `names_of_clicks.csv`, `names.md`, `names.png`."""
    folder.mkdir(parents=True, exist_ok=True)
    summary = summarize(results, config)
    groups = summaries_of_groups(
        {
            'object': grouped(results, lambda result: result.object_name),
            'kind': grouped(results, lambda result: result.kind),
            'group': grouped(results, lambda result: result.group),
        },
        counts_of,
        lambda members: summarize(members, config),
    )
    rows, mistakes = by_name(results), confusions(results)
    asks = [_with_object(result, flat(ask)) for result in results for ask in result.asks]
    clicks = [flat(click) for result in results for click in result.clicks]
    record = {
        'model': model,
        'config': to_mapping(config),
        'summary': summary,
        'groups': groups,
        'names': rows,
        'confusions': [
            {'true': true, 'said': said, 'times': times}
            for (true, said), times in mistakes.items()
        ],
        'asks': asks,
        'clicks': clicks,
    }
    write_json(folder / 'names.json', record)
    write_csv(folder / 'names.csv', asks)
    write_csv(
        folder / 'names_of_clicks.csv',
        [{**click, 'likeliest': ' '.join(click['likeliest'])} for click in clicks],
    )
    sections = {
        **group_sections(groups, {**counts_of(results), **summary}),
        'By name': markdown_table(rows, 'name'),
        'Most frequent mistakes in naming clicked parts': _mistakes_table(mistakes),
    }
    note = (
        f'{config.view.describe()}. IoU by name is the mean over the names of an object, then over'
        ' objects; all others are shares of the asks or clicks. The first answer is right if the'
        f' part that fits it best bears the name, with an IoU of at least {config.min_iou:g}.'
    )
    if config.true_granularity:
        note += ' The granularity of the true part is told.'
    (folder / 'names.md').write_text(markdown_sections(f'{model}: names', note, sections))
    _plot(folder / 'names.png', model, rows)


def _with_object(result: ObjectNames, row: dict[str, Any]) -> dict[str, Any]:
    known = {'object_name': result.object_name, 'kind': result.kind, 'group': result.group}
    return {**known, **row}


def _mistakes_table(mistakes: Mapping[tuple[str, str], int]) -> str:
    rows = {
        f'{true} → {said}': {'times': times}
        for (true, said), times in list(mistakes.items())[:NUM_CONFUSIONS]
    }
    return markdown_table(rows, 'true → said') if rows else ''


def _plot(path: Path, model: str, rows: Mapping[str, Row]) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 1.2 + 0.22 * len(rows)), layout='constrained')
    axes = figure.subplots()
    names = [f'{name} ({row["asks"]})' for name, row in rows.items()]
    axes.barh(names, [row['IoU'] for row in rows.values()], color='0.8', label='IoU by name')
    for column, marker in (('first right', 'o'), ('click top-1', 'x')):
        axes.plot([row[column] for row in rows.values()], names, marker, label=column)
    axes.invert_yaxis()
    axes.set(xlabel='%', xlim=(0, 102), title=model)
    axes.legend()
    figure.savefig(path, dpi=120)
