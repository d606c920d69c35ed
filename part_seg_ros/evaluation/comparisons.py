# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""Our figures beside those of others, with what has to be known to compare them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from part_seg_ros.evaluation.published_results import NOT_TOLD, PublishedTable, published_tables
from part_seg_ros.evaluation.tables import Row, markdown_sections, markdown_table, write_json

USUAL_AVERAGES = ('per object', 'per part')
"""Ours that are shown where a paper does not tell what its mean is over."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """Methods side by side.

    Attributes:
        title: Whose figures stand beside ours, and where they are from.
        remark: What has to be known to compare.
        rows: {method: {column: figure [%]}}, all with the same columns, NaN where there is none.
    """

    title: str
    remark: str
    rows: Mapping[str, Row]

    def to_markdown(self) -> str:
        """Return the table and the remark."""
        return f'{markdown_table(self.rows)}\n\n{self.remark}'


def beside_published(
    protocol: str,
    dataset: str,
    ours: Mapping[str, Mapping[str, Row]],
    *,
    clicks: str = '',
) -> list[Comparison]:
    """Put our figures on top of every published table of the same data set and protocol.

    Args:
        protocol: As for `published_tables`.
        dataset: As for `published_tables`.
        ours: {row name: {way of averaging, a key of `AVERAGES`: {column: figure [%]}}}; shown is
            the way of the paper, or the usual ones where it tells none.
        clicks: As for `published_tables`.
    """
    return [
        Comparison(title=table.title, remark=table.remark, rows=_beside(table, ours))
        for table in published_tables(protocol, dataset, clicks=clicks)
    ]


def _beside(
    table: PublishedTable, ours: Mapping[str, Mapping[str, Row]]
) -> dict[str, dict[str, float]]:
    columns = list(next(iter(table.rows.values())))
    ways = USUAL_AVERAGES if table.average == NOT_TOLD else (table.average,)
    shown = {
        f'{name}, {way}': {column: row.get(column, float('nan')) for column in columns}
        for name, by_way in ours.items()
        for way, row in by_way.items()
        if way in ways and not row.keys().isdisjoint(columns)
    }
    return shown | {method: dict(row) for method, row in table.rows.items()}


def write_comparisons(folder: Path, protocol: str, comparisons: Sequence[Comparison]) -> None:
    """Write `PROTOCOL_published` as JSON and Markdown; nothing where nobody published any."""
    if not comparisons:
        return
    folder.mkdir(parents=True, exist_ok=True)
    record = [{'title': c.title, 'remark': c.remark, 'rows': c.rows} for c in comparisons]
    write_json(folder / f'{protocol}_published.json', {'comparisons': record})
    sections = {c.title: c.to_markdown() for c in comparisons}
    text = markdown_sections('Beside published figures', 'In percent.', sections)
    (folder / f'{protocol}_published.md').write_text(text)
