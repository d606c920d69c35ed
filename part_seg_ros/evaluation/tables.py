# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Tables of a report: Markdown for people, CSV and JSON for programs."""

from __future__ import annotations

import csv
import dataclasses
import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

R = TypeVar('R')
Row = Mapping[str, float]


def markdown_table(rows: Mapping[str, Row], title: str = '') -> str:
    """Format {row name: {column: value}} as a Markdown table.

    Args:
        rows: At least one, all with the columns of the first. Integers are written in full, other
            numbers with one decimal, NaN as a dash.
        title: Heading of the column of names.
    """
    columns = list(next(iter(rows.values())))
    lines = [f'| {title} | ' + ' | '.join(columns) + ' |', '|---' * (len(columns) + 1) + '|']
    for name, row in rows.items():
        cells = ' | '.join(_cell(row[column]) for column in columns)
        lines.append(f'| {name} | {cells} |')
    return '\n'.join(lines)


def summaries_of_groups(
    groupings: Mapping[str, Mapping[str, Sequence[R]]],
    count: Callable[[Sequence[R]], Mapping[str, int]],
    summarize: Callable[[Sequence[R]], Row],
) -> dict[str, dict[str, dict[str, float]]]:
    """Summarise every group of results that a report shows.

    Args:
        groupings: {way of grouping: {group: results}}.
        count: Says how much there is in a group.
        summarize: Says what came of it.

    Returns:
        {way of grouping: {group: counts and summary}}.
    """
    return {
        way: {name: {**count(members), **summarize(members)} for name, members in groups.items()}
        for way, groups in groupings.items()
    }


def markdown_sections(title: str, note: str, sections: Mapping[str, str]) -> str:
    """Join a title, a note and texts under headings; empty texts are left out."""
    parts = [f'# {title}', note]
    parts += [f'## {heading}\n\n{text}' for heading, text in sections.items() if text]
    return '\n\n'.join(parts) + '\n'


def group_sections(groups: Mapping[str, Mapping[str, Row]], total: Row) -> dict[str, str]:
    """Format one Markdown table for each way of grouping, {heading: table}.

    Args:
        groups: From `summaries_of_groups`.
        total: Counts and summary of all results, the last row of the table by object.
    """
    sections = {}
    for way, rows in groups.items():
        shown = {**rows, 'mean': total} if way == 'object' else rows
        sections[f'By {way}'] = markdown_table(shown, way) if rows else ''
    return sections


def write_json(path: Path, record: Mapping[str, Any]) -> None:
    """Write `record` as JSON, NaN as null."""
    path.write_text(json.dumps(_with_null(record), indent=1, allow_nan=False) + '\n')


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows with the columns of the first; none makes an empty file."""
    with path.open('w', newline='') as file:
        writer = csv.DictWriter(file, list(rows[0]) if rows else [])
        writer.writeheader()
        writer.writerows(rows)


def flat(result: Any) -> dict[str, Any]:
    """Return the fields of a result dataclass, those of nested dataclasses among them.

    Fields that do not count when results are compared, which are times, are left out: a report
    of the same objects and settings is the same whenever it is written.
    """
    row: dict[str, Any] = {}
    for field in dataclasses.fields(result):
        if not field.compare:
            continue
        value = getattr(result, field.name)
        row |= flat(value) if dataclasses.is_dataclass(value) else {field.name: value}
    return row


def _cell(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    return '–' if math.isnan(value) else f'{value:.1f}'


def _with_null(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _with_null(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_null(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value
