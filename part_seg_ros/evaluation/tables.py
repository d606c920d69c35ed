# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Tables of a report: Markdown for people, CSV and JSON for programs."""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from part_seg_ros.evaluation.averages import R, counts_of, groupings

Row = Mapping[str, float]


def markdown_table(rows: Mapping[str, Row], title: str = '') -> str:
    """Format {row name: {column: value}} as a Markdown table.

    Args:
        rows: At least one, all with the columns of the first. Integers are written in full, other
            numbers with one decimal.
        title: Heading of the column of names.
    """
    columns = list(next(iter(rows.values())))
    lines = [f'| {title} | ' + ' | '.join(columns) + ' |', '|---' * (len(columns) + 1) + '|']
    for name, row in rows.items():
        cells = ' | '.join(_cell(row[column]) for column in columns)
        lines.append(f'| {name} | {cells} |')
    return '\n'.join(lines)


def summaries_of_groups(
    results: Sequence[R], summarize: Callable[[Sequence[R]], Row]
) -> dict[str, dict[str, dict[str, float]]]:
    """Summarise every group of results that a report shows.

    Returns:
        {way of grouping: {group: numbers of objects and parts, and the summary}}.
    """
    return {
        way: {
            name: {**counts_of(members), **summarize(members)} for name, members in groups.items()
        }
        for way, groups in groupings(results).items()
    }


def markdown_sections(title: str, note: str, sections: Mapping[str, str]) -> str:
    """Join a title, a note and texts under headings; empty texts are left out."""
    parts = [f'# {title}', note]
    parts += [f'## {heading}\n\n{text}' for heading, text in sections.items() if text]
    return '\n\n'.join(parts) + '\n'


def group_sections(groups: Mapping[str, Mapping[str, Row]], mean: Row) -> dict[str, str]:
    """Format one Markdown table for each way of grouping, {heading: table}.

    Args:
        groups: From `summaries_of_groups`.
        mean: Summary of all results, the last row of the table by object.
    """
    sections = {}
    for way, rows in groups.items():
        shown = dict(rows)
        if way == 'object':
            totals = {key: sum(row[key] for row in rows.values()) for key in ('objects', 'parts')}
            shown['mean'] = {**totals, **mean}
        sections[f'By {way}'] = markdown_table(shown, way) if rows else ''
    return sections


def write_json(path: Path, record: Mapping[str, Any]) -> None:
    """Write `record` as JSON."""
    path.write_text(json.dumps(record, indent=1, allow_nan=False) + '\n')


def write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows with the columns of the first; none makes an empty file."""
    with path.open('w', newline='') as file:
        writer = csv.DictWriter(file, list(rows[0]) if rows else [])
        writer.writeheader()
        writer.writerows(rows)


def flat(result: Any) -> dict[str, Any]:
    """Return the fields of a result dataclass, those of nested dataclasses among them."""
    row: dict[str, Any] = {}
    for field in dataclasses.fields(result):
        value = getattr(result, field.name)
        row |= flat(value) if dataclasses.is_dataclass(value) else {field.name: value}
    return row


def _cell(value: float) -> str:
    return str(value) if isinstance(value, int) else f'{value:.1f}'
