# Copyright 2026 part_seg_ros developers
# SPDX-License-Identifier: Apache-2.0
"""What others published on whole data sets, to stand beside what is measured here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from part_seg_ros.errors import InputError
from part_seg_ros.evaluation.averages import AVERAGES
from part_seg_ros.evaluation.tables import Row

FILE = Path(__file__).with_suffix('.yaml')
NOT_TOLD = 'not told'

_TEXTS = ('place', 'protocol', 'dataset', 'average', 'note')


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PublishedTable:
    """Figures of several methods on one data set, from one place of one paper.

    Attributes:
        source: Short name of the paper.
        citation: Of the paper.
        place: Where in the paper.
        protocol: Name of the protocol of `part-seg evaluate` that measures the same kind.
        clicks: Whose user clicks, a key of `CLICK_PROTOCOLS`; '' where nobody clicks.
        dataset: Name of the published layout.
        average: What the mean is over, a key of `AVERAGES`, or `not told`.
        note: What else has to be known to compare.
        rows: {method: {column: figure [%]}}, each with the same columns, NaN where there is none.
    """

    source: str
    citation: str
    place: str
    protocol: str
    clicks: str
    dataset: str
    average: str
    note: str
    rows: Mapping[str, Row]

    @property
    def title(self) -> str:
        """Where the figures are from, in one line."""
        return f'{self.source}, {self.place}'

    @property
    def remark(self) -> str:
        """What is needed to compare them, in one line."""
        mean = f'Mean {self.average}' if self.average != NOT_TOLD else 'Kind of mean not told'
        return f'{mean}; {self.note}. {self.citation}.'


def published_tables(protocol: str, dataset: str, *, clicks: str = '') -> list[PublishedTable]:
    """Find what was published on a data set by a protocol.

    Args:
        protocol: Name of a protocol of `part-seg evaluate`.
        dataset: Name of a data set; only those of published layouts have any.
        clicks: Whose user clicks, for the protocol of clicks.
    """
    wanted = (protocol, dataset, clicks)
    return [
        table
        for table in read_published_tables()
        if (table.protocol, table.dataset, table.clicks) == wanted
    ]


def read_published_tables(path: Path = FILE) -> tuple[PublishedTable, ...]:
    """Read a file of published results; its own head says how it is laid out.

    Raises:
        InputError: the file has another layout, a table names no source or an unknown one, or
            figures are no percentages.
    """
    try:
        record = yaml.safe_load(path.read_text())
        tables, sources = record['tables'], record['sources']
        return tuple(_table(entry, sources) for entry in tables)
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f'{path} has another layout: {error!r}; mend it') from error


def _table(entry: Mapping[str, Any], sources: Mapping[str, Any]) -> PublishedTable:
    texts = {name: entry[name] for name in _TEXTS} | {'clicks': entry.get('clicks', '')}
    source = sources[entry['source']]
    for name, text in {**texts, **source}.items():
        if not isinstance(text, str) or not (text or name == 'clicks'):
            raise ValueError(f'{name} of {entry["source"]} must be a text, got {text!r}')
    if texts['average'] not in {*AVERAGES, NOT_TOLD}:
        raise ValueError(f'average must be one of {[*AVERAGES, NOT_TOLD]}, got {texts["average"]}')
    return PublishedTable(
        source=source['name'],
        citation=source['citation'],
        rows={
            method: _row(method, entry['columns'], figures)
            for method, figures in entry['rows'].items()
        },
        **texts,
    )


def _row(method: str, columns: Sequence[str], figures: Sequence[Any]) -> dict[str, float]:
    values = [float('nan') if figure is None else float(figure) for figure in figures]
    if len(values) != len(columns) or any(not 0 <= v <= 100 for v in values if v == v):
        raise ValueError(f'{method} must have a percentage for each of {columns}, got {figures}')
    return dict(zip(columns, values, strict=True))
